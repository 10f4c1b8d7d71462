import type { Check } from '../types.ts';

const vxlanArgs = ['id', '1', 'dstport', '8472', 'local', '127.0.0.1', 'dev', 'lo', 'nolearning'];

function link(kind: string, needed: boolean, purpose: string, args: readonly string[] = []): Check {
  return {
    id: kind,
    title: `${kind} links`,
    needed,
    run: async (sandbox) => {
      if (sandbox === undefined) return { status: 'missing', detail: 'not tried: no network namespace' };
      const made = await sandbox.attempt('ip', 'link', 'add', `doctor-${kind}`, 'type', kind, ...args);
      if (made.ok) return { status: 'ok', detail: purpose };
      return {
        status: 'missing',
        detail: `${made.fault.replace(/\.$/, '')} (${purpose})`,
        fix: `sudo modprobe ${kind}`,
      };
    },
  };
}

/** Link types, each made for real. Equivalent command: `ip link add NAME type KIND`. */
export const links: readonly Check[] = [
  link('veth', true, 'join Pods and nodes', ['peer', 'name', 'doctor-peer']),
  link('bridge', true, 'joins the Pods of a node'),
  link('vxlan', true, "flannel's overlay", vxlanArgs),
  link('dummy', false, 'for kube-ipvs0 of mode ipvs'),
];
