import test from 'ava';
import type { KubeObject } from '../kinds/types/meta.ts';
import { applyToLab } from './changes.ts';
import { LabState } from './state.ts';

function object(kind: string, metadata: object, more: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata, ...more } as KubeObject;
}

const ofAnotherCluster = { uid: '3cc5f1fb-53ac', resourceVersion: '4711', creationTimestamp: '2025-11-20T10:00:00Z' };
const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }];
const service = object(
  'Service',
  { name: 'kubernetes', namespace: 'default', ...ofAnotherCluster },
  { spec: { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports } },
);
const map = object('ConfigMap', { name: 'm', namespace: 'shop', ...ofAnotherCluster });

test('a new lab takes what another cluster has: its versions mean nothing, and namespaces are made', (t) => {
  const state = new LabState('x', () => new Date());
  const objects = [object('Namespace', { name: 'default', ...ofAnotherCluster }), service, map];
  const { results } = applyToLab(state, { objects });
  t.deepEqual(
    results.map(({ kind, name }) => `${kind} ${name}`),
    ['Namespace default', 'Service kubernetes', 'ConfigMap m'],
  );
  t.is(state.store.get('ConfigMap', 'shop', 'm')?.metadata.uid, ofAnotherCluster.uid, 'owners are found by it');
  t.truthy(state.store.get('Namespace', undefined, 'shop'));
});

test('a running lab takes nothing into a namespace that is not there, and no version but its own', (t) => {
  const state = new LabState('x', () => new Date());
  applyToLab(state, { objects: [] });
  t.throws(() => applyToLab(state, { objects: [map] }), { code: 'not-found', message: /namespaces "shop" not found/ });
  t.throws(() => applyToLab(state, { objects: [service] }), { code: 'conflict' });
});

test('a Node with an address of another network is refused with its object, and nothing is changed', (t) => {
  const state = new LabState('x', () => new Date());
  const addresses = [{ type: 'InternalIP', address: '172.18.0.3' }];
  const objects = [map, object('Node', { name: 'n' }, { status: { addresses } })];
  t.throws(() => applyToLab(state, { objects }), { code: 'invalid-object', message: /172\.18\.0\.3.*192\.168\.56\.0/ });
  t.like(
    t.throws(() => applyToLab(state, { objects })),
    { object: 1, field: 'status.addresses' },
  );
  t.deepEqual(state.store.all(), []);
  t.notThrows(() => applyToLab(state, { objects }, { keepStatus: true }), 'what a dump has can be computed');
});
