import type { Mutant } from './types.ts';

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many of the mutants, drawn by the seed: first a kind, then a mutant of it, so that rare kinds have their turn. */
export function sampleOf(all: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const random = randomFrom(seed);
  const kinds = [...Map.groupBy(all, ({ kind }) => kind).values()];
  const drawn: Mutant[] = [];
  while (drawn.length < count && kinds.length > 0) {
    const kind = Math.floor(random() * kinds.length);
    const own = kinds[kind] ?? [];
    const [mutant] = own.splice(Math.floor(random() * own.length), 1);
    if (mutant === undefined) kinds.splice(kind, 1);
    else drawn.push(mutant);
  }
  return drawn;
}
