import type { Result } from './types.ts';

/** One result as a line, and its reason as another. */
export function resultText({ mutant, verdict, why, left }: Result): string {
  const { target, kind, what } = mutant;
  const lines = [`${verdict}: ${target}: ${kind}: ${what}`];
  if (why !== '') lines.push(`    ${why}`);
  if (left !== undefined) lines.push(`    NOT REPAIRED by svclab sync, the lab is replaced: ${left}`);
  return lines.join('\n');
}

/** Tells results as they come: on a terminal what needs a reader, and a line that counts; otherwise every one. */
export function progressOn(stream: NodeJS.WriteStream): (result: Result, done: number, total: number) => void {
  const clear = '\r\x1b[K';
  return (result, done, total) => {
    if (!stream.isTTY) {
      stream.write(`[${done}/${total}] ${resultText(result)}\n`);
      return;
    }
    const worth = result.verdict === 'missed' || result.verdict === 'not made' || result.left !== undefined;
    const end = done === total ? '\n' : '';
    stream.write(`${clear}${worth ? `${resultText(result)}\n` : ''}${result.mode}: ${done} of ${total}${end}`);
  };
}
