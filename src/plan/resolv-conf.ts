import { clusterDnsAddress, dnsService } from '../cluster/dns-service.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Pod, PodDnsConfig } from '../kinds/types/pod.ts';

/** resolv.conf in parts. */
interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5`, `edns0`. */
  readonly options: readonly string[];
}

/** kubelet cuts longer lists. */
const limits = { nameservers: 3, searches: 32, searchCharacters: 2048 };

/** A host that asks nobody: programs are told soon that there is no answer. */
const nobody: ResolvConf = { nameservers: [], searches: [], options: ['attempts:1', 'timeout:1'] };

/** Servers of a node: those that the Lab names for the world outside, without port. */
function nodeConf({ lab }: ClusterView): ResolvConf {
  const known = lab.dns === false ? [] : lab.dns.upstreams;
  const upstreams = known.filter((text) => !/\]:|^[^:]+:\d+$/.test(text));
  return upstreams.length === 0 ? nobody : { nameservers: upstreams, searches: [], options: [] };
}

/** What kubelets are told of; a Service that is deleted takes nothing from their configuration. */
function dnsAddresses({ services, lab }: ClusterView): readonly string[] {
  const service = dnsService(services, lab);
  if (service !== undefined) return service.spec.clusterIPs?.filter((ip) => ip !== 'None') ?? [];
  const usual = clusterDnsAddress(lab);
  const isTaken = services.some(({ spec }) => spec.clusterIP === usual);
  return usual === undefined || isTaken ? [] : [usual];
}

function clusterConf(view: ClusterView, namespace: string): ResolvConf | undefined {
  const addresses = dnsAddresses(view);
  if (view.lab.dns === false || addresses.length === 0) return undefined;
  const domain = view.lab.dns.clusterDomain;
  return {
    nameservers: addresses,
    searches: [`${namespace}.svc.${domain}`, `svc.${domain}`, domain],
    options: ['ndots:5'],
  };
}

const nameOf = (option: string) => option.split(':')[0] ?? '';

function withConfig(base: ResolvConf, { nameservers = [], searches = [], options = [] }: PodDnsConfig): ResolvConf {
  const added = options.map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
  const replaced = new Set(added.map(nameOf));
  return {
    nameservers: [...new Set([...base.nameservers, ...nameservers])],
    searches: [...new Set([...base.searches, ...searches])],
    options: [...base.options.filter((option) => !replaced.has(nameOf(option))), ...added],
  };
}

function cut(searches: readonly string[]): readonly string[] {
  const kept = searches.slice(0, limits.searches);
  while (kept.join(' ').length > limits.searchCharacters) kept.pop();
  return kept;
}

function render({ nameservers, searches, options }: ResolvConf): string {
  return [
    ...(searches.length === 0 ? [] : [`search ${cut(searches).join(' ')}`]),
    ...nameservers.slice(0, limits.nameservers).map((address) => `nameserver ${address}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}

/** /etc/resolv.conf of a node or an outside client, which do not use cluster DNS. */
export function hostResolvConf(view: ClusterView): string {
  return render(nodeConf(view));
}

/**
 * /etc/resolv.conf of a Pod, by its dnsPolicy and dnsConfig as kubelet makes it. Without cluster DNS, ClusterFirst is
 * what Default is; so is ClusterFirst with hostNetwork.
 */
export function podResolvConf(view: ClusterView, pod: Pod): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = pod.spec;
  const usesCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  const cluster = usesCluster ? clusterConf(view, pod.metadata.namespace ?? 'default') : undefined;
  const none: ResolvConf = { nameservers: [], searches: [], options: [] };
  const base = dnsPolicy === 'None' ? none : (cluster ?? nodeConf(view));
  return render(dnsConfig === undefined ? base : withConfig(base, dnsConfig));
}
