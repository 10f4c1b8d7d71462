import type { Command } from 'commander';
import { getStatus } from '../../api/client.ts';
import {
  examples,
  type GlobalOptions,
  labOf,
  outputOption,
  paintOf,
  print,
  printJSON,
  tableLimit,
} from '../context.ts';
import { formatStatus } from '../output/status.ts';

interface Options extends GlobalOptions {
  readonly output: string;
}

/** `svclab status` */
export function define(command: Command): void {
  command
    .description('Shows a lab: its nodes with lease, sync time and drift, its Pods and Services, and any problems.')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab status', 'the only lab that runs'],
        ['svclab status --lab demo', 'the lab named demo'],
        ['svclab status -o json | jq .pid', 'process id of the controller'],
      ]),
    )
    .action(async (options: Options) => {
      const status = await getStatus(await labOf(options));
      if (options.output === 'json') printJSON(status);
      else print(formatStatus(status, Date.now(), paintOf(options), tableLimit()));
    });
}
