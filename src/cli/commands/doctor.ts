import type { Command } from 'commander';
import { runDoctor } from '../../doctor/doctor.ts';
import { formatDoctor, formatDoctorJSON } from '../../doctor/format.ts';
import { examples, type GlobalOptions, outputOption } from '../context.ts';

interface Options extends GlobalOptions {
  readonly output: string;
}

/** `svclab doctor` */
export function define(command: Command): void {
  command
    .description(
      'Tries what labs need of this machine (namespaces, links, netfilter, tools) and says how to get what is missing. ' +
        'Exit status 3 when labs cannot run here.',
    )
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab doctor', 'as the user who will run labs'],
        ['svclab doctor -o json | jq .usable', 'for scripts'],
      ]),
    )
    .action(async (options: Options) => {
      const report = await runDoctor();
      process.stdout.write(options.output === 'json' ? formatDoctorJSON(report) : formatDoctor(report));
      if (!report.usable) process.exitCode = 3;
    });
}
