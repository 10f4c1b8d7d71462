import type { Command } from 'commander';
import { explainConnection } from '../../api/client.ts';
import {
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
import { formatExplanation } from '../output/connection.ts';

interface Options extends GlobalOptions {
  readonly output: string;
}

/** `svclab explain` */
export function define(command: Command): void {
  command
    .description(
      'Says what becomes of one connection and why, step by step, from the objects of the lab, without connecting. ' +
        'A name is looked up first: each name of the search list, its answer, and the way of the query.',
    )
    .argument('<from>', 'who connects: pod/NAME, pod/NAMESPACE/NAME, NODE, client/NAME')
    .argument('<to>', 'where to: URL, ADDRESS:PORT, svc/NAME:PORT, ping://ADDRESS; a name is looked up')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab explain pod/busybox http://10.96.203.6:8080', 'from a Pod to a ClusterIP'],
        ['svclab explain pod/busybox http://httpd:8080', 'by name, with the look-up'],
        ['svclab explain client/laptop 192.168.56.12:30007', 'from outside to a node port'],
        ['svclab explain node1 ping://10.96.203.6', 'why a ClusterIP does not answer ping'],
      ]),
    )
    .action(async (from: string, to: string, options: Options) => {
      const explained = await explainConnection(await labOf(options), { from, to });
      if (options.output === 'json') printJSON(explained);
      else print(formatExplanation(explained, paintOf(options), { text: textLimit, table: tableLimit() }));
    });
}
