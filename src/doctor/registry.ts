import { brNetfilter } from './checks/br-netfilter.ts';
import { links } from './checks/links.ts';
import { machine, node } from './checks/machine.ts';
import { iptables, otherKernelParts } from './checks/netfilter.ts';
import { networkNamespaces } from './checks/network-namespaces.ts';
import { tools } from './checks/tools.ts';
import { userNamespaces } from './checks/user-namespaces.ts';
import type { Check } from './types.ts';

/** All checks, in the order of the report. A new one is a file in checks/ and a line here. */
export const checks: readonly Check[] = [
  userNamespaces,
  networkNamespaces,
  ...links,
  brNetfilter,
  iptables,
  ...otherKernelParts,
  node,
  machine,
  ...tools,
];
