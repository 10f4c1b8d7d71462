import { createServer } from 'node:net';
import { close, connect, socket } from '../../../src/kernel/libc.ts';
import { loadRules } from '../../../src/kernel/netfilter.ts';
import { addNetns, deleteNetns, netnsPath, withNetns } from '../../../src/kernel/netns.ts';
import { run } from '../../../src/kernel/run.ts';
import { requireTool } from '../../../src/kernel/tools.ts';
import { type Cidr, type IP, parseIP } from '../../../src/net/address.ts';
import { loaderOf } from '../../../src/plan/rulesets/registry.ts';
import { AF_INET, encodeSockaddr, SOCK_CLOEXEC, SOCK_STREAM } from '../../../src/probe/sockaddr.ts';
import { proxyConfig } from '../../../src/proxy/config.ts';
import { proxyMode } from '../../../src/proxy/modes.ts';
import type { ProxyInput } from '../../../src/proxy/types.ts';
import { type BenchMode, clusterIPOf, proxyConfiguration, servicesAndSlices, slice } from '../cluster.ts';
import { privateRun, reply, tell, workerInput } from '../in-worker.ts';

/** What the worker is told. */
export interface FirstPacketTask {
  readonly sizes: readonly number[];
  /** Connections of each mode at each size. */
  readonly connections: number;
}

/** Microseconds of connect(2) in each mode, one value a connection. */
export type FirstPacketReply = readonly (Readonly<Record<BenchMode, readonly number[]>> & {
  readonly services: number;
})[];

const modes = ['iptables', 'nftables'] as const satisfies readonly BenchMode[];
const podAddress = parseIP('10.244.1.2');
const podPort = 8080;

/** Every mode has a row of namespaces of its own. */
const names = (mode: BenchMode) => ({ client: `client-${mode}`, node: `node-${mode}`, pod: `pod-${mode}` });

async function ip(netns: string, ...lines: readonly string[]): Promise<void> {
  await run(requireTool('ip'), ['-batch', '-'], { netns: netnsPath(netns), input: `${lines.join('\n')}\n` });
}

/** Client and Pod, not joined yet; the Pod answers. */
async function startEnds(mode: BenchMode): Promise<void> {
  const { client, pod } = names(mode);
  for (const name of [client, pod]) addNetns(name);
  const server = createServer((connection) => connection.on('error', () => undefined).end());
  const options = { port: podPort, backlog: 4096 };
  await withNetns(netnsPath(pod), () => new Promise<void>((resolve) => server.listen(options, resolve)));
}

/** A fresh node between the two, without rules. */
async function insertNode(mode: BenchMode): Promise<void> {
  const { client, node, pod } = names(mode);
  addNetns(node);
  await ip(
    node,
    'link set lo up',
    `link add to-client type veth peer name eth0 netns ${client}`,
    `link add to-pod type veth peer name eth0 netns ${pod}`,
    'address add 203.0.113.1/24 dev to-client',
    'address add 10.244.1.1/24 dev to-pod',
    'link set to-client up',
    'link set to-pod up',
  );
  await ip(client, 'address add 203.0.113.10/24 dev eth0', 'link set eth0 up', 'route add default via 203.0.113.1');
  await ip(pod, `address add ${podAddress}/24 dev eth0`, 'link set eth0 up', 'route add default via 10.244.1.1');
  await run(requireTool('sysctl'), ['-qw', 'net.ipv4.ip_forward=1'], { netns: netnsPath(node) });
}

async function removeNode(mode: BenchMode): Promise<void> {
  const { client, node, pod } = names(mode);
  for (const end of [client, pod]) await ip(end, 'link delete eth0');
  deleteNetns(node);
}

async function loadServices(mode: BenchMode, count: number): Promise<void> {
  const { node } = names(mode);
  const { services, slices } = servicesAndSlices(count);
  const last = services.at(-1)?.metadata.name ?? '';
  const endpoint = { addresses: [podAddress], conditions: { ready: true }, nodeName: node };
  const input: ProxyInput = {
    release: '1.36',
    family: 'ipv4',
    node: { name: node, ips: ['203.0.113.1' as IP], podCIDRs: ['10.244.1.0/24' as Cidr], labels: {} },
    config: proxyConfig(proxyConfiguration(mode)),
    services,
    slices: [...slices.slice(0, -1), { ...slice(last, count), endpoints: [endpoint] }],
  };
  for (const rules of proxyMode(mode, '1.36').createProxier().rulesets(input)) {
    for (const text of loaderOf(rules).load(rules)) await loadRules(node, rules.loader, text);
  }
}

/** Microseconds until a connection stands, made by the calling thread. Throws when it is refused. */
function timeConnect(address: Uint8Array): number {
  const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const startedAt = process.hrtime.bigint();
  const errno = connect(fd, address);
  const microseconds = Number(process.hrtime.bigint() - startedAt) / 1000;
  close(fd);
  if (errno !== 0) throw new Error(`connect: errno ${errno}`);
  return microseconds;
}

/** Connects in turn to the last Service of each mode; the server may accept in between. */
async function measure(services: number, connections: number): Promise<FirstPacketReply[number]> {
  const target = encodeSockaddr(parseIP(clusterIPOf(services - 1)), 80);
  const found = { iptables: [] as number[], nftables: [] as number[] };
  for (let at = -20; at < connections; at++) {
    for (const mode of modes) {
      const microseconds = withNetns(netnsPath(names(mode).client), () => timeConnect(target));
      if (at >= 0) found[mode].push(microseconds);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { services, ...found };
}

const { sizes, connections } = workerInput<FirstPacketTask>();
privateRun();
for (const mode of modes) await startEnds(mode);
const found: FirstPacketReply[number][] = [];
for (const services of sizes) {
  for (const mode of modes) {
    await insertNode(mode);
    await loadServices(mode, services);
    tell(`${mode}, ${services} Services: all rules are in`);
  }
  found.push(await measure(services, connections));
  for (const mode of modes) await removeNode(mode);
}
reply(found satisfies FirstPacketReply);
