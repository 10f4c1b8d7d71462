import type { Command } from 'commander';
import { type LabLocation, runDirectory, runningLabs } from '../../api/locate.ts';
import { endLab } from '../../api/stop.ts';
import { examples, type GlobalOptions, labOf, print } from '../context.ts';
import { formatMilliseconds } from '../output/duration.ts';

interface Options extends GlobalOptions {
  readonly all?: boolean;
}

async function end(lab: LabLocation): Promise<string> {
  const start = performance.now();
  const ended = await endLab(lab);
  if (!ended) return `no lab named "${lab.name}" is running`;
  return `lab "${lab.name}" is down after ${formatMilliseconds(performance.now() - start)}`;
}

/** `svclab down` */
export function define(command: Command): void {
  command
    .description('Stops a lab. No process, namespace, link, mount, rule or file of it is left.')
    .option('--all', 'stop all labs of this user')
    .addHelpText(
      'after',
      examples([
        ['svclab down', 'the only lab that runs'],
        ['svclab down --lab demo', 'the lab named demo'],
        ['svclab down --all', 'all of them'],
      ]),
    )
    .action(async (options: Options) => {
      const labs = options.all === true ? await runningLabs(runDirectory()) : [await labOf(options)];
      print(labs.length === 0 ? ['no lab is running'] : await Promise.all(labs.map(end)));
    });
}
