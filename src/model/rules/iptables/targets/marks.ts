import { LabError } from '../../../../errors.ts';
import type { Packet } from '../../types.ts';
import type { RuleOption, TargetModule } from '../types.ts';
import { badValue, firstValue, hex, masked, option, unsigned } from '../values.ts';

/** What becomes of a mark: the bits to clear, then those to turn over. */
interface Change {
  readonly clear: number;
  readonly toggle: number;
}

function change({ name, values: [text = ''] }: RuleOption): Change | undefined {
  switch (name) {
    case '--set-xmark': {
      const { value, mask } = masked(name, text);
      return { clear: mask, toggle: value };
    }
    case '--set-mark': {
      const { value, mask } = masked(name, text);
      return { clear: (mask | value) >>> 0, toggle: value };
    }
    case '--and-mark':
      return { clear: ~unsigned(name, text) >>> 0, toggle: 0 };
    case '--or-mark':
      return { clear: unsigned(name, text), toggle: unsigned(name, text) };
    case '--xor-mark':
      return { clear: 0, toggle: unsigned(name, text) };
    default:
      return undefined;
  }
}

function changed(mark: number, { clear, toggle }: Change): number {
  return ((mark & ~clear) ^ toggle) >>> 0;
}

function firstChange(options: readonly RuleOption[]): Change | undefined {
  return options.map(change).find((one) => one !== undefined);
}

function changeWords(options: readonly RuleOption[]): string {
  const [one] = options;
  return one === undefined ? '' : `${one.name.slice(2)} ${one.values[0] ?? ''}`.trim();
}

const setters = { '--set-xmark': 1, '--set-mark': 1, '--and-mark': 1, '--or-mark': 1, '--xor-mark': 1 };

/** `-j MARK` */
export const mark: TargetModule = {
  name: 'MARK',
  options: setters,
  compile: (options) => {
    const how = firstChange(options);
    if (how === undefined) throw new LabError('usage', '-j MARK does not say which mark');
    return {
      apply: (packet) => ({ kind: 'continue', packet: { ...packet, mark: changed(packet.mark, how) } }),
      words: `mark ${changeWords(options)}`,
    };
  },
};

function withConnectionMark(packet: Packet, value: number): Packet {
  return { ...packet, connection: { ...packet.connection, mark: value } };
}

function maskOf(options: readonly RuleOption[], name: string): number {
  const text = firstValue(options, name) ?? firstValue(options, '--mask');
  return text === undefined ? 0xffffffff : unsigned(name, text);
}

/** `-j CONNMARK`: the mark of the connection, or between it and the packet's. */
export const connmark: TargetModule = {
  name: 'CONNMARK',
  options: { ...setters, '--save-mark': 0, '--restore-mark': 0, '--nfmask': 1, '--ctmask': 1, '--mask': 1 },
  compile: (options) => {
    const nfmask = maskOf(options, '--nfmask');
    const ctmask = maskOf(options, '--ctmask');
    if (option(options, '--save-mark') !== undefined) {
      return {
        apply: (packet) => {
          const value = changed(packet.connection.mark, { clear: ctmask, toggle: packet.mark & nfmask });
          return { kind: 'continue', packet: withConnectionMark(packet, value) };
        },
        words: 'connmark save-mark',
      };
    }
    if (option(options, '--restore-mark') !== undefined) {
      return {
        apply: (packet) => {
          const value = changed(packet.mark, { clear: nfmask, toggle: packet.connection.mark & ctmask });
          return { kind: 'continue', packet: { ...packet, mark: value } };
        },
        words: 'connmark restore-mark',
      };
    }
    const how = firstChange(options);
    if (how === undefined) throw new LabError('usage', '-j CONNMARK does not say which mark');
    return {
      apply: (packet) => ({
        kind: 'continue',
        packet: withConnectionMark(packet, changed(packet.connection.mark, how)),
      }),
      words: `connmark ${changeWords(options)}`,
    };
  },
};

/** `-j TPROXY`: to a local socket, without changing the packet, if routing keeps it on the node. */
export const tproxy: TargetModule = {
  name: 'TPROXY',
  options: { '--on-port': 1, '--on-ip': 1, '--tproxy-mark': 1 },
  compile: (options) => {
    const port = Number(firstValue(options, '--on-port') ?? 0);
    if (!Number.isInteger(port)) throw badValue('--on-port', firstValue(options, '--on-port') ?? '');
    const text = firstValue(options, '--on-ip');
    const address = text === undefined ? undefined : option(options, '--on-ip');
    const { value, mask } = masked('--tproxy-mark', firstValue(options, '--tproxy-mark') ?? '0/0');
    return {
      words: `tproxy to port ${port}${address === undefined ? '' : ` of ${text}`}, mark ${hex(value)}/${hex(mask)}`,
      apply: (packet) => {
        const onAddress = text === undefined || /^(0\.0\.0\.0|::)$/.test(text) ? packet.destination : text;
        const socket = {
          address: onAddress as Packet['destination'],
          port: port === 0 ? (packet.destinationPort ?? 0) : port,
        };
        return {
          kind: 'verdict',
          verdict: { kind: 'accept' },
          packet: { ...packet, mark: changed(packet.mark, { clear: mask, toggle: value }), socket },
        };
      },
    };
  },
};
