import type { Family } from '../net/address.ts';
import type { Sysctl } from './desired.ts';

/** Without an address of its family a namespace has no IPv6; saves the kernel its link-local addresses. */
const noIPv6: readonly Sysctl[] = [
  { key: 'net.ipv6.conf.all.disable_ipv6', value: '1' },
  { key: 'net.ipv6.conf.default.disable_ipv6', value: '1' },
];

/**
 * IPv6 whose addresses work at once: nobody waits to hear that another has the address, asks for routers, or follows a
 * router that knows a better way. Every refusal is sent, as in IPv4. `default` is for links that the namespace makes
 * itself; an eth0 is made by another namespace, and is there already when this one's sysctls are set.
 */
function plainIPv6(devices: readonly ('default' | 'eth0')[]): readonly Sysctl[] {
  return [
    { key: 'net.ipv6.conf.all.disable_ipv6', value: '0' },
    { key: 'net.ipv6.conf.default.disable_ipv6', value: '0' },
    { key: 'net.ipv6.icmp.ratemask', value: '0' },
    ...devices.flatMap((device) =>
      ['accept_dad', 'accept_ra', 'accept_redirects'].map((name) => ({
        key: `net.ipv6.conf.${device}.${name}`,
        value: '0',
      })),
    ),
  ];
}

function ipv6Of(families: readonly Family[], ...devices: readonly ('default' | 'eth0')[]): readonly Sysctl[] {
  return families.includes('ipv6') ? plainIPv6(devices) : noIPv6;
}

/** Every refusal is sent: the default limit would turn refusals under load into time-outs (icmp(7)). */
const everyRefusal: Sysctl = { key: 'net.ipv4.icmp_ratemask', value: '0' };

/** A router that never tells a host of a better way, and takes packets from wherever they come. */
const router: Readonly<Record<Family, readonly Sysctl[]>> = {
  ipv4: [
    everyRefusal,
    { key: 'net.ipv4.ip_forward', value: '1' },
    { key: 'net.ipv4.conf.all.send_redirects', value: '0' },
    { key: 'net.ipv4.conf.default.send_redirects', value: '0' },
    { key: 'net.ipv4.conf.all.rp_filter', value: '0' },
    { key: 'net.ipv4.conf.default.rp_filter', value: '0' },
  ],
  ipv6: [{ key: 'net.ipv6.conf.all.forwarding', value: '1' }],
};

/** A router that spreads connections over several next hops by their ports too. */
const spreading: Readonly<Record<Family, Sysctl>> = {
  ipv4: { key: 'net.ipv4.fib_multipath_hash_policy', value: '1' },
  ipv6: { key: 'net.ipv6.fib_multipath_hash_policy', value: '1' },
};

/** What passes between the ports of the Pods' bridge is translated too. */
const bridged: Readonly<Record<Family, Sysctl>> = {
  ipv4: { key: 'net.bridge.bridge-nf-call-iptables', value: '1' },
  ipv6: { key: 'net.bridge.bridge-nf-call-ip6tables', value: '1' },
};

/** Sysctls of the fabric. Set before the first link is made, since links take the defaults when they are made. */
export function fabricSysctls(families: readonly Family[]): readonly Sysctl[] {
  return [
    ...ipv6Of(families, 'default'),
    ...families.flatMap((family) => router[family]),
    ...families.map((family) => spreading[family]),
  ];
}

/** Sysctls of a Pod and of an outside client. */
export function hostSysctls(families: readonly Family[]): readonly Sysctl[] {
  return [...ipv6Of(families, 'eth0'), everyRefusal];
}

/** Sysctls of a node: what kubeadm's documentation asks for. kube-proxy sets more. */
export function nodeSysctls(families: readonly Family[]): readonly Sysctl[] {
  return [
    ...ipv6Of(families, 'default', 'eth0'),
    ...families.flatMap((family) => router[family]),
    ...families.map((family) => bridged[family]),
  ];
}
