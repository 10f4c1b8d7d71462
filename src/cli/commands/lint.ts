import type { Command } from 'commander';
import { collect, examples, type GlobalOptions, outputOption, paintOf, print, printJSON } from '../context.ts';
import { lintDump } from '../lint.ts';
import { formatFindings } from '../output/findings.ts';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly dump: string;
  readonly file?: readonly string[];
  readonly node?: string;
  readonly ignoreUnknown?: boolean;
}

/** `svclab lint` */
export function define(command: Command): void {
  command
    .description(
      "Finds what is wrong in a node's rules, from their text alone: what users notice, and the cure. With -f also what " +
        'is not as the cluster asks for. Exit status 0 when nothing is found, 1 otherwise.',
    )
    .requiredOption(
      '--dump <file>',
      'what svclab collect gathered, or the output of iptables-save or nft list ruleset; "-" for standard input',
    )
    .option('-f, --file <path>', 'compare with the objects in this file or directory', collect)
    .option('--node <node>', 'with -f: the node that the dump is of; by its addresses unless said')
    .option('--ignore-unknown', 'with -f: leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab lint --dump node1.dump', 'what is wrong in a dump'],
        ['svclab exec node1 -- iptables-save | svclab lint --dump -', 'a node of a lab'],
        ['svclab lint --dump node1.dump -f cluster.yaml', 'beside what the cluster says'],
        ['svclab lint --dump node1.dump -o json', 'for scripts'],
      ]),
    )
    .action(async ({ file: files, ...options }: Options) => {
      const findings = await lintDump({ ...options, ...(files === undefined ? {} : { files }) });
      if (options.output === 'json') printJSON({ findings });
      else print(formatFindings(findings, options.dump, paintOf(options)));
      if (findings.length > 0) process.exitCode = 1;
    });
}
