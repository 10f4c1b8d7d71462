import { addNetns, netnsPath } from '../../../src/kernel/netns.ts';
import { run } from '../../../src/kernel/run.ts';
import { requireTool } from '../../../src/kernel/tools.ts';
import type { To } from '../../../src/model/types.ts';
import { parseIP } from '../../../src/net/address.ts';
import { probeFast } from '../../../src/probe/prober.ts';
import type { AddressRequest } from '../../../src/probe/types.ts';
import type { ServerSpec } from '../../../src/workload/protocol.ts';
import { createHelper } from '../../../src/workload/supervisor.ts';
import { privateRun, reply, workerInput } from '../in-worker.ts';

/** What the worker is told. */
export interface ProbeTask {
  /** Connections of one round. */
  readonly connections: number;
  readonly rounds: number;
}

/** Connections a second, one value a round. */
export type ProbeFigures = Readonly<Record<'tcp' | 'http' | 'udp', readonly number[]>>;

const address = '10.0.0.2';
/**
 * As the Pods of a lab are many, the server listens on many ports: one address runs out of its own ports after 28,000
 * connections to one socket a minute, and the kernel searches long for the last of them.
 */
const ports = Array.from({ length: 16 }, (_, at) => 8000 + at);
const server = 'pod_default_server';
const client = 'pod_default_client';

async function buildNetwork(): Promise<void> {
  privateRun();
  addNetns(client);
  addNetns(server);
  const ip = (netns: string, lines: readonly string[]) =>
    run(requireTool('ip'), ['-batch', '-'], { netns: netnsPath(netns), input: `${lines.join('\n')}\n` });
  await ip(client, [`link add eth0 type veth peer name eth0 netns ${server}`, 'link set eth0 up']);
  await ip(server, [`address add ${address}/24 dev eth0`, 'link set eth0 up']);
  await ip(client, ['address add 10.0.0.1/24 dev eth0']);
}

function serverSpec(protocol: 'TCP' | 'UDP', port: number): ServerSpec {
  const identity = { container: 'main', node: 'node1', image: 'httpd', ip: address, hostname: 'server' };
  return {
    id: `default/server/main/${protocol}/${port}`,
    netns: netnsPath(server),
    protocol,
    port,
    behaviour: protocol === 'TCP' ? 'httpd' : 'generic',
    identity: { ...identity, namespace: 'default', pod: 'server' },
  };
}

/** Starts the helper process; resolves when its servers listen. */
function serve(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const servers = ports.flatMap((port) => [serverSpec('TCP', port), serverSpec('UDP', port)]);
  const missing = new Set(servers.map(({ id }) => id));
  const helper = createHelper({
    node: process.execPath,
    onEvent: (event) => {
      if (event.event === 'failed') reject(new Error(event.message));
      if (event.event === 'started') for (const id of event.ids) missing.delete(id);
      if (missing.size === 0) resolve();
    },
  });
  helper.apply(servers);
  return promise;
}

async function probesPerSecond(scheme: To['scheme'], connections: number): Promise<number> {
  const requestTo = (port: number): AddressRequest => ({
    from: { kind: 'pod', namespace: 'default', name: 'client' },
    to: { scheme, address: parseIP(address), port },
    netns: netnsPath(client),
    timeoutMs: 2000,
  });
  const requests = Array.from({ length: connections / ports.length }, () => ports.map(requestTo)).flat();
  const startedAt = performance.now();
  const answers = await probeFast(requests);
  const seconds = (performance.now() - startedAt) / 1000;
  const missed = answers.find(({ outcome, pod }) => outcome !== 'delivered' || pod === undefined);
  if (missed !== undefined) throw new Error(`${scheme}: a probe was ${missed.outcome}: ${missed.message ?? ''}`);
  return requests.length / seconds;
}

const { connections, rounds } = workerInput<ProbeTask>();
await buildNetwork();
await serve();
const figures: Record<keyof ProbeFigures, number[]> = { http: [], tcp: [], udp: [] };
for (let round = -1; round < rounds; round++) {
  for (const scheme of ['http', 'tcp', 'udp'] as const) {
    const rate = await probesPerSecond(scheme, connections);
    if (round >= 0) figures[scheme].push(rate);
  }
}
reply(figures satisfies ProbeFigures);
