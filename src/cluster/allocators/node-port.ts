import { LabError } from '../../errors.ts';
import { fnv32a } from '../names.ts';

/** Ports of nodes that Services may have, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The range of a text like `30000-32767`. Throws `usage` for other text. */
export function parsePortRange(text: string): PortRange {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || first < 1 || last > 65_535 || first > last) {
    throw new LabError('usage', `"${text}" is not a port range`, { hint: 'Write it like 30000-32767.' });
  }
  return { first, last };
}

/**
 * How many ports at the start of the range are given dynamically only when the rest is used up:
 * min(max(16, size/32), 128), and none in a range of 16 or fewer (KEP-3668).
 */
export function staticPortBandSize({ first, last }: PortRange): number {
  const size = last - first + 1;
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
}

/** Why the port cannot be given, in the API server's words; undefined when it can. `holder` is who has a port. */
export function nodePortRefusal(
  range: PortRange,
  port: number,
  holder: (port: number) => string | undefined,
): string | undefined {
  if (port < range.first || port > range.last) {
    return `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`;
  }
  const by = holder(port);
  return by === undefined ? undefined : `provided port is already allocated (by ${by})`;
}

/**
 * A free port for the seed, out of the upper band first. The API server chooses at random; here the seed chooses.
 * Throws `invalid-object` when the range is full.
 */
export function nextNodePort(range: PortRange, seed: string, isTaken: (port: number) => boolean): number {
  const size = range.last - range.first + 1;
  const band = staticPortBandSize(range);
  const hashed = fnv32a(seed);
  for (const { from, count } of [
    { from: range.first + band, count: size - band },
    { from: range.first, count: band },
  ]) {
    for (let i = 0; i < count; i++) {
      const port = from + ((hashed + i) % count);
      if (!isTaken(port)) return port;
    }
  }
  throw new LabError('invalid-object', 'failed to allocate a nodePort: range is full', {
    hint: `All ports of ${range.first}-${range.last} are in use; delete a Service of type NodePort.`,
  });
}
