import type { Command } from 'commander';
import { examples, type GlobalOptions, labOf } from '../context.ts';
import { runAt } from '../enter.ts';
import { shellFor } from '../shell.ts';

/** `svclab shell` */
export function define(command: Command): void {
  command
    .description('Opens a shell inside a node, a Pod, an outside client or the fabric between them.')
    .argument('<target>', 'node1, pod/NAME, pod/NAMESPACE/NAME, client/NAME, fabric')
    .addHelpText(
      'after',
      examples([
        ['svclab shell node1', 'look around on a node: ip, iptables, conntrack, tcpdump'],
        ['svclab shell pod/busybox', 'be a Pod: wget, ping, cat /etc/resolv.conf'],
        ['svclab shell client/laptop', 'be a host outside the cluster'],
      ]),
    )
    .action(async (target: string, options: GlobalOptions) => {
      process.exitCode = await runAt({
        lab: await labOf(options),
        target,
        ...shellFor(target, process.env.SHELL),
      });
    });
}
