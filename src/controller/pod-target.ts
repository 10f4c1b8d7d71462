import type { ExecTarget } from '../api/types.ts';
import { lockFile } from '../kernel/netfilter.ts';
import { netnsPath } from '../kernel/netns.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { podFiles, podNetns } from '../plan/names.ts';
import { filePath } from '../plan/text.ts';
import { hostnameOf } from '../workload/servers.ts';
import { binDirectory } from './mounts.ts';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How to enter a network namespace: what it is called, the name that the host has there, and whose files are seen. */
export function makeTarget(target: string, netns: string, hostname: string, files = netns): ExecTarget {
  const env = { PATH: `${binDirectory}:${systemPath}`, XTABLES_LOCKFILE: lockFile(netns) };
  return { target, netns: netnsPath(netns), hostname, files: filePath(files, ''), env };
}

/** How to enter a Pod that has its network. */
export function podTarget(pod: Pod): ExecTarget {
  const target = `pod/${pod.metadata.namespace}/${pod.metadata.name}`;
  return makeTarget(target, podNetns(pod), hostnameOf(pod), podFiles(pod));
}
