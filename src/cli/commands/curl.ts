import type { Command } from 'commander';
import { curlEvents } from '../../api/client.ts';
import type { ConnectEvent } from '../../api/types.ts';
import {
  count,
  examples,
  type GlobalOptions,
  labOf,
  outputOption,
  paintOf,
  print,
  printJSON,
  tableLimit,
  textLimit,
} from '../context.ts';
import type { Paint } from '../output/colour.ts';
import { formatAnswer, formatTally } from '../output/connection.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly count: number;
  readonly body?: boolean;
}

function formatEvent(event: ConnectEvent, options: Options, paint: Paint): string[] {
  if (event.event === 'error') return [];
  if (event.event === 'done')
    return ['', ...formatTally(event.connection, paint, { text: textLimit, table: tableLimit() })];
  const body = options.body === true ? (event.body ?? '').trimEnd() : '';
  const said = event.message === undefined ? '' : ` (${event.message})`;
  const answer = `${formatAnswer(event.observation, event.milliseconds, paint)}${said}`;
  return body === '' ? [answer] : [answer, ...body.split('\n').map((line) => paint.dim(`  ${line}`))];
}

/** `svclab curl` */
export function define(command: Command): void {
  command
    .description(
      'Connects for real; a name is looked up by the resolver there, with its resolv.conf. Prints of each answer who ' +
        'gave it and which source address was seen there, then a tally beside the prediction. Exit status 1 when they ' +
        'differ.',
    )
    .argument('<from>', 'who connects: pod/NAME, pod/NAMESPACE/NAME, NODE, client/NAME')
    .argument('<url>', 'where to: URL, ADDRESS:PORT, svc/NAME:PORT, ping://ADDRESS; a name is looked up')
    .option('-n, --count <count>', 'number of connections', count, 1)
    .option('--body', 'print what was answered, too')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab curl pod/busybox http://10.96.203.6:8080', 'once, from a Pod to a ClusterIP'],
        ['svclab curl pod/busybox http://httpd:8080', 'by name: nxdomain when it has no address'],
        ['svclab curl client/laptop 192.168.56.12:30007 -n 100', 'how a nodePort spreads over its endpoints'],
        ['svclab curl node1 svc/httpd:8080 --body', 'with the page that was served'],
        ['svclab curl node1 ping://10.96.203.6 -o json', 'as JSON'],
      ]),
    )
    .action(async (from: string, to: string, options: Options) => {
      const paint = paintOf(options);
      for await (const event of curlEvents(await labOf(options), { from, to, count: options.count })) {
        if (options.output !== 'json') print(formatEvent(event, options, paint));
        else if (event.event === 'done') printJSON(event.connection);
        if (event.event === 'done' && !event.connection.agrees) process.exitCode = 1;
      }
    });
}
