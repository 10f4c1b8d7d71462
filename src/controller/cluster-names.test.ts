import test from 'ava';
import { applyToLab } from '../lab/changes.ts';
import { LabState } from '../lab/state.ts';
import { ClusterNames } from './cluster-names.ts';

function start(dns: unknown) {
  const state = new LabState('a', () => new Date(1_000_000));
  const told: Parameters<ConstructorParameters<typeof ClusterNames>[1]>[0][] = [];
  const names = new ClusterNames(state.store, (request) => told.push(request));
  const lab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'a' }, spec: { dns } };
  applyToLab(state, { objects: [lab] });
  return { state, told, names };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('the helper hears of the whole zone once, then of changes', async (t) => {
  const { state, told, names } = start(true);
  await soon();
  t.deepEqual(
    told.map(({ op }) => op),
    ['dns', 'zone'],
  );
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } };
  applyToLab(state, { objects: [service] });
  await soon();
  const [last] = told.slice(2);
  t.is(told.length, 3);
  t.deepEqual(last?.op === 'zone' && last.time === 1000 && last.changes.map(({ key }) => key), ['Service default/web']);
  const everything = names.everything().find((request) => request.op === 'zone');
  t.true(everything?.changes.some(({ key }) => key === 'Service default/web'));
  t.true(everything?.changes.some(({ key }) => key === 'Service kube-system/kube-dns'));
});

test('another configuration of the Lab is told, once', async (t) => {
  const { state, told } = start(true);
  await soon();
  const hosts = [{ ip: '203.0.113.9', hostnames: ['db.example'] }];
  const lab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'a' }, spec: { dns: { hosts } } };
  for (const _ of [1, 2]) {
    applyToLab(state, { objects: [lab] });
    await soon();
  }
  const [last, ...more] = told.slice(2);
  t.deepEqual(last?.op === 'dns' && last.dns.hosts, hosts);
  t.deepEqual(more, []);
});

test('what servers need to know can be told before the event loop turns', async (t) => {
  const { told, names } = start(true);
  names.send();
  t.deepEqual(
    told.map(({ op }) => op),
    ['dns', 'zone'],
  );
  await soon();
  t.is(told.length, 2);
});

test('without cluster DNS nothing is told', async (t) => {
  const { state, told, names } = start(false);
  await soon();
  t.deepEqual(told, []);
  t.deepEqual(names.everything(), []);
  t.is(state.store.get('Service', 'kube-system', 'kube-dns'), undefined);
});
