import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { fileOf } from '../../files.ts';
import { examples } from '../context.ts';

/** Path of the script below src/ or dist/: it lies beside them. */
const script = '../scripts/collect.sh';

/** `svclab collect` */
export function define(command: Command): void {
  command
    .description(
      "Prints a shell script that gathers a node's rules, sets, addresses, routes and net sysctls for explain --dump " +
        'and lint --dump. It runs in any POSIX shell, as root, only reads, and leaves keys and secrets out.',
    )
    .addHelpText(
      'after',
      examples([
        ['svclab collect | ssh node1 sudo sh > node1.dump', 'from a node of a cluster'],
        ['svclab collect | svclab exec node1 -- sh > node1.dump', 'from a node of a lab'],
        ['svclab explain --dump node1.dump 10.244.1.2 10.96.0.10:53/udp', 'ask the dump'],
      ]),
    )
    .action(() => {
      process.stdout.write(readFileSync(fileOf(script), 'utf8'));
    });
}
