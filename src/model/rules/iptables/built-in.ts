import type { BuiltIn } from './types.ts';

const filter = { priority: 0, type: 'filter' } as const;
const mangle = { priority: -150, type: 'filter' } as const;
const security = { priority: 50, type: 'filter' } as const;
const raw = { priority: -300, type: 'filter' } as const;

/** The hooks of the built-in chains of every table, with netfilter's priorities. */
export const builtInChains: Readonly<Record<string, Readonly<Record<string, BuiltIn>>>> = {
  raw: {
    PREROUTING: { hook: 'prerouting', ...raw },
    OUTPUT: { hook: 'output', ...raw },
  },
  mangle: {
    PREROUTING: { hook: 'prerouting', ...mangle },
    INPUT: { hook: 'input', ...mangle },
    FORWARD: { hook: 'forward', ...mangle },
    OUTPUT: { hook: 'output', priority: -150, type: 'route' },
    POSTROUTING: { hook: 'postrouting', ...mangle },
  },
  nat: {
    PREROUTING: { hook: 'prerouting', priority: -100, type: 'nat' },
    INPUT: { hook: 'input', priority: 100, type: 'nat' },
    OUTPUT: { hook: 'output', priority: -100, type: 'nat' },
    POSTROUTING: { hook: 'postrouting', priority: 100, type: 'nat' },
  },
  filter: {
    INPUT: { hook: 'input', ...filter },
    FORWARD: { hook: 'forward', ...filter },
    OUTPUT: { hook: 'output', ...filter },
  },
  security: {
    INPUT: { hook: 'input', ...security },
    FORWARD: { hook: 'forward', ...security },
    OUTPUT: { hook: 'output', ...security },
  },
};
