import type { IP } from '../../net/address.ts';
import type { From } from '../types.ts';

/** What a DNS server of the lab says to a question about addresses. */
export interface NameAnswer {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`. */
  readonly rcode: string;
  readonly addresses: readonly IP[];
  /** The names that the asked one leads to, one after another (CNAME). */
  readonly aliases: readonly string[];
  /** Servers that the question is handed on to; what they say is not known. */
  readonly forwardedTo?: readonly string[];
}

/** What predictions have to know of names. */
export interface NameService {
  /** Content of /etc/resolv.conf, as programs of the sender see it. */
  readonly resolvConf: (from: From) => string;
  /** Content of /etc/hosts. */
  readonly hosts: (from: From) => string;
  /** What every DNS server of the lab answers; the name is complete, without final dot. */
  readonly answer: (name: string, type: 'A' | 'AAAA') => NameAnswer;
  /** Such as `cluster.local`. */
  readonly clusterDomain: string;
}
