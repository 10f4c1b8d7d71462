import test from 'ava';
import type { Service } from '../kinds/types/service.ts';
import { behaviours } from './behaviour.ts';
import { servicePorts } from './service-ports.ts';
import { watchedByProxy } from './watch.ts';

type Given = Partial<Service['spec']> & { readonly status?: NonNullable<Service['status']> };

function service({ status, ...spec }: Given, labels?: Readonly<Record<string, string>>): Service {
  const metadata = { name: 'web', namespace: 'default', ...(labels === undefined ? {} : { labels }) };
  const ports = [{ protocol: 'TCP' as const, port: 80, targetPort: 8080 }];
  const base = { type: 'ClusterIP' as const, clusterIP: '10.96.0.1', ports };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ...base, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

const modern = behaviours['1.36'];

for (const [name, spec] of [
  ['headless', { clusterIP: 'None' }],
  ['without cluster IP', { clusterIP: '' }],
  ['ExternalName', { type: 'ExternalName', externalName: 'example.org' }],
  ['of the other family', { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] }],
] as const) {
  test(`no ports of a Service that is ${name}`, (t) => {
    t.deepEqual(servicePorts(service(spec), 'ipv4', modern), []);
  });
}

test('each family has its own addresses', (t) => {
  const dual = service({
    clusterIPs: ['10.96.0.1', 'fd00::1'],
    externalIPs: ['80.11.12.10', '2001:db8::30'],
    loadBalancerSourceRanges: [' 203.0.113.7/24', 'fd00::/16'],
    status: { loadBalancer: { ingress: [{ ip: '172.6.6.6' }, { hostname: 'lb.example.org' }, { ip: 'fd00::6' }] } },
  });
  t.like(servicePorts(dual, 'ipv4', modern)[0], {
    clusterIP: '10.96.0.1',
    externalIPs: ['80.11.12.10'],
    loadBalancerVIPs: ['172.6.6.6'],
    sourceRanges: ['203.0.113.0/24'],
  });
  t.like(servicePorts(dual, 'ipv6', modern)[0], {
    clusterIP: 'fd00::1',
    externalIPs: ['2001:db8::30'],
    loadBalancerVIPs: ['fd00::6'],
    sourceRanges: ['fd00::/16'],
  });
});

test('ipMode Proxy hides a load balancer address from 1.36, not from 1.20', (t) => {
  const given = service({ status: { loadBalancer: { ingress: [{ ip: '172.6.6.6', ipMode: 'Proxy' }] } } });
  t.deepEqual(servicePorts(given, 'ipv4', modern)[0]?.loadBalancerVIPs, []);
  t.is(servicePorts(given, 'ipv4', behaviours['1.20'])[0]?.loadBalancerVIPs.length, 1);
});

test('policies, affinity and health check port', (t) => {
  const lb = service({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    internalTrafficPolicy: 'Local',
    healthCheckNodePort: 32000,
    sessionAffinity: 'ClientIP',
  });
  const expected = { externalPolicyLocal: true, affinitySeconds: 10800, healthCheckNodePort: 32000 };
  t.like(servicePorts(lb, 'ipv4', modern)[0], { ...expected, internalPolicyLocal: true });
  t.like(servicePorts(lb, 'ipv4', behaviours['1.20'])[0], { ...expected, internalPolicyLocal: false });
  const nodePort = service({ type: 'NodePort', externalTrafficPolicy: 'Local', healthCheckNodePort: 32000 });
  t.is(servicePorts(nodePort, 'ipv4', modern)[0]?.healthCheckNodePort, 0);
});

test('the labels of other proxies hide Services from the watch since 1.14', (t) => {
  const theirs = service({}, { 'service.kubernetes.io/service-proxy-name': 'cilium' });
  const headless = service({}, { 'service.kubernetes.io/headless': '' });
  const mine = service({}, { app: 'web' });
  t.deepEqual(watchedByProxy([theirs, headless, mine], '1.36'), [mine]);
  t.is(watchedByProxy([theirs, headless, mine], '1.8').length, 3);
});
