import type { LabStatus, NodeStatus } from '../../api/types.ts';
import { age, humanDuration } from '../../kinds/columns.ts';
import type { Paint } from './colour.ts';
import { type Column, formatTable } from './table.ts';

const mebibyte = 1024 * 1024;
/** Lines of drift that are shown of one place. */
const driftShown = 20;

/** `3 nodes`, `1 node`. */
function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `3 nodes, 6 Pods, 2 Services`. */
export function formatCounts(status: LabStatus): string {
  const { nodes, pods, services } = status;
  return [plural(nodes.length, 'node'), plural(pods.total, 'Pod'), plural(services, 'Service')].join(', ');
}

const upColumns: readonly Column[] = [
  { title: 'NODE', shrink: true },
  { title: 'ROLE' },
  { title: 'ADDRESS' },
  { title: 'LEASE' },
  { title: 'PODS', align: 'right' },
];

/** Address and lease of a node, those of both families with a comma between them. */
function addressesOf({ ip, ipv6, lease }: NodeStatus): readonly [address: string, lease: string] {
  const both = (...texts: readonly (string | undefined)[]) => texts.filter((text) => text !== undefined).join(',');
  return [both(ip, ipv6), both(lease.subnet, lease.ipv6Subnet)];
}

/** The nodes of a lab as `svclab up` shows them. */
export function formatNodes(nodes: readonly NodeStatus[], limit: number): string[] {
  const rows = nodes.map((node) => [node.name, node.role, ...addressesOf(node), String(node.pods)]);
  return formatTable(upColumns, rows, { limit });
}

const statusColumns: readonly Column[] = [
  { title: 'NODE', shrink: true },
  { title: 'ROLE' },
  { title: 'ADDRESS' },
  { title: 'LEASE' },
  { title: 'EXPIRES' },
  { title: 'PODS', align: 'right' },
  { title: 'SYNCED' },
  { title: 'STATE', shrink: true },
];

function stateOf(node: NodeStatus): string {
  if (!node.ready) return 'not ready';
  if (node.drift.length > 0) return `drift: ${node.drift.length}`;
  return node.kubeProxy ? 'in sync' : 'no kube-proxy';
}

function expiry(expires: string, now: number): string {
  const left = Date.parse(expires) - now;
  return Number.isNaN(left) ? '-' : `in ${humanDuration(Math.max(0, left) / 1000)}`;
}

function statusRow(node: NodeStatus, now: number): string[] {
  const { name, role, lease, pods, syncedAt } = node;
  const expires = expiry(lease.expires, now);
  return [name, role, ...addressesOf(node), expires, String(pods), `${age(syncedAt, now)} ago`, stateOf(node)];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

/** Every place that has drifted, with the commands that would repair it below. */
function driftLines({ nodes, fabric, clients }: LabStatus): string[] {
  const places = [
    ...nodes,
    { name: 'fabric', drift: fabric.drift },
    ...clients.map(({ name, drift }) => ({ name: `client/${name}`, drift })),
  ];
  return places.flatMap(({ name, drift }) => {
    const lines = drift.flatMap((command) => command.split('\n')).map((line) => `  ${line}`);
    const more = lines.length - driftShown;
    const cut = more > 0 ? [...lines.slice(0, driftShown), `  … ${more} more lines, -o json has all`] : lines;
    return cut.length === 0 ? [] : [name, ...cut];
  });
}

/** What `svclab status` prints. `now` is in milliseconds since 1970. */
export function formatStatus(status: LabStatus, now: number, paint: Paint, limit: number): string[] {
  const { name, pid, ready, pods, services, rootless, clients } = status;
  const state = ready ? paint.green('ready') : paint.yellow('not ready');
  const mode = `kube-proxy ${status.proxyMode} as of ${status.kubernetesRelease}`;
  const facts = [
    `pid ${pid}${rootless ? ' (rootless)' : ''}`,
    `up for ${age(status.startedAt, now)}`,
    `${Math.round(status.memory / mebibyte)} MiB`,
    mode,
  ];
  const rows = status.nodes.map((node) => statusRow(node, now));
  return [
    `lab ${paint.bold(name)}: ${state}, ${facts.join(', ')}`,
    `Pods ${pods.ready}/${pods.total} ready, ${plural(services, 'Service')}, ${plural(clients.length, 'outside client')}`,
    '',
    ...formatTable(statusColumns, rows, { limit }),
    ...list(
      'Outside clients:',
      clients.map(({ name, ip, ips = [ip] }) => `client/${name} ${ips.join(',')}`),
    ),
    ...list('Waiting for:', status.waitingFor),
    ...list('Problems:', status.problems),
    ...list('Drift (svclab sync repairs it):', driftLines(status)),
    ...list('Fields without effect in a lab:', status.ignoredFields),
  ];
}

const listColumns: readonly Column[] = [
  { title: 'NAME', shrink: true },
  { title: 'READY' },
  { title: 'PID', align: 'right' },
  { title: 'NODES', align: 'right' },
  { title: 'PODS', align: 'right' },
  { title: 'SERVICES', align: 'right' },
  { title: 'AGE' },
];

/** What `svclab list` prints. `now` is in milliseconds since 1970. */
export function formatLabs(labs: readonly LabStatus[], now: number, limit: number): string[] {
  const rows = labs.map((lab) => [
    lab.name,
    lab.ready ? 'yes' : 'no',
    String(lab.pid),
    String(lab.nodes.length),
    `${lab.pods.ready}/${lab.pods.total}`,
    String(lab.services),
    age(lab.startedAt, now),
  ]);
  return formatTable(listColumns, rows, { limit });
}
