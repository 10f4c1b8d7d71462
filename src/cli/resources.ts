import { LabError } from '../errors.ts';
import type { KindDefinition } from '../kinds/definition.ts';
import { nearest } from '../kinds/nearest.ts';
import { kindNamed, kinds } from '../kinds/registry.ts';

/** A kind, and the name of one object of it when one is meant. */
export interface ResourceName {
  readonly definition: KindDefinition;
  readonly name?: string;
}

const all = ['pods', 'services', 'daemonsets', 'deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'];

/** The kind that a word names as kubectl takes it: `svc`, `service`, `services`, `Service`. Throws `usage`. */
export function kindOf(word: string): KindDefinition {
  const definition = kindNamed(word);
  if (definition !== undefined) return definition;
  const near = nearest(
    word,
    kinds.flatMap(({ plural, singular, shortNames }) => [singular, plural, ...shortNames]),
  );
  throw new LabError('usage', `there is no kind "${word}"`, {
    hint: near === undefined ? `Kinds: ${kinds.map(({ plural }) => plural).join(', ')}` : `Did you mean ${near}?`,
  });
}

/**
 * What `KIND NAME…`, `KIND/NAME…`, `KIND,KIND` and `all` mean, as kubectl takes them. Throws `usage` for unknown kinds
 * and mixtures of the forms.
 */
export function parseResources(words: readonly string[]): readonly ResourceName[] {
  const [first = '', ...names] = words;
  if (words.some((word) => word.includes('/'))) {
    return words.map((word) => {
      const [kind = '', name = '', ...more] = word.split('/');
      if (kind === '' || name === '' || more.length > 0) {
        throw new LabError('usage', `"${word}" is not KIND/NAME`, { hint: 'Write it like service/httpd.' });
      }
      return { definition: kindOf(kind), name };
    });
  }
  const kindWords = first.split(',').flatMap((word) => (word === 'all' ? all : [word]));
  const definitions = kindWords.map(kindOf);
  if (names.length === 0) return definitions.map((definition) => ({ definition }));
  return definitions.flatMap((definition) => names.map((name) => ({ definition, name })));
}

/** The one object that `KIND/NAME` or `KIND NAME` names. Throws `usage`. */
export function parseResource(words: readonly string[]): Required<ResourceName> {
  const [resource, ...more] = parseResources(words);
  if (resource?.name === undefined || more.length > 0) {
    throw new LabError('usage', `"${words.join(' ')}" does not name one object`, {
      hint: 'Write it like deployment/web.',
    });
  }
  return { definition: resource.definition, name: resource.name };
}

/** REST path of the objects of a kind: in one namespace, or in all of them when it is undefined. */
export function collectionPath(definition: KindDefinition, namespace: string | undefined): string {
  const version = definition.versions[0] ?? 'v1';
  const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const inside = definition.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${inside}/${definition.plural}`;
}

/** REST path of one object. */
export function objectPath(definition: KindDefinition, namespace: string, name: string): string {
  return `${collectionPath(definition, namespace)}/${encodeURIComponent(name)}`;
}

/** A kind as kubectl's messages name it: `service`, `deployment.apps`. */
export function qualifiedKind(definition: KindDefinition): string {
  return definition.group === '' ? definition.singular : `${definition.singular}.${definition.group}`;
}
