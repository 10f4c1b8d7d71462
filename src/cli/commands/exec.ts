import type { Command } from 'commander';
import { examples, type GlobalOptions, labOf } from '../context.ts';
import { runAt } from '../enter.ts';
import { shellFor } from '../shell.ts';

/** `svclab exec` */
export function define(command: Command, argv: readonly string[]): void {
  if (!argv.includes('--')) command.passThroughOptions();
  command
    .description(
      "Runs a command inside a node, a Pod, an outside client or the fabric between them, in that one's network " +
        'namespace. Terminal, signals and exit status are passed through. Without a command: a shell.',
    )
    .usage('[options] TARGET [-- COMMAND...]')
    .argument('<target>', 'node1, pod/NAME, pod/NAMESPACE/NAME, client/NAME, fabric')
    .argument('[command...]', 'the program and its arguments')
    .addHelpText(
      'after',
      examples([
        ['svclab exec node1 -- iptables-save -t nat', "a node's rules"],
        ['svclab exec pod/busybox -- wget -qO- http://10.96.203.6:8080', 'from inside a Pod'],
        ['svclab exec node2 -- tcpdump -ni flannel.1', 'what passes over the overlay'],
        ['svclab exec fabric -- ip -br link', 'the network between the nodes'],
      ]),
    )
    .action(async (target: string, words: readonly string[], options: GlobalOptions) => {
      const given = words[0] === '--' ? words.slice(1) : words;
      const shell = shellFor(target, process.env.SHELL);
      const lab = await labOf(options);
      process.exitCode = await runAt(given.length > 0 ? { lab, target, argv: given } : { lab, target, ...shell });
    });
}
