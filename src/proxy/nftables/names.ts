import { shortHash } from '../base32.ts';
import type { EndpointInfo } from '../endpoints.ts';
import type { ServicePortInfo } from '../service-ports.ts';

/** nft allows 256 characters; the longest prefix may take 16 of them. */
const longestName = 240;

/** nft takes comments of up to 128 bytes. */
const longestComment = 128;

function hashed(base: string): string {
  const name = `${shortHash(base, 8)}-${base}`;
  return name.length > longestName ? `${name.slice(0, longestName - 3)}...` : name;
}

function endpointBase(base: string, { ip, port }: EndpointInfo): string {
  return hashed(`${base}__${ip.replaceAll(':', '.')}/${port}`);
}

/** Names of the chains and sets of one Service port. */
export interface ServiceNames {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
  readonly endpoint: (endpoint: EndpointInfo) => string;
  readonly affinity: (endpoint: EndpointInfo) => string;
  /** Comment of elements: `namespace/name:port`. */
  readonly comment: string;
}

/** The names that kube-proxy gives: a hash of eight characters and the readable `namespace/name/protocol/port`. */
export function serviceNames({ namespace, name, portName, protocol }: ServicePortInfo): ServiceNames {
  const base = `${namespace}/${name}/${protocol}/${portName}`;
  const full = hashed(base);
  const id = portName === '' ? `${namespace}/${name}` : `${namespace}/${name}:${portName}`;
  return {
    cluster: `service-${full}`,
    local: `local-${full}`,
    external: `external-${full}`,
    firewall: `firewall-${full}`,
    endpoint: (endpoint) => `endpoint-${endpointBase(base, endpoint)}`,
    affinity: (endpoint) => `affinity-${endpointBase(base, endpoint)}`,
    comment: id.slice(0, longestComment),
  };
}
