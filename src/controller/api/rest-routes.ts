import { type Context, Hono } from 'hono';
import { streamText } from 'hono/streaming';
import { dropTypeDependentFields } from '../../cluster/admission/type-dependent.ts';
import type { ApplyContext } from '../../cluster/admission.ts';
import { LabError } from '../../errors.ts';
import type { KindDefinition } from '../../kinds/definition.ts';
import { kinds } from '../../kinds/registry.ts';
import type { LabObject } from '../../kinds/types/object.ts';
import { applyToLab, deleteFromLab } from '../../lab/changes.ts';
import type { Lab } from '../lab.ts';
import { readObject } from './body.ts';
import { mergePatch } from './merge-patch.ts';
import { watchEvents } from './watch.ts';

/** Which objects a path of the Kubernetes API means. */
interface Resource {
  readonly definition: KindDefinition;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** The Kubernetes REST API of a lab: objects of all its kinds, to read, watch and change. */
export function restRoutes(lab: Lab): Hono {
  const routes = new Hono();
  for (const base of ['/api/:version', '/apis/:group/:version']) {
    for (const path of [
      '/:plural',
      '/:plural/:name',
      '/namespaces/:namespace/:plural',
      '/namespaces/:namespace/:plural/:name',
    ]) {
      routes.get(base + path, (c) => read(c, lab, resourceOf(c)));
      routes.post(base + path, async (c) => c.json(write(lab, resourceOf(c), await readObject(c), 'create'), 201));
      routes.put(base + path, async (c) => c.json(write(lab, resourceOf(c), await readObject(c), 'replace')));
      routes.patch(base + path, async (c) => c.json(patch(lab, resourceOf(c), await readObject(c))));
      routes.delete(base + path, (c) => c.json(remove(lab, resourceOf(c))));
    }
  }
  return routes;
}

function resourceOf(c: Context): Resource {
  const { group = '', version, plural, namespace, name } = c.req.param() as Record<string, string | undefined>;
  const apiVersion = group === '' ? `${version}` : `${group}/${version}`;
  const definition = kinds.find((kind) => kind.plural === plural && kind.versions.includes(apiVersion));
  if (definition === undefined) {
    throw new LabError('unknown-kind', `the lab has no resource ${plural} in ${apiVersion}`, {
      hint: `Resources: ${kinds.map((kind) => kind.plural).join(', ')}.`,
    });
  }
  return { definition, namespace, name };
}

function find(lab: Lab, { definition, namespace, name }: Resource): LabObject {
  const object = name === undefined ? undefined : lab.store.get(definition.kind, namespace, name);
  if (object !== undefined) return object;
  throw new LabError('not-found', `${definition.plural} "${name}" not found`, {
    hint: `See \`svclab get ${definition.plural}${definition.namespaced ? ' -A' : ''}\`.`,
  });
}

function read(c: Context, lab: Lab, resource: Resource): Response {
  if (resource.name !== undefined) return c.json(find(lab, resource));
  const { definition, namespace } = resource;
  const query = c.req.query();
  const options = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(query.labelSelector ? { labelSelector: query.labelSelector } : {}),
    ...(query.fieldSelector ? { fieldSelector: query.fieldSelector } : {}),
  };
  if (query.watch === 'true' || query.watch === '1') {
    const events = watchEvents(lab.store, definition.kind, options, query.resourceVersion);
    return streamText(c, async (stream) => {
      stream.onAbort(() => void events.return(undefined));
      for await (const event of events) await stream.write(`${JSON.stringify(event)}\n`);
    });
  }
  return c.json({
    kind: `${definition.kind}List`,
    apiVersion: definition.versions[0],
    metadata: { resourceVersion: lab.store.resourceVersion },
    items: lab.store.list(definition.kind, options),
  });
}

function write(lab: Lab, resource: Resource, body: unknown, mode: NonNullable<ApplyContext['mode']>): LabObject {
  const { definition, namespace } = resource;
  const given = admitted(lab, resource, body) as { metadata?: object };
  const object = {
    apiVersion: definition.versions[0],
    kind: definition.kind,
    ...given,
    metadata: {
      ...given.metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resource.name === undefined ? {} : { name: resource.name }),
    },
  };
  const [result] = applyToLab(lab, { objects: [object as unknown as LabObject] }, { mode }).results;
  return find(lab, { ...resource, name: result?.name, namespace: result?.namespace });
}

/** What a change of an object is taken for before it is checked. */
function admitted(lab: Lab, { definition, namespace, name }: Resource, body: unknown): unknown {
  if (definition.kind !== 'Service' || name === undefined) return body;
  const old = lab.store.get('Service', namespace, name);
  return old === undefined ? body : dropTypeDependentFields(body, old);
}

function patch(lab: Lab, resource: Resource, change: unknown): LabObject {
  return write(lab, resource, mergePatch(find(lab, resource), change), 'replace');
}

function remove(lab: Lab, resource: Resource): LabObject {
  const { definition, namespace } = resource;
  const object = find(lab, resource);
  const key = { kind: definition.kind, name: object.metadata.name, ...(namespace === undefined ? {} : { namespace }) };
  deleteFromLab(lab, { objects: [key] });
  return object;
}
