import type { Command } from 'commander';
import { examples, outputOption, print, printJSON } from '../context.ts';
import { packageVersion } from '../version.ts';

/** `svclab version` */
export function define(command: Command): void {
  command
    .description('Prints the version of svclab and of the Node that runs it.')
    .addOption(outputOption('text', 'json'))
    .addHelpText('after', examples([['svclab version', 'both versions']]))
    .action((options: { readonly output: string }) => {
      const version = { svclab: packageVersion(), node: process.version };
      if (options.output === 'json') printJSON(version);
      else print([`svclab ${version.svclab} (Node ${version.node})`]);
    });
}
