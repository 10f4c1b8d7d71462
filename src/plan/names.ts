import { createHash } from 'node:crypto';
import type { Pod } from '../kinds/types/pod.ts';
import { type IP, ipToBigInt, type Mac } from '../net/address.ts';

/** Namespace of the underlay and its router; no node may have this name. */
export const fabricNetns = 'fabric';

/** Network namespace of a Pod, or of its node when it uses the host's network. `_` cannot occur in a node's name. */
export function podNetns(pod: Pod): string {
  return pod.spec.hostNetwork ? (pod.spec.nodeName ?? '') : ownName(pod);
}

/**
 * Whose files a Pod's processes see: those of its network namespace, unless it is on its node's network and has a
 * resolv.conf other than the node's.
 */
export function podFiles(pod: Pod): string {
  const { dnsPolicy, dnsConfig } = pod.spec;
  const asNode = dnsPolicy === undefined || dnsPolicy === 'ClusterFirst' || dnsPolicy === 'Default';
  return asNode && dnsConfig === undefined ? podNetns(pod) : ownName(pod);
}

/** Bytes of a network namespace's name: 255 are a file's name, and files beside it have longer ones. */
const longestNetns = 200;

/** A Pod's name alone may take 253 characters; where it does not fit, its end is a part of its SHA-256. */
function ownName({ metadata: { namespace, name } }: Pod): string {
  const whole = `pod_${namespace}_${name}`;
  return whole.length <= longestNetns ? whole : `${whole.slice(0, longestNetns - 9)}-${digest(whole).slice(0, 8)}`;
}

/** Network namespace of a host outside the cluster. */
export function clientNetns(name: string): string {
  return `client_${name}`;
}

/** What users call a network namespace: `pod/NAMESPACE/NAME`, `client/NAME`, a node's name or `fabric`. */
export function targetOf(netns: string): string {
  return netns.replace(/^pod_([^_]*)_/, 'pod/$1/').replace(/^client_/, 'client/');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Name of the node's end of a Pod's veth pair: `veth` and eight hex digits, as the CNI bridge plugin names it. */
export function podVeth(pod: Pod): string {
  return `veth${digest(`${pod.metadata.namespace}/${pod.metadata.name}`).slice(0, 8)}`;
}

/** Name of a link in the fabric: the host's own name where the kernel's 15 characters hold it, else a short form. */
export function fabricPort(prefix: 'node' | 'client', name: string): string {
  const plain = prefix === 'node' ? name : `to-${name}`;
  return plain.length <= 15 ? plain : `${plain.slice(0, 9)}-${digest(name).slice(0, 5)}`;
}

/** MAC of an interface with this IPv4 address: 0a:58 and the address, as CNI derives it. */
export function macOf(ip: IP): Mac {
  const hex = ipToBigInt(ip).toString(16).padStart(8, '0').slice(-8);
  return ['0a', '58', ...(hex.match(/../g) ?? [])].join(':') as Mac;
}
