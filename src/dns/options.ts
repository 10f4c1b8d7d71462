import type { IP } from '../net/address.ts';

/** How a cluster's names are answered; the Corefile's options of CoreDNS's kubernetes plugin. */
export interface DnsOptions {
  /** Without final dot: `cluster.local`. */
  readonly clusterDomain: string;
  /** TTL of records, in seconds. */
  readonly ttl: number;
  /** `insecure`: any address has a name under `pod`; `disabled`: none. */
  readonly pods: 'disabled' | 'insecure';
  /** Addresses of the server itself, by which it finds its own Service for NS records. */
  readonly localIPs: readonly IP[];
}

/** What kubeadm's Corefile says. */
export const kubeadmOptions: DnsOptions = {
  clusterDomain: 'cluster.local',
  ttl: 30,
  pods: 'insecure',
  localIPs: [],
};
