import type { ExecTarget } from '../api/types.ts';
import { LabError } from '../errors.ts';
import { lockFile } from '../kernel/netfilter.ts';
import { netnsPath } from '../kernel/netns.ts';
import type { Pod } from '../kinds/types.ts';
import { parseFrom } from '../model/target.ts';
import type { From } from '../model/types.ts';
import { clientNetns, fabricNetns, podNetns } from '../plan/names.ts';
import { filePath } from '../plan/text.ts';
import { hostnameOf } from '../workload/servers.ts';
import type { Lab } from './lab.ts';
import { binDirectory } from './mounts.ts';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Name of the network namespace that a connection from there is made in. Throws `not-found` for a Pod without one yet. */
export function netnsOf(lab: Lab, from: From): string {
  if (from.kind === 'node') return from.name;
  if (from.kind === 'client') return clientNetns(from.name);
  const pod = lab.store.get('Pod', from.namespace, from.name);
  if (pod?.status.podIP === undefined) {
    throw new LabError('not-found', `pod ${from.namespace}/${from.name} does not run yet`, {
      hint: 'See `svclab get pods`.',
    });
  }
  return podNetns(pod);
}

/** How to enter a target: `node1`, `pod/web-0`, `pod/NAMESPACE/NAME`, `client/laptop`, `fabric`. Throws `not-found`. */
export function execTarget(lab: Lab, text: string): ExecTarget {
  if (text === fabricNetns) return describe('fabric', fabricNetns, fabricNetns);
  const from = parseFrom(text, lab.view);
  const netns = netnsOf(lab, from);
  const pod = from.kind === 'pod' ? lab.store.get('Pod', from.namespace, from.name) : undefined;
  return pod === undefined ? describe(`${from.kind}/${from.name}`, netns, from.name) : podTarget(pod);
}

/** How to enter a Pod that has its network. */
export function podTarget(pod: Pod): ExecTarget {
  return describe(`pod/${pod.metadata.namespace}/${pod.metadata.name}`, podNetns(pod), hostnameOf(pod));
}

function describe(target: string, netns: string, hostname: string): ExecTarget {
  const env = { PATH: `${binDirectory}:${systemPath}`, XTABLES_LOCKFILE: lockFile(netns) };
  return { target, netns: netnsPath(netns), hostname, files: filePath(netns, ''), env };
}
