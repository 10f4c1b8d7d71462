import type { ClusterView } from '../cluster/view.ts';
import { outsideOf } from '../dns/lab-dns.ts';
import { kubeadmOptions } from '../dns/options.ts';
import { noOutside } from '../dns/outside.ts';
import { Responder } from '../dns/responder.ts';
import { tell } from '../dns/tell.ts';
import { Zone } from '../dns/zone.ts';
import { zoneChanges } from '../dns/zone-item.ts';
import type { Namespace } from '../kinds/types/namespace.ts';
import type { NameAnswer, NameService } from '../model/lookup/types.ts';
import { topologyOf } from '../model/topology.ts';
import type { From } from '../model/types.ts';
import type { DesiredLab } from '../plan/desired.ts';
import { clientNetns, podNetns } from '../plan/names.ts';
import { hostResolvConf, podResolvConf } from '../plan/resolv-conf.ts';

function netnsOf(view: ClusterView, from: From): string {
  if (from.kind === 'node') return from.name;
  if (from.kind === 'client') return clientNetns(from.name);
  const pod = topologyOf(view).pod(from.namespace, from.name);
  return pod === undefined ? '' : podNetns(pod);
}

function resolvConf(view: ClusterView, from: From): string {
  const pod = from.kind === 'pod' ? topologyOf(view).pod(from.namespace, from.name) : undefined;
  return pod === undefined ? hostResolvConf(view) : podResolvConf(view, pod);
}

/** The names of a lab: files as they are desired of it, and the zone of its Services and endpoints. */
export function nameService(
  view: ClusterView,
  { namespaces }: DesiredLab,
  existing: readonly Namespace[],
): NameService {
  const zone = new Zone();
  zone.apply(zoneChanges([...existing, ...view.services, ...view.slices]), 0);
  const { dns } = view.lab;
  const { clusterDomain } = dns === false ? kubeadmOptions : dns;
  const responder = new Responder(
    zone,
    { ...kubeadmOptions, clusterDomain },
    dns === false ? noOutside : outsideOf(dns),
  );
  const files = new Map(namespaces.map(({ name, files: own }) => [name, own]));
  const known = new Map<string, NameAnswer>();
  return {
    clusterDomain,
    resolvConf: (from) => resolvConf(view, from),
    hosts: (from) => files.get(netnsOf(view, from))?.find(({ path }) => path === '/etc/hosts')?.content ?? '',
    answer: (name, type) => {
      const key = `${type} ${name}`;
      const answer = known.get(key) ?? tell(responder, name, type);
      known.set(key, answer);
      return answer;
    },
  };
}
