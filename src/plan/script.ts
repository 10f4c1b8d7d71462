import type { DesiredLab } from './desired.ts';
import { diffLab } from './diff.ts';
import type { Operation } from './operations.ts';
import { toText } from './text.ts';

/** Every change that makes a lab from nothing, in order; `netns` limits it to one network namespace. */
export function planOperations(desired: DesiredLab, netns?: string): readonly Operation[] {
  const operations = diffLab(undefined, desired);
  return netns === undefined ? operations : operations.filter((operation) => operation.netns === netns);
}

/**
 * The operations as a shell script that a person could type as root, with a heading wherever it goes on in another
 * network namespace. Running it builds the lab's network.
 */
export function planScript(operations: readonly Operation[]): string {
  const lines: string[] = [];
  let netns: string | undefined;
  for (const operation of operations) {
    if (operation.netns !== netns) lines.push(...(netns === undefined ? [] : ['']), `# ${operation.netns}`);
    netns = operation.netns;
    lines.push(toText(operation));
  }
  return `${lines.join('\n')}\n`;
}
