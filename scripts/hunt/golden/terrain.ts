import type { ClusterView } from '../../../src/cluster/view.ts';
import { NodeProxies } from '../../../src/lab/proxies.ts';
import { parseNode } from '../../../src/model/rules/node.ts';
import { buildDesired } from '../../../src/plan/build.ts';
import type { Terrain } from '../crossing/cross.ts';
import { dumpOf } from '../crossing/dump.ts';
import { mapOf } from '../crossing/lab-map.ts';
import { serversOf } from '../crossing/servers.ts';

/** What a real kube-proxy left on node1: the command that lists it, and what that printed. */
export interface GoldenRules {
  readonly command: string;
  readonly text: string;
}

const goldenNode = 'node1';

/**
 * No kubelet ran beside the real proxies. Before release 1.26 it is the kubelet that makes the rule of KUBE-MARK-DROP, and
 * those that drop what has its mark.
 */
export function withKubelet(dump: string): string {
  const marked = dump.replace(
    /^\*nat\n(?::.*\n)*/m,
    (head) => `${head}-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000\n`,
  );
  const drop = '-m mark --mark 0x8000/0x8000 -j DROP';
  return marked.replace(/^\*filter\n(?::.*\n)*/m, (head) => `${head}-A INPUT ${drop}\n-A OUTPUT ${drop}\n`);
}

/** The lab of the view, in which node1 has these rules of a real kube-proxy and the other nodes have svclab's own. */
export function goldenTerrain(view: ClusterView, rules: readonly GoldenRules[]): Terrain {
  const proxies = new NodeProxies();
  const desired = buildDesired(view, (node) => {
    const own = proxies.of(view, node);
    return node.name === goldenNode ? { ...own, rulesets: [] } : own;
  });
  const map = mapOf(desired);
  const netns = map.namespaces.get(goldenNode);
  if (netns === undefined) throw new TypeError(`the case has no ${goldenNode}`);
  const sections = rules.map(({ command, text }) => `### ${command}\n${text}`);
  const dump = parseNode([...sections, dumpOf(netns)].join('\n'), goldenNode);
  return {
    map: { ...map, dump: (name, sender) => (name === goldenNode ? dump : map.dump(name, sender)) },
    servers: serversOf(view),
  };
}
