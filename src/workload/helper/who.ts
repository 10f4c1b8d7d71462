import { hostPort, type IP } from '../../net/address.ts';
import { whoRequest } from '../../probe/identity.ts';
import type { Ends, Identity } from '../images/types.ts';

/** Who answered whom: the answer to `SVCLAB WHO`, and the Svclab- headers of HTTP answers. */
export interface Who {
  /** `namespace/name` */
  readonly pod: string;
  /** `ip:port` that the connection arrived at. */
  readonly endpoint: string;
  /** Source address as the server sees it. */
  readonly source: string;
}

/** Whether the bytes are `SVCLAB WHO`, may become it (`partly`), or are something else. */
export function matchWho(data: Buffer): 'yes' | 'partly' | 'no' {
  const text = data.toString('latin1', 0, whoRequest.length);
  if (text === whoRequest) return 'yes';
  return whoRequest.startsWith(text) ? 'partly' : 'no';
}

/** The address without the `::ffff:` that marks IPv4 on an IPv6 socket, and without a zone. */
export function plainAddress(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
  return plain.split('%')[0] ?? plain;
}

/** Who answers on this connection. */
export function whoOf(identity: Identity, ends: Ends): Who {
  return {
    pod: `${identity.namespace}/${identity.pod}`,
    endpoint: hostPort(ends.localAddress as IP, ends.localPort),
    source: ends.remoteAddress,
  };
}

/** The line of JSON that answers `SVCLAB WHO`. */
export function whoLine(identity: Identity, ends: Ends): string {
  return `${JSON.stringify(whoOf(identity, ends))}\n`;
}
