import { type IP, tryParseIP } from './address.ts';

/** An address and a port. */
export interface SocketAddress {
  readonly address: IP;
  readonly port: number;
}

/**
 * `10.0.0.1`, `10.0.0.1:5353`, `fd00::1` or `[fd00::1]:5353`; without a port the given one is meant. Undefined when the
 * text is none of these.
 */
export function parseSocketAddress(text: string, defaultPort: number): SocketAddress | undefined {
  const alone = tryParseIP(text);
  if (alone !== undefined) return { address: alone, port: defaultPort };
  const [, host = '', digits] = /^(?:(?=\[)|(?!.*:.*:))\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  const address = tryParseIP(host);
  const port = Number(digits);
  return address === undefined || port > 65_535 ? undefined : { address, port };
}
