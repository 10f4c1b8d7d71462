import { type Command, Option } from 'commander';
import { LabError } from '../../errors.ts';
import { collect, examples, type GlobalOptions, labOf, outputOption, printJSON } from '../context.ts';
import { computedRules, type RulesOptions, runningRules } from '../rules.ts';

interface Options extends GlobalOptions, Omit<RulesOptions, 'files'> {
  readonly output: string;
  readonly file?: readonly string[];
}

/** `svclab rules` */
export function define(command: Command): void {
  command
    .description(
      "Prints the proxy's rules of a node as iptables-save does: those that a running lab has in its kernel, or, with " +
        '-f, those that kube-proxy would make of the objects in the files; that needs no lab and no privilege. Without a ' +
        'Lab object among them nothing is added to them, such as cluster DNS.',
    )
    .argument('[node]', 'the node; the first one unless said otherwise')
    .option('-f, --file <path>', 'compute from this file or directory, "-" for standard input', collect)
    .option('--node <node>', 'the node, as an option')
    .addOption(new Option('--release <release>', 'with -f: whose rules').choices(['1.8', '1.20', '1.36']))
    .addOption(new Option('--mode <mode>', 'with -f: mode of the proxy').choices(['iptables', 'nftables', 'ipvs']))
    .addOption(new Option('--family <family>', 'family of the addresses').choices(['ipv4', 'ipv6']))
    .option('--ignore-unknown', 'with -f: leave out objects of unknown kinds')
    .addOption(outputOption('text', 'json'))
    .addHelpText(
      'after',
      examples([
        ['svclab rules node1', 'what the kernel of node1 holds'],
        ['svclab rules -f services.yaml --node node1', 'what kube-proxy would make of a file'],
        ['svclab rules -f dump/ --node node1 --release 1.8', 'the same as an old kube-proxy made it'],
        ['svclab rules node1 | grep KUBE-SVC', 'one Service and its chains'],
      ]),
    )
    .action(async (argument: string | undefined, options: Options) => {
      if (argument !== undefined && options.node !== undefined && argument !== options.node) {
        throw new LabError('usage', `two nodes are named: ${argument} and ${options.node}`);
      }
      const node = argument ?? options.node;
      const wanted = { ...options, ...(node === undefined ? {} : { node }) };
      const { file: files } = options;
      const rules =
        files === undefined ? await runningRules(await labOf(options), wanted) : await computedRules(files, wanted);
      if (options.output === 'json') printJSON(rules);
      else process.stdout.write(rules.text);
    });
}
