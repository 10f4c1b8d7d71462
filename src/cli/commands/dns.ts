import { once } from 'node:events';
import type { Command } from 'commander';
import { LabError } from '../../errors.ts';
import { parseSocketAddress } from '../../net/socket-address.ts';
import {
  addGlobalOptions,
  collect,
  examples,
  type GlobalOptions,
  labOf,
  outputOption,
  print,
  printJSON,
} from '../context.ts';
import { namesOfFiles } from '../dns.ts';

interface ServeOptions {
  readonly file: readonly string[];
  readonly listen: string;
  readonly ignoreUnknown?: boolean;
}

async function serve({ file, listen, ignoreUnknown = false }: ServeOptions): Promise<void> {
  const where = parseSocketAddress(listen, 53);
  if (where === undefined) {
    throw new LabError('usage', `"${listen}" is not an address to listen on`, {
      hint: 'Write it like 127.0.0.1:5353.',
    });
  }
  const { zone, options, outside } = await namesOfFiles(file, { ignoreUnknown });
  const { Responder } = await import('../../dns/responder.ts');
  const { listenDns } = await import('../../dns/server/listen.ts');
  const { address, port, close } = await listenDns(new Responder(zone, options, outside), where.address, where.port);
  const services = `${zone.services().length} Services of ${options.clusterDomain}`;
  process.stdout.write(`Answering for ${services} on ${address} port ${port}, UDP and TCP.\n`);
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  close();
}

interface AskOptions extends GlobalOptions {
  readonly from?: string;
  readonly output: string;
}

async function ask(name: string | undefined, type: string, options: AskOptions): Promise<void> {
  const { from, output } = options;
  if (name === undefined || from === undefined) {
    throw new LabError('usage', name === undefined ? 'no name is given' : 'nobody is named who asks', {
      hint: 'Ask like this: svclab dns web --from pod/busybox',
    });
  }
  const { lookUp } = await import('../../lookup/look-up.ts');
  const { namesOfLab } = await import('../../lookup/names.ts');
  const { captureAt } = await import('../enter.ts');
  const { formatLookup } = await import('../output/lookup.ts');
  const lab = await labOf(options);
  const found = await lookUp(
    { from, name, type: type.toUpperCase() },
    {
      run: async (argv) => (await captureAt({ lab, target: from, argv })).stdout,
      names: () => namesOfLab(lab),
    },
  );
  if (output === 'json') printJSON(found);
  else print(formatLookup(found));
  if (!found.agrees) process.exitCode = 1;
}

/** `svclab dns` and `svclab dns serve` */
export function define(command: Command): void {
  command
    .description(
      'Looks up a name for real from a node, a Pod or an outside client, with the search list and server of its ' +
        'resolv.conf, and compares every answer with the predicted one.',
    )
    .usage('[options] NAME [TYPE]')
    .argument('[name]', 'the name; with a dot at its end the search list is not used')
    .argument('[type]', 'A, AAAA, SRV, PTR, CNAME, TXT, NS, SOA, MX, ANY', 'A')
    .option('--from <source>', 'who asks: pod/NAME, pod/NAMESPACE/NAME, node1, client/NAME')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab dns web --from pod/busybox', 'what a Pod gets for a short name'],
        ['svclab dns _http._tcp.web.default.svc SRV --from pod/busybox', 'a port by its name'],
        ['svclab dns serve -f cluster.yaml', 'answer for the Services of a file'],
      ]),
    )
    .action(ask);
  const serving = command
    .command('serve')
    .summary('a DNS server for a cluster given as files')
    .description(
      'Answers DNS questions as the CoreDNS of the cluster in the files would, over UDP and TCP, until it is ended. ' +
        'Needs no lab and no privilege.',
    )
    .requiredOption('-f, --file <path>', 'manifest file or directory, "-" for standard input; may be repeated', collect)
    .option('--listen <address>', 'address and port; port 0 is a free one', '127.0.0.1:5353')
    .option('--ignore-unknown', 'leave out objects of unknown kinds')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        ['svclab dns serve -f cluster.yaml', 'answer for the Services of a file'],
        ['dig @127.0.0.1 -p 5353 web.default.svc.cluster.local', 'ask'],
      ]),
    )
    .action(serve);
  addGlobalOptions(serving, { needsNoLab: true });
}
