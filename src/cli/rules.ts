import { getRules, getStatus } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import { LabError } from '../errors.ts';
import type { ConfigMap } from '../kinds/types/configmap.ts';
import type { LabObject } from '../kinds/types/object.ts';
import { asGiven, isExistingCluster } from './as-given.ts';
import { endpointMakers } from './endpoint-makers.ts';
import { readManifests, withPlaces } from './manifests.ts';

/** Which rules are wanted. */
export interface RulesOptions {
  readonly node?: string;
  readonly release?: '1.8' | '1.20' | '1.36';
  readonly mode?: 'iptables' | 'nftables' | 'ipvs';
  readonly family?: 'ipv4' | 'ipv6';
  readonly ignoreUnknown?: boolean;
  /** The files are those of a lab with cluster DNS, even if no Lab object among them says so. */
  readonly clusterDns?: boolean;
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

/**
 * Whether the objects are what a proxy was given, such as the dump of a cluster: nodes, and endpoints unless there is
 * nothing that they could be made of. They are then taken as they are.
 */
function isDump(objects: readonly LabObject[]): boolean {
  const has = (kind: LabObject['kind']) => objects.some((object) => object.kind === kind);
  return has('Node') && (has('EndpointSlice') || !objects.some(({ kind }) => endpointMakers.has(kind)));
}

/** What the proxies of a cluster are given. */
interface ProxyObjects {
  readonly objects: readonly { readonly kind: string }[];
  readonly nodes: readonly string[];
  readonly release: NonNullable<RulesOptions['release']>;
}

/** The objects of a dump, with the configuration that kubeadm keeps in a ConfigMap unless they hold another. */
async function withProxyConfiguration(objects: readonly LabObject[]): Promise<ProxyObjects['objects']> {
  const maps = objects.filter((object): object is ConfigMap => object.kind === 'ConfigMap');
  if (maps.length === 0 || objects.some(({ kind }) => kind === 'KubeProxyConfiguration')) return objects;
  const { configInConfigMap } = await import('../cluster/proxy-config-map.ts');
  const config = configInConfigMap(maps);
  return config === undefined ? objects : [...objects, config];
}

async function proxyObjects(objects: readonly LabObject[], clusterDns: boolean): Promise<ProxyObjects> {
  if (isDump(objects)) {
    const nodes = objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name);
    return { objects: await withProxyConfiguration(objects), nodes, release: newestRelease };
  }
  const { offlineLab } = await import('../lab/offline.ts');
  const { view, store } = offlineLab('default', clusterDns ? objects : asGiven(objects), {
    keepReadiness: isExistingCluster(objects),
  });
  return {
    objects: [...store.list('Node'), ...view.services, ...view.slices, view.proxy],
    nodes: view.nodes.filter(({ kubeProxy }) => kubeProxy).map(({ name }) => name),
    release: view.lab.kubernetesRelease,
  };
}

/**
 * The rules that kube-proxy would make of the objects in files. Nodes and endpoints are taken from the files if they
 * are there; otherwise they are those that a lab of the objects would have. Throws the faults of the manifests,
 * `not-found` for an unknown node.
 */
export async function computedRules(files: readonly string[], options: RulesOptions): Promise<NodeRules> {
  const manifests = await readManifests(files, { ignoreUnknown: options.ignoreUnknown === true });
  const { rulesText } = await import('../proxy/rules.ts');
  const given = manifests.map(({ object }) => object);
  const { objects, nodes, release } = await withPlaces(manifests, () =>
    proxyObjects(given, options.clusterDns === true),
  );
  const { node = nodes[0], mode, family } = options;
  if (node === undefined) throw new LabError('not-found', 'no node runs a proxy');
  const wanted = { ...(mode === undefined ? {} : { mode }), ...(family === undefined ? {} : { family }) };
  return { node, text: rulesText({ objects, node, release: options.release ?? release, ...wanted }) };
}
