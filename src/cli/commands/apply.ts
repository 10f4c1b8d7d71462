import type { Command } from 'commander';
import { collect, examples, type GlobalOptions, labOf, outputOption, print, printJSON } from '../context.ts';
import { applyManifests, readForLab } from '../manifests.ts';
import { formatResults } from '../objects.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file: readonly string[];
  readonly ignoreUnknown?: boolean;
  readonly dryRun?: boolean;
}

/** `svclab apply` */
export function define(command: Command): void {
  command
    .description(
      'Creates objects, or changes those that are there, from manifests. All of them or, on any fault, none.',
    )
    .requiredOption('-f, --file <path>', 'manifest file or directory, "-" for standard input; may be repeated', collect)
    .option('--dry-run', 'only check, and say what would change')
    .option('--ignore-unknown', 'leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab apply -f httpd.yaml', 'one file'],
        ['svclab apply -f app/ -f extra.yaml', 'all files of a directory, and one more'],
        ['kubectl get svc -o yaml | svclab apply -f -', 'from standard input'],
      ]),
    )
    .action(async (options: Options) => {
      const { file, ignoreUnknown = false, dryRun = false } = options;
      const [manifests, lab] = await Promise.all([readForLab(file, { ignoreUnknown }), labOf(options)]);
      const response = await applyManifests(lab, manifests, { dryRun });
      if (options.output === 'json') printJSON(response);
      else print(formatResults(response, dryRun));
    });
}
