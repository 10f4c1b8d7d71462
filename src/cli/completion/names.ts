import { getStatus } from '../../api/client.ts';
import { requestJSON } from '../../api/http.ts';
import { findLab, type LabLocation, runDirectory, runningLabs } from '../../api/locate.ts';
import type { KubeObject } from '../../kinds/types/meta.ts';
import { filesWanted } from './scripts.ts';
import type { Wanted } from './words.ts';

/** The lab and namespace that the line under completion names, as far as it does. */
export interface NameScope {
  readonly lab?: string;
  readonly namespace?: string;
}

async function kindWords(): Promise<readonly string[]> {
  const { kinds } = await import('../../kinds/registry.ts');
  return kinds.map((definition) => definition.plural);
}

async function objectNames(lab: LabLocation, word: string, namespace?: string): Promise<readonly string[]> {
  const { collectionPath, kindOf } = await import('../resources.ts');
  const path = collectionPath(kindOf(word), namespace ?? 'default');
  const list = await requestJSON<{ readonly items: readonly KubeObject[] }>(lab, { path });
  return list.items.map(({ metadata }) => metadata.name);
}

/** Everything that connections can start from and commands can run in. */
async function targets(lab: LabLocation, withFabric: boolean): Promise<readonly string[]> {
  const pods = requestJSON<{ readonly items: readonly KubeObject[] }>(lab, { path: '/api/v1/pods' });
  const status = await getStatus(lab);
  const podNames = (await pods).items.map(({ metadata }) =>
    metadata.namespace === 'default' ? `pod/${metadata.name}` : `pod/${metadata.namespace}/${metadata.name}`,
  );
  const clients = status.clients.map(({ name }) => `client/${name}`);
  return [...status.nodes.map(({ name }) => name), ...podNames, ...clients, ...(withFabric ? ['fabric'] : [])];
}

/** Every Service, as connections name them; the port may follow. */
async function services(lab: LabLocation): Promise<readonly string[]> {
  const { items } = await requestJSON<{ readonly items: readonly KubeObject[] }>(lab, { path: '/api/v1/services' });
  return items.map(
    ({ metadata: { name, namespace } }) => `svc/${namespace === 'default' ? '' : `${namespace}/`}${name}`,
  );
}

async function kindsAndNames(lab: LabLocation, current: string, scope: NameScope): Promise<readonly string[]> {
  const [word = '', name] = current.split('/');
  if (name === undefined) return (await kindWords()).map((kind) => `${kind}/`);
  return (await objectNames(lab, word, scope.namespace)).map((one) => `${word}/${one}`);
}

async function argumentWords(
  lab: LabLocation,
  wanted: Extract<Wanted, { kind: 'argument' }>,
  current: string,
  scope: NameScope,
): Promise<readonly string[]> {
  switch (wanted.argument) {
    case 'target':
      return targets(lab, true);
    case 'from':
      return targets(lab, false);
    case 'node':
      return (await getStatus(lab)).nodes.map(({ name }) => name);
    case 'object':
      return kindsAndNames(lab, current, scope);
    case 'kind':
      return current.includes('/') ? kindsAndNames(lab, current, scope) : kindWords();
    case 'name':
      return objectNames(lab, wanted.before[0] ?? '', scope.namespace);
    case 'pod':
      return objectNames(lab, 'pods', scope.namespace);
    case 'to':
    case 'url':
      return services(lab);
    default:
      return [];
  }
}

async function optionWords(option: string, scope: NameScope): Promise<readonly string[]> {
  switch (option) {
    case 'lab':
      return (await runningLabs(runDirectory())).map(({ name }) => name);
    case 'file':
    case 'dump':
    case 'questions':
    case 'write':
      return [filesWanted];
    case 'namespace':
      return objectNames(await findLab(scope.lab), 'namespaces');
    case 'node':
      return (await getStatus(await findLab(scope.lab))).nodes.map(({ name }) => name);
    case 'from':
      return targets(await findLab(scope.lab), false);
    case 'to':
      return services(await findLab(scope.lab));
    default:
      return [];
  }
}

/** The words that fit what is wanted; names come from the running lab. */
export async function wordsFor(wanted: Wanted, current: string, scope: NameScope): Promise<readonly string[]> {
  switch (wanted.kind) {
    case 'nothing':
      return [];
    case 'words':
      return wanted.words;
    case 'option-value':
      return optionWords(wanted.option, scope);
    case 'argument':
      if (wanted.argument === 'path') return [filesWanted];
      return argumentWords(await findLab(scope.lab), wanted, current, scope);
  }
}
