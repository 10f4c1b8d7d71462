import test from 'ava';
import { LabError } from '../errors.ts';
import type { ConfigMap } from '../kinds/types/configmap.ts';
import type { Deployment } from '../kinds/types/workload.ts';
import type { StoreEvent } from './history.ts';
import { keyOf } from './keys.ts';
import { ObjectStore, withMetadata } from './store.ts';
import { deployment, object } from './testing/cluster.ts';

const clock = () => new Date('2026-01-01T00:00:00.500Z');

function configMap(name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels }, data };
}

test('creation sets uid, time and version', (t) => {
  const store = new ObjectStore({ clock });
  const { metadata } = store.create(configMap('a'));
  t.regex(metadata.uid ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.is(metadata.creationTimestamp, '2026-01-01T00:00:00Z');
  t.is(metadata.resourceVersion, '1');
  t.throws(() => store.create(configMap('a')), { code: 'already-exists' });
});

test('an update that changes nothing keeps object and version', (t) => {
  const store = new ObjectStore({ clock });
  const made = store.create(configMap('a', { x: '1' }));
  t.is(store.update<ConfigMap>({ ...made, data: { x: '1' } }), made);
  t.is(store.resourceVersion, '1');
  t.not(store.update({ ...made, data: { x: '2' } }), made);
  t.is(store.resourceVersion, '2');
});

test('a stale resourceVersion or another uid is a conflict', (t) => {
  const store = new ObjectStore({ clock });
  const made = store.create(configMap('a'));
  store.update({ ...made, data: { x: '1' } });
  t.throws(() => store.update({ ...made, data: { x: '2' } }), { code: 'conflict' });
  t.throws(() => store.update(withMetadata(configMap('a'), { name: 'a', namespace: 'default', uid: 'other' })), {
    code: 'conflict',
  });
  t.notThrows(() => store.update(configMap('a', { x: '3' })));
});

test('generation counts changes of the specification only', (t) => {
  const store = new ObjectStore({ clock });
  const made = store.create(object(deployment('a', 1)) as Deployment);
  t.is(made.metadata.generation, 1);
  const withStatus = store.update({ ...made, status: { replicas: 1 } });
  t.is(withStatus.metadata.generation, 1);
  t.is(store.update({ ...withStatus, spec: { ...withStatus.spec, replicas: 2 } }).metadata.generation, 2);
});

test('lists are sorted, the same until a change, and others keep their identity', (t) => {
  const store = new ObjectStore({ clock });
  for (const name of ['b', 'c', 'a']) store.create(configMap(name));
  const before = store.list('ConfigMap');
  t.deepEqual(
    before.map(({ metadata }) => metadata.name),
    ['a', 'b', 'c'],
  );
  t.is(store.list('ConfigMap'), before);
  store.update(configMap('b', { x: '1' }));
  const after = store.list('ConfigMap');
  t.not(after, before);
  t.is(after[0], before[0]);
  t.not(after[1], before[1]);
  store.delete('ConfigMap/default/a');
  t.deepEqual(
    store.list('ConfigMap').map(({ metadata }) => metadata.name),
    ['b', 'c'],
  );
});

for (const [options, names] of [
  [{ labelSelector: 'tier=web' }, ['a', 'b']],
  [{ labelSelector: 'tier=web,env!=test' }, ['a']],
  [{ labelSelector: 'tier in (db, web),!env' }, ['a', 'c']],
  [{ labelSelector: 'env' }, ['b']],
  [{ fieldSelector: 'metadata.name=c' }, ['c']],
  [{ fieldSelector: 'metadata.name!=c,kind=ConfigMap' }, ['a', 'b']],
  [{ namespace: 'other' }, []],
] as const) {
  test(`list ${JSON.stringify(options)}`, (t) => {
    const store = new ObjectStore({ clock });
    store.create(configMap('a', {}, { tier: 'web' }));
    store.create(configMap('b', {}, { tier: 'web', env: 'test' }));
    store.create(configMap('c', {}, { tier: 'db' }));
    t.deepEqual(
      store.list('ConfigMap', options).map(({ metadata }) => metadata.name),
      [...names],
    );
  });
}

test('selectors that cannot be read are refused', (t) => {
  const store = new ObjectStore({ clock });
  t.throws(() => store.list('Pod', { labelSelector: 'a=(b' }), { code: 'usage' });
  t.throws(() => store.list('Pod', { fieldSelector: 'spec.nodeName' }), { code: 'usage' });
});

test('watchers hear of committed changes at once, and of a deletion with the last state', (t) => {
  const store = new ObjectStore({ clock });
  const events: StoreEvent[] = [];
  const stop = store.watch((event) => events.push(event));
  store.create(configMap('a', { x: '1' }));
  store.update(configMap('a', { x: '2' }));
  store.delete('ConfigMap/default/a');
  stop();
  store.create(configMap('b'));
  t.deepEqual(
    events.map(({ type, resourceVersion }) => [type, resourceVersion]),
    [
      ['ADDED', 1],
      ['MODIFIED', 2],
      ['DELETED', 3],
    ],
  );
  t.like(events[2]?.object, { data: { x: '2' }, metadata: { resourceVersion: '3' } });
});

test('a failed transaction leaves nothing behind', (t) => {
  const store = new ObjectStore({ clock });
  const kept = store.create(configMap('a', { x: '1' }));
  const events: StoreEvent[] = [];
  store.watch((event) => events.push(event));
  const fail = () => {
    store.update(configMap('a', { x: '2' }));
    store.create(configMap('b'));
    store.delete('ConfigMap/default/a');
    store.create(configMap('a', { x: '3' }));
    throw new LabError('usage', 'no');
  };
  t.throws(() => store.transaction(fail), { code: 'usage' });
  t.deepEqual(store.list('ConfigMap'), [kept]);
  t.is(store.list('ConfigMap')[0], kept);
  t.is(store.resourceVersion, '1');
  t.deepEqual(events, []);
  t.deepEqual(store.eventsSince('1'), []);
});

test('an inner transaction can fail alone; events come when the outer one ends', (t) => {
  const store = new ObjectStore({ clock });
  const events: StoreEvent[] = [];
  store.watch((event) => events.push(event));
  store.transaction(() => {
    store.create(configMap('a'));
    t.throws(() =>
      store.transaction(() => {
        store.create(configMap('b'));
        throw new LabError('usage', 'no');
      }),
    );
    t.deepEqual(events, []);
    store.create(configMap('c'));
  });
  t.deepEqual(
    events.map((event) => event.object.metadata.name),
    ['a', 'c'],
  );
});

test('a watch resumes from a version, unless that is forgotten', (t) => {
  const store = new ObjectStore({ clock, historyLimit: 3 });
  for (let i = 0; i < 3; i++) store.create(configMap(`a${i}`));
  t.deepEqual(
    store.eventsSince('1').map((event) => keyOf(event.object)),
    ['ConfigMap/default/a1', 'ConfigMap/default/a2'],
  );
  for (let i = 3; i < 10; i++) store.create(configMap(`a${i}`));
  t.is(store.eventsSince('9').length, 1);
  t.throws(() => store.eventsSince('1'), { code: 'expired', message: /too old resource version: 1/ });
  t.throws(() => store.eventsSince('11'), { code: 'usage' });
  t.throws(() => store.eventsSince('x'), { code: 'usage' });
});
