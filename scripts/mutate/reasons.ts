import type { Mutant } from './types.ts';

interface Reason {
  readonly kind: RegExp;
  readonly what: RegExp;
  readonly why: string;
}

const reasons: readonly Reason[] = [];

/** Why a mutant changes nothing that anybody could see, if it is known. */
export function reasonOf({ kind, what }: Mutant): string | undefined {
  return reasons.find((reason) => reason.kind.test(kind) && reason.what.test(what))?.why;
}
