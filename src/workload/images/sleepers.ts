import type { ImageDefinition } from './types.ts';

/** Images that are there to be entered: they sleep, nothing listens, and `args:` is the command to run. */
export const shells: ImageDefinition = {
  names: [
    'busybox',
    'alpine',
    'debian',
    'ubuntu',
    'centos',
    'fedora',
    'rockylinux',
    'bash',
    'curl',
    'netshoot',
    'network-multitool',
    'dnsutils',
    'jessie-dnsutils',
    'bitnami-shell',
    'toolbox',
  ],
  ports: () => [],
  argsAreCommand: true,
  behaviours: {},
};

/** The pause container: sleeps whatever its arguments are. */
export const pause: ImageDefinition = {
  names: ['pause', 'pause-amd64'],
  entrypoints: ['pause'],
  ports: () => [],
  behaviours: {},
};
