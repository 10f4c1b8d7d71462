import type { Command } from 'commander';
import { getStatus } from '../../api/client.ts';
import { runDirectory, runningLabs } from '../../api/locate.ts';
import { examples, type GlobalOptions, outputOption, print, printJSON, tableLimit } from '../context.ts';
import { formatLabs } from '../output/status.ts';

interface Options extends GlobalOptions {
  readonly output: string;
}

/** `svclab list` */
export function define(command: Command): void {
  command
    .description('Lists the labs that run: process, nodes, Pods, Services and age of each.')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab list', 'a table'],
        ['svclab list -o json', 'an array with the status of each lab'],
      ]),
    )
    .action(async (options: Options) => {
      const found = await runningLabs(runDirectory());
      // A lab may end between being found and being asked.
      const answers = await Promise.allSettled(found.map(getStatus));
      const labs = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      if (options.output === 'json') printJSON(labs);
      else if (labs.length === 0) print(['no lab is running; start one with: svclab up']);
      else print(formatLabs(labs, Date.now(), tableLimit()));
    });
}
