import type { Command } from 'commander';
import { LabError } from '../../errors.ts';
import { collect, examples, type GlobalOptions, outputOption, print, printJSON } from '../context.ts';
import { readManifests } from '../manifests.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file?: readonly string[];
  readonly netns?: string;
  readonly ignoreUnknown?: boolean;
}

/** `svclab plan` */
export function define(command: Command): void {
  command
    .description(
      'Prints every change of the kernel that a lab of these manifests is made of, as commands that a person could ' +
        'type as root, in order. Nothing is changed, and no privilege is needed. Every Pod counts as ready.',
    )
    .option('-f, --file <path>', 'manifest file or directory, "-" for standard input; may be repeated', collect)
    .option('--netns <name>', 'only what concerns one network namespace, such as node1 or pod_default_web-0')
    .option('--ignore-unknown', 'leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab plan -f lab/quickstart', 'the whole lab'],
        ['svclab plan -f lab/quickstart --netns node1', 'what is done in one node'],
        ['svclab plan -f lab/quickstart > lab.sh', 'a script: sudo unshare --mount --net sh lab.sh'],
      ]),
    )
    .action(async (options: Options) => {
      const { file: files = [], ignoreUnknown = false } = options;
      const { offlineLab } = await import('../../lab/offline.ts');
      const { planOperations, planScript } = await import('../../plan/script.ts');
      const manifests = await readManifests(files, { ignoreUnknown });
      const { desired } = offlineLab(
        'plan',
        manifests.map(({ object }) => object),
      );
      if (options.netns !== undefined && !desired.namespaces.some(({ name }) => name === options.netns)) {
        const names = desired.namespaces.map(({ name }) => name).join(', ');
        throw new LabError('not-found', `the lab has no network namespace ${options.netns}`, {
          hint: `It has: ${names}.`,
        });
      }
      const operations = planOperations(desired, options.netns);
      if (options.output === 'json') printJSON({ operations });
      else print(planScript(operations).trimEnd().split('\n'));
    });
}
