import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../testing/scratch.ts';

const folder = join(root, 'src/flannel/testdata/dual-stack');
const nodes = ['node1', 'node2', 'node3'] as const;

/** What stands below `## TITLE` in a dump of a node where the real flanneld ran. */
function section(node: string, title: string): string {
  const text = readFileSync(join(folder, `${node}.txt`), 'utf8');
  return text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

const mac = (device: string, text: string) =>
  new RegExp(`: ${device.replace('.', '\\.')}: .*\\n +link/ether (\\S+)`).exec(text)?.[1] ?? '';

/** Subnets and MACs of the real flanneld's three nodes, which it took at random, and what a lab has in their place. */
export function translation(macOf: (node: string, device: string) => string): (text: string) => string {
  const pairs = nodes.flatMap((node, i) => {
    const env = section(node, 'subnet.env');
    const ipv4 = /FLANNEL_SUBNET=(\d+\.\d+\.\d+)\./.exec(env)?.[1] ?? '';
    const ipv6 = /FLANNEL_IPV6_SUBNET=([0-9a-f:]+)::1\//.exec(env)?.[1] ?? '';
    const links = section(node, 'ip -d link show');
    return [
      [`${ipv4}.`, `10.244.${i + 1}.`],
      [`${ipv6}::`, `fd00:10:244:${i + 1}::`],
      ...['flannel.1', 'flannel-v6.1'].map((device) => [mac(device, links), macOf(node, device)] as const),
    ] as const;
  });
  return (text) =>
    pairs.reduce((all, [theirs, ours]) => all.replaceAll(theirs, `\u0000${ours}`), text).replaceAll('\u0000', '');
}

/** The lines of a section that flannel or the node's own configuration makes; not what a kernel found out or named. */
export function goldenLines(node: string, title: string): readonly string[] {
  return section(node, title)
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/fe80::|STALE|REACHABLE|^#|^:|dev eth0 self|^\*|^COMMIT/.test(line));
}
