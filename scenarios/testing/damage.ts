import type { ExecutionContext } from 'ava';
import type { Connection, SyncResponse, VerifyReport } from '../../src/api/types.ts';
import type { Pod } from '../../src/kinds/types/pod.ts';
import type { RunningLab } from './lab.ts';
import { busyboxOn, labOf, proxyWithSyncPeriod, serverOn } from './manifests.ts';
import { syncShape } from './shapes.ts';

/** Nothing is repaired in these labs unless somebody asks for it. One Pod stands behind each Service: silence is brief. */
export const wellLab = [
  labOf('node1', 'node2'),
  busyboxOn('node1'),
  serverOn('node1', 'near'),
  serverOn('node2', 'far'),
  serverOn('node2', 'door', 'type: NodePort', 'ports: [{ port: 80, nodePort: 30080 }]'),
  proxyWithSyncPeriod('1h'),
];

/** Address of a Pod. */
export async function ipOf(lab: RunningLab, name: string): Promise<string> {
  return (await lab.json<Pod>('get', 'pod', name)).status.podIP ?? '';
}

/** The words of the one rule of a node's nat table that matches. */
export async function natRule(lab: RunningLab, node: string, pattern: RegExp): Promise<string[]> {
  const rules = (await lab.exec(node, 'iptables-save', '-t', 'nat')).split('\n').filter((rule) => pattern.test(rule));
  const words = (rules[0] ?? '').match(/"[^"]*"|\S+/g) ?? [];
  return words.slice(1).map((word) => word.replaceAll('"', ''));
}

/** What verify found wrong, one line each. */
export function differences({ connections }: VerifyReport): string[] {
  const wrong = connections.filter(({ agrees }) => !agrees);
  return wrong.map(({ from, to, difference }) => `${from} → ${to}: ${difference}`);
}

/** One way to break a lab, and how it shows. */
export interface Damage {
  readonly node: string;
  /** Commands, typed at the node. */
  readonly commands: readonly (readonly string[])[];
  /** Whose connection breaks, and which. */
  readonly from: string;
  readonly to: string;
  /** What verify says of it. */
  readonly difference: RegExp;
  /** What status and sync say about the repair. */
  readonly repair: RegExp;
}

export async function disagreeing(
  t: ExecutionContext,
  lab: RunningLab,
  from: string,
  to: string,
): Promise<readonly Connection[]> {
  const { exitCode, stdout } = await lab.svclab('verify', '--from', from, '--to', to, '-o', 'json');
  t.is(exitCode, 1, `verify sees it: ${stdout.slice(0, 500)}`);
  return (JSON.parse(stdout) as { connections: Connection[] }).connections.filter(({ agrees }) => !agrees);
}

export async function repaired(lab: RunningLab): Promise<string> {
  const { namespaces } = syncShape.parse(await lab.json<SyncResponse>('sync'));
  return namespaces.flatMap(({ repaired }) => repaired).join('\n');
}

/** What breaks the way to Services breaks the one to cluster DNS as well. */
const nameFails = /^Outcome: nxdomain/;

const isByName = ({ about = '' }: Connection) => /^(short name|name\.namespace|full name) of /.test(about);

/** Breaks the lab, sees it reported, repairs it, and sees everything well again. */
export async function breakAndRepair(t: ExecutionContext, lab: RunningLab, damage: Damage): Promise<void> {
  for (const command of damage.commands) await lab.exec(damage.node, ...command);
  const wrong = await disagreeing(t, lab, damage.from, damage.to);
  t.true(wrong.some((one) => !isByName(one)));
  for (const one of wrong) {
    const { from, to, difference = '' } = one;
    t.true(from.includes(damage.from.replace('pod/', '')), from);
    if (!(isByName(one) && nameFails.test(difference))) t.regex(difference, damage.difference, to);
  }
  const { nodes } = await lab.status();
  const drift = nodes.filter((node) => node.drift.length > 0);
  t.deepEqual(
    drift.map(({ name }) => name),
    [damage.node],
    'status names the node',
  );
  t.regex(drift.flatMap((node) => node.drift).join('\n'), damage.repair);
  t.regex((await lab.svclab('status')).stdout, new RegExp(`^${damage.node} .* drift: \\d+$`, 'm'));
  t.regex(await repaired(lab), damage.repair);
  t.true((await lab.status()).nodes.every((node) => node.drift.length === 0));
  t.deepEqual(differences(await lab.verify('--from', damage.from, '--to', damage.to)), []);
}
