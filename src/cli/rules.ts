import { getRules, getStatus } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import { LabError } from '../errors.ts';
import type { KubeObject, Lab } from '../kinds/types.ts';
import { readManifests } from './manifests.ts';

/** Which rules are wanted. */
export interface RulesOptions {
  readonly node?: string;
  readonly release?: '1.8' | '1.20' | '1.36';
  readonly mode?: 'iptables' | 'nftables' | 'ipvs';
  readonly family?: 'ipv4' | 'ipv6';
  readonly ignoreUnknown?: boolean;
}

/** The rules of one node; what `svclab rules -o json` prints. */
export interface NodeRules {
  readonly node: string;
  readonly text: string;
}

const newestRelease = '1.36';

/** The rules that a node of a running lab has. Throws `usage` for what only files can be asked for. */
export async function runningRules(lab: LabLocation, options: RulesOptions): Promise<NodeRules> {
  if (options.release !== undefined || options.mode !== undefined) {
    throw new LabError('usage', '--release and --mode need files', {
      hint: 'A running lab has the rules that it was started with; compute others with: svclab rules -f FILE',
    });
  }
  const node = options.node ?? (await firstNode(lab));
  return { node, text: await getRules(lab, node, options.family ?? 'ipv4') };
}

async function firstNode(lab: LabLocation): Promise<string> {
  const { nodes } = await getStatus(lab);
  const node = nodes.find(({ kubeProxy }) => kubeProxy) ?? nodes[0];
  if (node === undefined) throw new LabError('not-found', `the lab "${lab.name}" has no node`);
  return node.name;
}

function onlyNode(objects: readonly KubeObject[]): string {
  const names = objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name);
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  throw new LabError('usage', only === undefined ? 'the files hold no Node' : `the files hold ${names.length} nodes`, {
    hint: only === undefined ? 'Add a Node object.' : `Say which with --node: ${names.join(', ')}`,
  });
}

/**
 * The rules that kube-proxy would make of the objects in files. Throws the faults of the manifests, and `usage` when
 * it is not clear which node is meant.
 */
export async function computedRules(files: readonly string[], options: RulesOptions): Promise<NodeRules> {
  const manifests = await readManifests(files, { ignoreUnknown: options.ignoreUnknown === true });
  const { rulesText } = await import('../proxy/rules.ts');
  const objects = manifests.map(({ object }) => object);
  const lab = objects.find((object): object is Lab => object.kind === 'Lab');
  const node = options.node ?? onlyNode(objects);
  const { mode, family, release = lab?.spec.kubernetesRelease ?? newestRelease } = options;
  const wanted = { ...(mode === undefined ? {} : { mode }), ...(family === undefined ? {} : { family }) };
  return { node, text: rulesText({ objects, node, release, ...wanted }) };
}
