import type { Only, PlannedStep, Setting, StepContext } from './types.ts';

/** Whether something that is limited to some modes and releases applies to this one. */
export function applies({ modes, releases }: Only, { mode, release }: Setting): boolean {
  return (modes?.includes(mode) ?? true) && (releases?.includes(release) ?? true);
}

/** Runs steps one after the other, those that apply. Throws what the first one that fails throws. */
export async function runSteps(steps: readonly PlannedStep[], context: StepContext): Promise<void> {
  for (const step of steps) if (applies(step.only, context.setting)) await step.run(context);
}
