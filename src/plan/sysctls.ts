import type { Sysctl } from './desired.ts';

/** Without an address of its family a namespace has no IPv6; saves the kernel its link-local addresses. */
const noIPv6: readonly Sysctl[] = [
  { key: 'net.ipv6.conf.all.disable_ipv6', value: '1' },
  { key: 'net.ipv6.conf.default.disable_ipv6', value: '1' },
];

/** Every refusal is sent: the default limit would turn refusals under load into time-outs (icmp(7)). */
const everyRefusal: Sysctl = { key: 'net.ipv4.icmp_ratemask', value: '0' };

/** A router that never tells a host of a better way, and takes packets from wherever they come. */
const router: readonly Sysctl[] = [
  everyRefusal,
  { key: 'net.ipv4.ip_forward', value: '1' },
  { key: 'net.ipv4.conf.all.send_redirects', value: '0' },
  { key: 'net.ipv4.conf.default.send_redirects', value: '0' },
  { key: 'net.ipv4.conf.all.rp_filter', value: '0' },
  { key: 'net.ipv4.conf.default.rp_filter', value: '0' },
];

/** Set before the first link is made, since links take the defaults when they are made. */
export const fabricSysctls: readonly Sysctl[] = [
  ...noIPv6,
  ...router,
  { key: 'net.ipv4.fib_multipath_hash_policy', value: '1' },
];

/** Sysctls of a Pod and of an outside client. */
export const hostSysctls: readonly Sysctl[] = [...noIPv6, everyRefusal];

/** Sysctls of a node: what kubeadm's documentation asks for. kube-proxy sets more. */
export const nodeSysctls: readonly Sysctl[] = [
  ...noIPv6,
  ...router,
  { key: 'net.bridge.bridge-nf-call-iptables', value: '1' },
];
