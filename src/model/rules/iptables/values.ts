import { LabError } from '../../../errors.ts';
import { type IP, tryParseIP } from '../../../net/address.ts';
import { type Network, parseNetwork } from '../network.ts';
import { portNumber } from '../protocols.ts';
import type { Range } from '../types.ts';
import type { RuleOption } from './types.ts';

/** The LabError `usage` of a value that cannot be; who reads the line adds the place. */
export function badValue(option: string, value: string): LabError {
  return new LabError('usage', `"${value}" is no value for ${option}`);
}

/** The option of this name, if the rule has it. */
export function option(options: readonly RuleOption[], name: string): RuleOption | undefined {
  return options.find((one) => one.name === name);
}

/** First value of the option of this name, if the rule has it. */
export function firstValue(options: readonly RuleOption[], name: string): string | undefined {
  return option(options, name)?.values[0];
}

/** An unsigned number of 32 bits, decimal or after 0x. Throws `usage`. */
export function unsigned(name: string, text: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (value <= 0xffffffff) return value;
  throw badValue(name, text);
}

/** A value and its mask, `0x4000/0x4000`; the mask is all ones when absent. Throws `usage`. */
export function masked(name: string, text: string): { readonly value: number; readonly mask: number } {
  const [value = '', mask] = text.split('/');
  return { value: unsigned(name, value), mask: mask === undefined ? 0xffffffff : unsigned(name, mask) };
}

/** A port or `first:last`, by number or name. Throws `usage`. */
export function portRange(name: string, text: string, separator = ':'): Range<number> {
  const [first = '', last = first] = text.split(separator);
  const range = {
    first: first === '' ? 0 : portNumber(first),
    last: last === '' ? 65535 : portNumber(last),
  };
  if (text === '' || range.first === undefined || range.last === undefined) throw badValue(name, text);
  return { first: range.first, last: range.last };
}

/** Whether the number is in the range. */
export function isWithin(value: number | undefined, { first, last }: Range<number>): boolean {
  return value !== undefined && value >= first && value <= last;
}

/** A network. Throws `usage`. */
export function network(name: string, text: string): Network {
  const found = parseNetwork(text);
  if (found === undefined) throw badValue(name, text);
  return found;
}

/** An address or `first-last`. Throws `usage`. */
export function addressRange(name: string, text: string): Range<IP> {
  const [from = '', to = from] = text.split('-');
  const first = tryParseIP(from);
  const last = tryParseIP(to);
  if (first === undefined || last === undefined) throw badValue(name, text);
  return { first, last };
}

/** An unsigned number of 32 bits as iptables writes marks. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The key under which a packet remembers that a rule has changed the ipset for it. */
export function changedSet(name: string): string {
  return `ipset ${name}`;
}
