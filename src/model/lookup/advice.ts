import type { ClusterView } from '../../cluster/view.ts';
import { clusterIPsOf, serviceName } from '../claims.ts';
import { nearNames } from '../names.ts';
import type { From } from '../types.ts';
import { likelyService } from './owner.ts';

/** Why nobody answered, or nobody knew the name. */
export type NameFailure = 'no server' | 'no answer' | 'unknown';

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

function elsewhere(view: ClusterView, name: string, from: From): string {
  const [first = ''] = name.toLowerCase().split('.');
  const namesakes = view.services.filter(({ metadata }) => metadata.name === first);
  const [one] = namesakes.filter(({ metadata }) => metadata.namespace !== namespaceOf(from));
  if (one !== undefined) {
    const { namespace } = one.metadata;
    return `There is a Service ${first} in namespace ${namespace}: try ${first}.${namespace}.`;
  }
  const own = view.services.filter(({ metadata }) => metadata.namespace === namespaceOf(from));
  const [near] = nearNames(
    first,
    own.map(({ metadata }) => metadata.name),
  );
  if (near !== undefined && near !== first) return `Did you mean ${near}?`;
  return 'See what there is with: svclab get services -A';
}

/** What somebody may do whose name led nowhere, in a sentence. */
export function advise(view: ClusterView, name: string, from: From, failure: NameFailure): string {
  if (failure === 'unknown') return elsewhere(view, name, from);
  if (failure === 'no answer') return atAddress(view, name, from);
  const who = from.kind === 'pod' ? 'This Pod' : from.kind === 'node' ? 'A node' : 'A host outside';
  const why = view.lab.dns === undefined ? 'This lab has no cluster DNS' : `${who} does not use cluster DNS`;
  return `${why}. ${atAddress(view, name, from)}`;
}
