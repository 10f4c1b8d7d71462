import type { Behaviour, ImageDefinition } from './types.ts';

let answering: Behaviour | undefined;

/** Says how the DNS servers of this process answer; it knows nothing of DNS until a lab has it, for that takes time. */
export function provideDns(behaviour: Behaviour): void {
  answering = behaviour;
}

const fine = { headers: [['Content-Type', 'text/plain; charset=utf-8']] as const, body: 'OK' };

/** CoreDNS with the Corefile of kubeadm: DNS on port 53, its health and its readiness. There are no metrics. */
export const coredns: ImageDefinition = {
  names: ['coredns'],
  entrypoints: ['coredns'],
  ports: () => [
    { protocol: 'UDP', port: 53, behaviour: 'dns' },
    { protocol: 'TCP', port: 53, behaviour: 'dns' },
    { protocol: 'TCP', port: 8080, behaviour: 'dns-health' },
    { protocol: 'TCP', port: 8181, behaviour: 'dns-health' },
  ],
  behaviours: {
    dns: (...server) => {
      if (answering === undefined) throw new Error('the lab has no cluster DNS: its Lab object has no spec.dns');
      return answering(...server);
    },
    'dns-health': () => ({ http: () => fine }),
  },
};
