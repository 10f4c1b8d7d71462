import type { Command } from 'commander';
import { LabError } from '../../errors.ts';
import { parseSocketAddress } from '../../net/socket-address.ts';
import { addGlobalOptions, collect, examples } from '../context.ts';
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
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
}

/** `svclab dns serve` */
export function define(command: Command): void {
  command
    .description("Answers questions about a cluster's names.")
    .addHelpText('after', examples([['svclab dns serve -f cluster.yaml', 'a DNS server for the Services of a file']]));
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
  addGlobalOptions(serving);
}
