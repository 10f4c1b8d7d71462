import { decode, encode } from 'dns-packet';
import { hostPort, type IP, tryParseIP } from '../net/address.ts';
import type { Responder } from './responder.ts';

/** What a server says about the addresses of a name. */
export interface Told {
  readonly rcode: string;
  readonly addresses: readonly IP[];
  /** Names that the asked one leads to. */
  readonly aliases: readonly string[];
  /** Servers that would be asked first, `ADDRESS:PORT`; nobody did, and the rest is what is said when none answers. */
  readonly forwardedTo?: readonly string[];
}

/** What the server says to a question, with all addresses that there are. Equivalent command: `dig +tcp NAME TYPE`. */
export function tell(responder: Responder, name: string, type: 'A' | 'AAAA'): Told {
  const query = encode({ type: 'query', id: 1, flags: 0x100, questions: [{ name, type }] });
  const response = responder.respond(query, 'tcp');
  const forwarding = response === undefined || Buffer.isBuffer(response) ? undefined : response;
  const bytes = forwarding?.finish(undefined) ?? response;
  if (!Buffer.isBuffer(bytes)) return { rcode: 'SERVFAIL', addresses: [], aliases: [] };
  const { answers = [], ...header } = decode(bytes);
  const servers = forwarding?.servers.map(({ address, port }) => hostPort(address, port));
  return {
    rcode: (header as { readonly rcode?: string }).rcode ?? '',
    addresses: answers.flatMap((one) => (one.type === 'A' || one.type === 'AAAA' ? (tryParseIP(one.data) ?? []) : [])),
    aliases: answers.flatMap((one) => (one.type === 'CNAME' ? one.data : [])),
    ...(servers === undefined ? {} : { forwardedTo: servers }),
  };
}
