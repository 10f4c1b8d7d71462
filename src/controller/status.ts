import { readdirSync, readFileSync } from 'node:fs';
import type { LabStatus, NodeStatus } from '../api/types.ts';
import { isHomelessDns } from '../cluster/dns-service.ts';
import { isPodFinished, isPodReady } from '../cluster/pods/status.ts';
import type { NodeView } from '../cluster/view.ts';
import { clusterDnsProblems } from '../lab/cluster-dns.ts';
import { proxyConfigOf } from '../lab/proxies.ts';
import { clientNetns, fabricNetns, podNetns } from '../plan/names.ts';
import type { Operation } from '../plan/operations.ts';
import { toText } from '../plan/text.ts';
import { fieldsWithoutEffect } from '../workload/without-effect.ts';
import type { Lab } from './lab.ts';
import { isRootless } from './mounts.ts';

/**
 * Why the lab is not ready, one line each; empty when every node and Pod is ready and all rules are in. Nobody waits for
 * Pods of cluster DNS that no node takes: the lab may do without names.
 */
export function waitingFor(lab: Lab): string[] {
  const pods = lab.store.list('Pod').filter((pod) => !isPodFinished(pod) && !isPodReady(pod) && !isHomelessDns(pod));
  const lines = pods.map(({ metadata, spec, status }) => {
    const condition = status.conditions?.find(({ status }) => status === 'False')?.message;
    const why = homeless(lab, spec.nodeName) ?? condition;
    return `pod ${metadata.namespace}/${metadata.name}${why === undefined ? '' : `: ${why}`}`;
  });
  if (lab.problem !== undefined) return [lab.problem.message, ...lines];
  return lab.idle ? lines : [...lines, 'rules and links'];
}

/** Why a Pod waits whose node does not exist. */
function homeless(lab: Lab, node: string | undefined): string | undefined {
  const missing = node !== undefined && lab.store.get('Node', undefined, node) === undefined;
  return missing ? `there is no node ${node}, which its spec.nodeName asks for` : undefined;
}

/** Everything that `svclab status` tells: the kernel is read and compared for it. Throws `kernel`. */
export async function labStatus(lab: Lab): Promise<LabStatus> {
  return statusWith(lab, await lab.drift(() => true));
}

/** The same of a lab that has just become ready: without looking for drift, which takes long in a large lab. */
export function readyStatus(lab: Lab): LabStatus {
  return statusWith(lab, []);
}

function statusWith(lab: Lab, drift: readonly Operation[]): LabStatus {
  const { view } = lab;
  const waiting = waitingFor(lab);
  const pods = lab.store.list('Pod').filter((pod) => !isPodFinished(pod));
  const config = proxyConfigOf(view.proxy);
  return {
    name: lab.name,
    pid: lab.pid,
    ready: waiting.length === 0,
    waitingFor: waiting,
    startedAt: lab.startedAt.toISOString(),
    rootless: isRootless(),
    kubernetesRelease: view.lab.kubernetesRelease,
    proxyMode: config.mode,
    nodes: view.nodes.map((node) => nodeStatus(lab, node, drift)),
    fabric: { drift: commandsIn([fabricNetns], drift) },
    pods: { total: pods.length, ready: pods.filter(isPodReady).length },
    services: view.services.length,
    clients: view.lab.clients.map((client) => ({ ...client, drift: commandsIn([clientNetns(client.name)], drift) })),
    ignoredFields: [...config.withoutEffect, ...fieldsWithoutEffect(pods)],
    problems: [
      ...(lab.problem === undefined ? [] : [lab.problem.message]),
      ...clusterDnsProblems({ lab: view.lab, services: view.services, pods }),
      ...lab.agents.status.problems,
      ...lab.kubelet.problems(),
    ],
    memory: processMemory(),
  };
}

function nodeStatus(lab: Lab, node: NodeView, drift: readonly Operation[]): NodeStatus {
  const object = lab.store.get('Node', undefined, node.name);
  const control = 'node-role.kubernetes.io/control-plane' in (object?.metadata.labels ?? {});
  const lease = lab.leases.get(node.name);
  const sync = lab.syncTime(node.name);
  const pods = lab.view.pods.filter(({ spec }) => spec.nodeName === node.name);
  return {
    name: node.name,
    role: control ? 'control-plane' : 'worker',
    ip: node.ip,
    ...(node.ipv6 === undefined ? {} : { ipv6: node.ipv6 }),
    lease: {
      subnet: lease?.subnet ?? '',
      ...(lease?.subnetV6 === undefined ? {} : { ipv6Subnet: lease.subnetV6 }),
      expires: lease?.expires?.toISOString() ?? 'never',
    },
    kubeProxy: node.kubeProxy,
    ready: sync !== undefined,
    pods: pods.length,
    syncedAt: (sync?.at ?? lab.startedAt).toISOString(),
    syncSeconds: sync?.seconds ?? 0,
    drift: commandsIn([node.name, ...pods.map(podNetns)], drift),
  };
}

/** The commands that would repair these namespaces; what a change of rules left empty is no drift. */
function commandsIn(namespaces: readonly string[], drift: readonly Operation[]): string[] {
  const wanted = new Set(namespaces);
  const isLeftover = (found: Operation) => found.op === 'rules' && found.leftover === true;
  return drift.filter((found) => wanted.has(found.netns) && !isLeftover(found)).map(toText);
}

/** Bytes of memory of all processes of the lab; pages that they share are counted once. */
function processMemory(): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.reduce((sum, pid) => sum + memoryOf(pid), 0);
}

function memoryOf(pid: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(text.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
