import type { Command } from 'commander';
import { getLogs } from '../../api/client.ts';
import { examples, type GlobalOptions, labOf } from '../context.ts';

interface Options extends GlobalOptions {
  readonly container?: string;
  readonly namespace: string;
}

/** `svclab logs` */
export function define(command: Command): void {
  command
    .description(
      "Prints what the program of a Pod's container has written, the last 64 KiB over all its restarts. Containers of " +
        'built-in images, which run no program of their own, write nothing.',
    )
    .argument('<pod>', 'name of the Pod; pod/NAME and pod/NAMESPACE/NAME work as well')
    .option('-c, --container <name>', 'the container; the first one unless said otherwise')
    .option('-n, --namespace <name>', 'namespace of the Pod', 'default')
    .addHelpText(
      'after',
      examples([
        ['svclab logs web-0', 'of the only container'],
        ['svclab logs web-0 -c init -n shop', 'of one container, an init container here'],
      ]),
    )
    .action(async (pod: string, options: Options) => {
      const [name = '', namespace = options.namespace] = pod
        .replace(/^pods?\//, '')
        .split('/')
        .reverse();
      process.stdout.write(await getLogs(await labOf(options), namespace, name, options.container));
    });
}
