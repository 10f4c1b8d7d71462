import type { Command } from 'commander';
import { collect, examples, type GlobalOptions, outputOption, printJSON } from '../context.ts';
import { plan } from '../plan.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file: readonly string[];
  readonly netns?: string;
  readonly ignoreUnknown?: boolean;
}

/** `svclab plan` */
export function define(command: Command): void {
  command
    .description(
      'Prints every change of the kernel that a lab of these objects comes to, in order, as commands that a person ' +
        'could type as root. Needs no lab and no privilege, and changes nothing.',
    )
    .requiredOption('-f, --file <path>', 'manifest file or directory, "-" for standard input; may be repeated', collect)
    .option('--netns <name>', 'only this network namespace: node1, pod_default_web-0, client_laptop, fabric')
    .option('--ignore-unknown', 'leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab plan -f lab/quickstart', 'all of it'],
        ['svclab plan -f lab/quickstart --netns node1', 'what happens on one node'],
        ['svclab plan -f app.yaml > build.sh', 'a script that builds the same network'],
      ]),
    )
    .action(async ({ file, netns, ignoreUnknown = false, output }: Options) => {
      const planned = await plan(file, { ignoreUnknown, ...(netns === undefined ? {} : { netns }) });
      if (output === 'json') printJSON(planned.steps);
      else process.stdout.write(planned.script);
    });
}
