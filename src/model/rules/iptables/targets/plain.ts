import type { Packet } from '../../types.ts';
import type { TargetModule } from '../types.ts';
import { changedSet, option } from '../values.ts';

/** Targets that change nothing that decides where a packet goes, with the values that their options take. */
const harmless: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  LOG: {
    '--log-level': 1,
    '--log-prefix': 1,
    '--log-tcp-sequence': 0,
    '--log-tcp-options': 0,
    '--log-ip-options': 0,
    '--log-uid': 0,
    '--log-macdecode': 0,
  },
  NFLOG: {
    '--nflog-group': 1,
    '--nflog-prefix': 1,
    '--nflog-range': 1,
    '--nflog-size': 1,
    '--nflog-threshold': 1,
  },
  ULOG: { '--ulog-nlgroup': 1, '--ulog-prefix': 1, '--ulog-cprange': 1, '--ulog-qthreshold': 1 },
  TRACE: {},
  AUDIT: { '--type': 1 },
  TCPMSS: { '--set-mss': 1, '--clamp-mss-to-pmtu': 0 },
  CHECKSUM: { '--checksum-fill': 0 },
  CLASSIFY: { '--set-class': 1 },
  DSCP: { '--set-dscp': 1, '--set-dscp-class': 1 },
  TOS: { '--set-tos': 1, '--and-tos': 1, '--or-tos': 1, '--xor-tos': 1 },
  TTL: { '--ttl-set': 1, '--ttl-inc': 1, '--ttl-dec': 1 },
  HL: { '--hl-set': 1, '--hl-inc': 1, '--hl-dec': 1 },
  TEE: { '--gateway': 1, '--oif': 1 },
  CONNSECMARK: { '--save': 0, '--restore': 0 },
  SECMARK: { '--selctx': 1 },
  IDLETIMER: { '--timeout': 1, '--label': 1 },
};

/** Whether the target of this name lets the packet go on as it is. */
export function isHarmless(name: string): boolean {
  return Object.hasOwn(harmless, name);
}

function harmlessModule(name: string, options: Readonly<Record<string, number>>): TargetModule {
  return {
    name,
    options,
    compile: () => ({ apply: (packet) => ({ kind: 'continue', packet }), words: name.toLowerCase() }),
  };
}

/** LOG, NFLOG, TRACE and others that let the packet go on as it is. */
export const harmlessTargets: readonly TargetModule[] = Object.entries(harmless).map(([name, options]) =>
  harmlessModule(name, options),
);

/** `-j SET`: puts the packet's addresses into an ipset or takes them out. Whoever asks that set afterwards cannot tell. */
export const set: TargetModule = {
  name: 'SET',
  options: { '--add-set': 2, '--del-set': 2, '--map-set': 2, '--timeout': 1, '--exist': 0 },
  compile: (options) => {
    const names = options.filter(({ name }) => name.endsWith('-set')).map(({ values }) => values[0] ?? '');
    return {
      words: `set ${names.join(' ')}`,
      apply: (packet) => {
        const changed = names.map((name) => [changedSet(name), 1] as const);
        return { kind: 'continue', packet: { ...packet, remembered: new Map([...packet.remembered, ...changed]) } };
      },
    };
  },
};

function untracked(packet: Packet): Packet {
  return { ...packet, connection: { ...packet.connection, state: 'untracked' } };
}

/** `-j NOTRACK` */
export const notrack: TargetModule = {
  name: 'NOTRACK',
  options: {},
  compile: () => ({ apply: (packet) => ({ kind: 'continue', packet: untracked(packet) }), words: 'notrack' }),
};

/** `-j CT` */
export const ct: TargetModule = {
  name: 'CT',
  options: {
    '--notrack': 0,
    '--helper': 1,
    '--timeout': 1,
    '--ctevents': 1,
    '--expevents': 1,
    '--zone': 1,
    '--zone-orig': 1,
    '--zone-reply': 1,
  },
  compile: (options) =>
    option(options, '--notrack') === undefined
      ? { apply: (packet) => ({ kind: 'continue', packet }), words: 'ct' }
      : { apply: (packet) => ({ kind: 'continue', packet: untracked(packet) }), words: 'ct notrack' },
};
