import type { Command } from 'commander';
import { verifyEvents } from '../../api/client.ts';
import type { VerifyReport } from '../../api/types.ts';
import type { reports } from '../../verify/reports/registry.ts';
import { colourOf, examples, type GlobalOptions, labOf, outputOption, textLimit } from '../context.ts';
import { startProgress } from '../output/progress.ts';

interface Options extends GlobalOptions {
  readonly output: keyof typeof reports;
  readonly from?: string;
  readonly to?: string;
  readonly failFast?: true;
}

async function run(options: Options): Promise<VerifyReport | undefined> {
  const { from, to, failFast } = options;
  const request = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(failFast === undefined ? {} : { failFast }),
  };
  const progress = startProgress(process.stderr);
  try {
    for await (const event of verifyEvents(await labOf(options), request)) {
      if (event.event === 'done') return event.report;
      if (event.event === 'progress') progress.update(`tried ${event.done} of ${event.total} connections`);
    }
    return undefined;
  } finally {
    progress.stop();
  }
}

/** `svclab verify` */
export function define(command: Command): void {
  command
    .description(
      'Tries every kind of client with every way in, for real, and compares what happens with what the model predicts. ' +
        'In a lab with cluster DNS every Service is also tried by its short name, by name.namespace and by its full ' +
        'name, once from each sender: curl looks the name up itself, getent does for what is not HTTP. ' +
        'Exit status 0 when all agree, 1 when one does not.',
    )
    .option('--from <from>', 'only connections from here: pod/NAME, NODE, client/NAME')
    .option('--to <to>', 'only connections to here: a Service such as svc/httpd, a Pod, an address')
    .option('--fail-fast', 'stop at the first difference')
    .addOption(outputOption('text', 'json', 'junit'))
    .addHelpText(
      'after',
      examples([
        ['svclab verify', 'everything'],
        ['svclab verify --from pod/busybox', 'what one Pod can reach'],
        ['svclab verify --to svc/httpd -o json', 'one Service, for scripts'],
        ['svclab verify -o junit > report.xml', 'for CI'],
      ]),
    )
    .action(async (options: Options) => {
      const [report, { reports }] = await Promise.all([run(options), import('../../verify/reports/registry.ts')]);
      if (report === undefined) return;
      process.stdout.write(reports[options.output](report, { color: colourOf(options), columns: textLimit }));
      if (report.disagreed > 0) process.exitCode = 1;
    });
}
