import { once } from 'node:events';
import type { Command } from 'commander';
import { LabError } from '../../errors.ts';
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

interface Options extends GlobalOptions {
  readonly output: string;
  readonly dump?: string;
  readonly in?: string;
  readonly questions?: string;
}

async function explainInLab(from: string | undefined, to: string | undefined, options: Options): Promise<void> {
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? 'from' : 'to';
    throw new LabError('usage', `missing required argument '${missing}'`, { hint: 'See: svclab explain --help' });
  }
  if (options.in !== undefined || options.questions !== undefined) {
    throw new LabError('usage', '--in and --questions need --dump', { hint: 'See: svclab explain --help' });
  }
  const { explainConnection } = await import('../../api/client.ts');
  const { formatExplanation } = await import('../output/connection.ts');
  const explained = await explainConnection(await labOf(options), { from, to });
  if (options.output === 'json') printJSON(explained);
  else print(formatExplanation(explained, paintOf(options), { text: textLimit, table: tableLimit() }));
}

/** `svclab explain` */
export function define(command: Command): void {
  command
    .description(
      'Says what becomes of one connection and why, step by step, from the objects of the lab, without connecting. ' +
        'A name is looked up first: each name of the search list, its answer, and the way of the query. With --dump, ' +
        "the same of any node from its rules' text alone: which rule sends the packet where, and what the endpoint " +
        'sees; that needs no lab and no privilege.',
    )
    .argument('[from]', 'who connects: pod/NAME, pod/NAMESPACE/NAME, NODE, client/NAME; with --dump an address')
    .argument(
      '[to]',
      'where to: URL, ADDRESS:PORT, svc/NAME:PORT, ping://ADDRESS; a name is looked up; with --dump ADDRESS:PORT[/udp]',
    )
    .option(
      '--dump <file>',
      'what svclab collect gathered, or the output of iptables-save or nft list ruleset; "-" for standard input',
    )
    .option('--in <interface>', 'with --dump: the packet arrives here; else the node itself makes it')
    .option(
      '--questions <file>',
      'with --dump: many, "SRC DST:PORT/PROTO [INTERFACE]" a line; each answer is a line of JSON; "-" for standard input',
    )
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab explain pod/busybox http://10.96.203.6:8080', 'from a Pod to a ClusterIP'],
        ['svclab explain pod/busybox http://httpd:8080', 'by name, with the look-up'],
        ['svclab explain client/laptop 192.168.56.12:30007', 'from outside, a nodePort'],
        ['svclab explain node1 ping://10.96.203.6', 'why ping gets no answer'],
        ['svclab explain --dump n1.dump --in cni0 10.244.0.9 10.96.0.10:53/udp', 'by the rules of any node'],
        ['svclab explain --dump n1.dump --questions questions.txt', 'a line of JSON for each'],
      ]),
    )
    .action(async (from: string | undefined, to: string | undefined, options: Options) => {
      const { dump, output: form } = options;
      if (dump === undefined) return explainInLab(from, to, options);
      const { explainDump } = await import('../explain-dump.ts');
      const asked = { ...options, dump, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      for (const text of explainDump(asked, { form, paint: paintOf(options), limit: textLimit })) {
        if (!process.stdout.write(text)) await once(process.stdout, 'drain');
      }
    });
}
