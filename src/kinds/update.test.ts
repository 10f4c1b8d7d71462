import test from 'ava';
import { kindByName } from './registry.ts';
import { good, manifest } from './testing.ts';
import type { KindName } from './types/object.ts';

const containers = [{ name: 'a', image: 'b' }];
const template = { metadata: { labels: { app: 'web', tier: 'x' } }, spec: { containers } };
const selector = { matchLabels: { app: 'web' } };

/** Fields that may not change from one spec to the other. */
function refused(kind: KindName, apiVersion: string, before: object, after: object): readonly string[] {
  const of = (spec: object) => good(kind, manifest(apiVersion, kind, spec));
  return kindByName(kind)
    .validateUpdate(of(before), of(after))
    .map(({ field }) => field);
}

for (const kind of ['Deployment', 'ReplicaSet', 'DaemonSet'] as const) {
  test(`${kind}: the selector stays, the template may change`, (t) => {
    const other = { selector: { matchLabels: { tier: 'x' } }, template };
    t.deepEqual(refused(kind, 'apps/v1', { selector, template }, other), ['spec.selector']);
    const spec = { containers: [{ name: 'z', image: 'y' }] };
    t.deepEqual(refused(kind, 'apps/v1', { selector, template }, { selector, template: { ...template, spec } }), []);
  });
}

test('StatefulSet: only some fields may change', (t) => {
  const spec = { selector, template, serviceName: 'a' };
  t.deepEqual(refused('StatefulSet', 'apps/v1', spec, { ...spec, replicas: 4 }), []);
  t.deepEqual(refused('StatefulSet', 'apps/v1', spec, { ...spec, serviceName: 'b', podManagementPolicy: 'Parallel' }), [
    'spec.serviceName',
    'spec.podManagementPolicy',
  ]);
});

test('Pod: images may change, little else', (t) => {
  const image = [{ name: 'a', image: 'c' }];
  const env = [{ name: 'a', image: 'b', env: [{ name: 'X', value: '1' }] }];
  t.deepEqual(refused('Pod', 'v1', { containers }, { containers: image }), []);
  t.deepEqual(refused('Pod', 'v1', { containers }, { containers: env }), ['spec.containers']);
  t.deepEqual(refused('Pod', 'v1', { containers }, { containers, hostNetwork: true }), ['spec.hostNetwork']);
  t.deepEqual(refused('Pod', 'v1', { containers, nodeName: 'node1' }, { containers }), [], 'the scheduler set it');
  t.deepEqual(refused('Pod', 'v1', { containers, nodeName: 'node1' }, { containers, nodeName: 'node2' }), [
    'spec.nodeName',
  ]);
  t.deepEqual(
    refused('Pod', 'v1', { containers }, { dnsPolicy: 'ClusterFirst', containers, activeDeadlineSeconds: 3 }),
    [],
  );
});

test('Service: the ClusterIP stays', (t) => {
  const ports = [{ port: 80 }];
  const ip = (clusterIP: string) => ({ ports, clusterIP });
  t.deepEqual(refused('Service', 'v1', ip('10.96.0.5'), ip('10.96.0.6')), ['spec.clusterIP']);
  t.deepEqual(refused('Service', 'v1', ip('10.96.0.5'), ip('None')), ['spec.clusterIP']);
  t.deepEqual(refused('Service', 'v1', ip('10.96.0.5'), { ports, type: 'NodePort' }), []);
  t.deepEqual(refused('Service', 'v1', ip('10.96.0.5'), { type: 'ExternalName', externalName: 'a.b' }), []);
});

test('the rest', (t) => {
  const lab = (underlay: object) => ({ underlay, nodes: [{ name: 'a' }] });
  t.deepEqual(refused('Lab', 'svclab.dev/v1', lab({ mtu: 1500 }), lab({ mtu: 1400 })), ['spec.underlay.mtu']);
  t.deepEqual(refused('Lab', 'svclab.dev/v1', lab({}), { nodes: [{ name: 'a' }, { name: 'b' }] }), []);
  t.deepEqual(refused('Node', 'v1', { podCIDR: '10.244.0.0/24' }, { podCIDR: '10.244.1.0/24' }), ['spec.podCIDRs']);
  const cidrs = (...list: string[]) => ({ cidrs: list });
  const version = 'networking.k8s.io/v1';
  t.deepEqual(refused('ServiceCIDR', version, cidrs('10.0.0.0/8'), cidrs('10.0.0.0/8', 'fd00::/108')), []);
  t.deepEqual(refused('ServiceCIDR', version, cidrs('10.0.0.0/8'), cidrs('11.0.0.0/8')), ['spec.cidrs']);
});
