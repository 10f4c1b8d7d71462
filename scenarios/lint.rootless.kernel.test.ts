import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import type { Finding } from '../src/model/rules/lint/types.ts';
import { quickstart, type RunningLab, withLab } from './testing/lab.ts';
import { root } from './testing/scratch.ts';

const test = anyTest as TestFn;
const script = readFileSync(join(root, 'scripts/collect.sh'), 'utf8');

/** Collects node1 of the lab as one does on any node, and lets lint look at it beside the cluster. */
async function lintNode(lab: RunningLab, ...manifests: readonly string[]): Promise<readonly Finding[]> {
  const { stdout, stderr, exitCode } = await lab.run(['exec', 'node1', '--', 'sh', '-s'], { input: script });
  if (exitCode !== 0) throw new Error(stderr);
  const files = manifests.flatMap((manifest) => ['-f', manifest]);
  const result = await lab.scratch.run(['lint', '--dump', '-', '-o', 'json', ...files], { input: stdout });
  if (result.exitCode > 1) throw new Error(result.stderr);
  return JSON.parse(result.stdout).findings;
}

const nftables = join(root, 'lab/nftables.yaml');

for (const [mode, manifests, breaks] of [
  [
    'iptables',
    [quickstart],
    [
      [['iptables', '-t', 'nat', '-D', 'PREROUTING', '1'], 'missing-jump'],
      [['iptables', '-t', 'nat', '-F', 'KUBE-MARK-MASQ'], 'masquerade-order'],
      [['sysctl', '-qw', 'net.ipv4.ip_forward=0'], 'sysctl-off'],
    ],
  ],
  [
    'nftables',
    [quickstart, nftables],
    [
      [['nft', 'flush', 'chain', 'ip', 'kube-proxy', 'nat-prerouting'], 'missing-jump'],
      [['nft', 'flush', 'map', 'ip', 'kube-proxy', 'service-ips'], 'service-without-rules'],
    ],
  ],
] as const) {
  test.serial(`mode ${mode}: collect gathers a node of a lab, and lint finds what is broken there`, (t) =>
    withLab(t, manifests, async (lab) => {
      t.deepEqual(await lintNode(lab, ...manifests), []);
      for (const [command, rule] of breaks) {
        await lab.exec('node1', ...command);
        const found = await lintNode(lab, ...manifests);
        t.true(
          found.some((one) => one.rule === rule),
          `${command.join(' ')}: ${JSON.stringify(found)}`,
        );
        await lab.svclab('sync');
      }
      t.deepEqual(await lintNode(lab, ...manifests), []);
    }),
  );
}
