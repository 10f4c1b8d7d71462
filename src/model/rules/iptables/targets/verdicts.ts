import type { Verdict } from '../../types.ts';
import type { Effect, TargetModule } from '../types.ts';
import { firstValue } from '../values.ts';

function always(name: string, effect: Effect): TargetModule {
  return { name, options: {}, compile: () => ({ apply: () => effect, words: name.toLowerCase() }) };
}

/** `-j ACCEPT` */
export const accept = always('ACCEPT', { kind: 'verdict', verdict: { kind: 'accept' } });
/** `-j DROP` */
export const drop = always('DROP', { kind: 'verdict', verdict: { kind: 'drop' } });
/** `-j RETURN` */
export const back = always('RETURN', { kind: 'return' });

/** `-j REJECT` */
export const reject: TargetModule = {
  name: 'REJECT',
  options: { '--reject-with': 1 },
  compile: (options, family) => {
    const fallback = family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';
    const kind = firstValue(options, '--reject-with') ?? fallback;
    const verdict: Verdict = { kind: 'reject', with: kind };
    return { apply: () => ({ kind: 'verdict', verdict }), words: `reject with ${kind}` };
  },
};
