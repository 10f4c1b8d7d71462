import { type Command, Option } from 'commander';
import { checkRunDirectory, labLocation, runDirectory } from '../../api/locate.ts';
import type { LabStatus } from '../../api/types.ts';
import { bringUp } from '../bring-up.ts';
import { collect, examples, type GlobalOptions, outputOption, print, printJSON, tableLimit } from '../context.ts';
import { endOnSignals } from '../interrupt.ts';
import { nameOfLab, readForLab } from '../manifests.ts';
import { formatMilliseconds, parseDuration } from '../output/duration.ts';
import { startProgress } from '../output/progress.ts';
import { formatCounts, formatNodes } from '../output/status.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly file?: readonly string[];
  readonly name?: string;
  readonly wait: boolean;
  readonly timeout: number;
  readonly ignoreUnknown?: boolean;
}

function formatUp(status: LabStatus, milliseconds: number): string[] {
  const option = status.name === 'default' ? '' : ` --lab ${status.name}`;
  const next = status.services > 0 ? `svclab verify${option}` : `svclab apply${option} -f FILE`;
  const state = status.ready ? 'ready' : 'starting';
  return [
    ...formatNodes(status.nodes, tableLimit()),
    '',
    `lab "${status.name}" is ${state} after ${formatMilliseconds(milliseconds)}: ${formatCounts(status)}`,
    ...status.problems.map((problem) => `problem: ${problem}`),
    `next: ${next}; svclab status${option}; svclab down${option}`,
  ];
}

/** `svclab up` */
export function define(command: Command): void {
  command
    .description(
      'Builds a lab out of real network namespaces and starts it in the background. Returns when every node and Pod ' +
        'is ready and all rules are in. Without -f: three nodes, and no Pods but those of cluster DNS. When it fails, ' +
        'nothing is left.',
    )
    .option('-f, --file <path>', 'manifest file or directory, "-" for standard input; may be repeated', collect)
    .option('--name <name>', 'name of the lab; else --lab, $SVCLAB_LAB, the name of the Lab object, or "default"')
    .addOption(new Option('--wait').default(true).hideHelp())
    .option('--no-wait', 'return as soon as the objects are in')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait, such as 90s')
        .argParser(parseDuration)
        .default(60_000, '60s'),
    )
    .option('--ignore-unknown', 'leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab up', 'three nodes: master, node1 and node2'],
        ['svclab up -f lab/quickstart', 'with Pods and Services'],
        ['svclab up -f cluster.yaml -f app/ --name demo', 'a second lab beside it'],
        ['kubectl get svc,deploy -n shop -o yaml | svclab up -f -', 'what a namespace of a real cluster has'],
      ]),
    )
    .action(async (options: Options) => {
      const runDir = runDirectory();
      checkRunDirectory(runDir);
      const { file: files = [], ignoreUnknown = false, wait, timeout } = options;
      let reading: ReturnType<typeof readForLab> | undefined;
      const manifests = () => (reading ??= readForLab(files, { ignoreUnknown }));
      const name = options.name ?? options.lab ?? (process.env.SVCLAB_LAB || (await nameOfLab(files, manifests)));
      const lab = labLocation(name, runDir);
      const progress = startProgress(process.stderr);
      const status = await endOnSignals((signal) => bringUp({ lab, manifests, wait, timeout, progress, signal }));
      progress.stop();
      if (options.output === 'json') printJSON(status);
      else print(formatUp(status, performance.now()));
    });
}
