import test from 'ava';
import type { Service } from '../../kinds/types/service.ts';
import { dropTypeDependentFields } from './type-dependent.ts';

const old = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32000,
    allocateLoadBalancerNodePorts: true,
    ports: [{ protocol: 'TCP', port: 80, targetPort: 80, nodePort: 30080 }],
  },
} satisfies Service;

function changed(spec: object): object {
  const next = dropTypeDependentFields({ ...old, spec: { ...old.spec, ...spec } }, old) as { readonly spec: object };
  return next.spec;
}

test('to ClusterIP: ports of nodes, policy and health check go', (t) => {
  t.deepEqual(changed({ type: 'ClusterIP' }), {
    type: 'ClusterIP',
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
  });
});

test('policy Cluster needs no health check', (t) => {
  const { healthCheckNodePort: _, ...rest } = old.spec;
  t.deepEqual(changed({ externalTrafficPolicy: 'Cluster' }), { ...rest, externalTrafficPolicy: 'Cluster' });
});

test('to ExternalName: addresses go', (t) => {
  t.deepEqual(changed({ type: 'ExternalName', externalName: 'example.org' }), {
    type: 'ExternalName',
    externalName: 'example.org',
    ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
  });
});

test('what the update itself changes stays, to be refused', (t) => {
  const ports = [{ protocol: 'TCP', port: 80, targetPort: 80, nodePort: 30081 }];
  t.like(changed({ type: 'ClusterIP', ports }), { ports });
  t.like(changed({ type: 'ClusterIP', healthCheckNodePort: 32001 }), { healthCheckNodePort: 32001 });
});

test('the same type changes nothing; what is no Service passes', (t) => {
  t.deepEqual(changed({}), old.spec);
  for (const next of [null, 'x', {}, { spec: 3 }]) t.is(dropTypeDependentFields(next, old), next);
});
