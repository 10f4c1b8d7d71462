import type { Check } from '../types.ts';

const key = 'net.bridge.bridge-nf-call-iptables';

/** Whether bridged packets pass iptables in a namespace of their own: without it, same-node Service answers get lost. */
export const brNetfilter: Check = {
  id: 'br-netfilter',
  title: 'br_netfilter',
  needed: true,
  run: async (sandbox) => {
    if (sandbox === undefined) return { status: 'missing', detail: 'not tried: no network namespace' };
    const set = await sandbox.attempt('sysctl', '-w', `${key}=1`);
    if (set.ok) return { status: 'ok', detail: `${key} can be set per network namespace` };
    return { status: 'missing', detail: set.fault, fix: 'sudo modprobe br_netfilter' };
  },
};
