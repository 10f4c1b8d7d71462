import type { Command } from 'commander';
import { traceConnection } from '../../api/client.ts';
import { examples, type GlobalOptions, labOf, outputOption, paintOf, print, printJSON, textLimit } from '../context.ts';
import { formatTrace } from '../output/trace.ts';

interface Options extends GlobalOptions {
  readonly output: string;
}

/** `svclab trace` */
export function define(command: Command): void {
  command
    .description(
      'Makes one connection for real and follows its first packet and the answer through the kernel: the interfaces it ' +
        'passes, the rules it hits, where it is translated and encapsulated; beside it the prediction. Exit status 1 ' +
        'when they differ.',
    )
    .argument('<from>', 'who connects: pod/NAME, pod/NAMESPACE/NAME, NODE, client/NAME')
    .argument('<to>', 'where to: URL, ADDRESS:PORT, svc/NAME:PORT, udp://ADDRESS:PORT, ping://ADDRESS')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab trace pod/busybox svc/httpd-svc:8080', 'from a Pod to a Service'],
        ['svclab trace client/laptop 192.168.56.12:30007', 'from outside to a node port'],
        ['svclab trace node1 ping://10.96.0.1 -o json', 'as JSON'],
      ]),
    )
    .action(async (from: string, to: string, options: Options) => {
      const report = await traceConnection(await labOf(options), { from, to });
      if (options.output === 'json') printJSON(report);
      else print(formatTrace(report, paintOf(options), textLimit));
      if (!report.agrees) process.exitCode = 1;
    });
}
