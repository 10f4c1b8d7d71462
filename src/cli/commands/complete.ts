import type { Command } from 'commander';
import { candidates } from '../completion/candidates.ts';
import { print } from '../context.ts';

/** `svclab __complete LINE`: the words that the last word of the line may become, one a line. */
export function define(command: Command): void {
  command.argument('<line>').action(async (line: string) => print(await candidates(line)));
}
