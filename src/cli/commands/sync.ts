import type { Command } from 'commander';
import { syncNow } from '../../api/client.ts';
import type { SyncResponse } from '../../api/types.ts';
import { examples, type GlobalOptions, labOf, outputOption, paintOf, print, printJSON } from '../context.ts';
import type { Paint } from '../output/colour.ts';
import { formatMilliseconds } from '../output/duration.ts';

interface Options extends GlobalOptions {
  readonly output: string;
}

function formatSync(answer: SyncResponse, paint: Paint): string[] {
  const drifted = answer.namespaces.filter(({ repaired }) => repaired.length > 0);
  const time = formatMilliseconds(answer.milliseconds);
  if (drifted.length === 0) return [`nothing had drifted (${time})`];
  return [
    ...drifted.flatMap(({ name, repaired }) => [
      paint.bold(name),
      ...repaired.flatMap((text) => text.split('\n').map((line) => `  ${line}`)),
    ]),
    `repaired ${drifted.map(({ name }) => name).join(', ')} (${time})`,
  ];
}

/** `svclab sync` */
export function define(command: Command): void {
  command
    .description(
      'Compares the kernel with what it should hold and repairs what differs, at once instead of at the next sync period.',
    )
    .argument('[node]', 'only this node')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab sync', 'everything'],
        ['svclab sync node1', 'one node'],
        ['svclab exec node1 -- iptables -t nat -F && svclab sync node1', 'break it, then repair it'],
      ]),
    )
    .action(async (node: string | undefined, options: Options) => {
      const answer = await syncNow(await labOf(options), node === undefined ? {} : { node });
      if (options.output === 'json') printJSON(answer);
      else print(formatSync(answer, paintOf(options)));
    });
}
