import { dnsService } from '../../cluster/dns-service.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { clusterIPsOf, serviceName } from '../claims.ts';
import { nearNames } from '../names.ts';
import type { From } from '../types.ts';
import { likelyService } from './owner.ts';

/** Why nobody answered, or nobody knew the name. */
export type NameFailure = 'no server' | 'no answer' | 'unknown';

/** A name that somebody looks up. */
export interface NameSought {
  readonly view: ClusterView;
  readonly name: string;
  readonly from: From;
  readonly clusterDomain: string;
}

function namespaceOf(from: From): string {
  return from.kind === 'pod' ? from.namespace : 'default';
}

function atAddress(view: ClusterView, name: string, from: From): string {
  const service = likelyService(view, name, namespaceOf(from));
  const [ip] = service === undefined ? [] : clusterIPsOf(service);
  return service === undefined || ip === undefined
    ? 'Addresses work without names.'
    : `Addresses work without names: ${ip} is the ClusterIP of ${serviceName(service)}.`;
}

/** A Service of that name that does not lead anywhere, or that has to be called otherwise. */
function namesake(view: ClusterView, name: string, from: From, clusterDomain: string): string | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  const [first = '', second = namespaceOf(from)] = wanted.split('.');
  const all = view.services.filter(({ metadata }) => metadata.name === first);
  const own = all.find(({ metadata }) => metadata.namespace === second);
  if (own?.spec.type === 'ExternalName') return 'A Lab gives such names addresses with spec.dns.hosts.';
  if (own !== undefined && clusterIPsOf(own).length === 0) {
    return `Service ${serviceName(own)} is headless: it has no name while it has no ready endpoint.`;
  }
  const one = own ?? all[0];
  if (one === undefined) return undefined;
  const short = `${first}.${one.metadata.namespace}`;
  const full = `${short}.svc.${clusterDomain}`;
  if (wanted === full) return undefined;
  return `There is a Service ${serviceName(one)}: try ${own === undefined ? short : full}.`;
}

function resembling(view: ClusterView, name: string, from: From): string {
  const own = view.services.filter(({ metadata }) => metadata.namespace === namespaceOf(from));
  const names = own.map(({ metadata }) => metadata.name);
  const [near] = nearNames(name.toLowerCase().split('.')[0] ?? '', names);
  return near === undefined ? 'See what there is with: svclab get services -A' : `Did you mean ${near}?`;
}

/** What somebody may do whose name led nowhere, in a sentence. */
export function advise({ view, name, from, clusterDomain }: NameSought, failure: NameFailure): string {
  if (failure === 'unknown') return namesake(view, name, from, clusterDomain) ?? resembling(view, name, from);
  if (failure === 'no answer') return atAddress(view, name, from);
  const who = from.kind === 'pod' ? 'This Pod' : from.kind === 'node' ? 'A node' : 'A host outside';
  const why =
    dnsService(view.services, view.lab) === undefined
      ? 'This lab has no cluster DNS'
      : `${who} does not use cluster DNS`;
  return `${why}. ${atAddress(view, name, from)}`;
}
