import test from 'ava';
import type { ClusterView } from '../cluster/view.ts';
import { makeEndpoint, makeService, makeSlice, makeView } from '../model/testing/lab.ts';
import { buildDesired } from './build.ts';

/** The router's routes to one address, as text. */
function routesTo(view: ClusterView, address: string): string[] {
  const { namespaces } = buildDesired(view, () => ({ rulesets: [], sysctls: [] }));
  const routes = namespaces.find(({ name }) => name === 'fabric')?.routes ?? [];
  return routes
    .filter(({ to }) => to === `${address}/32`)
    .map(({ via, nexthops = [] }) =>
      [via, ...nexthops.map((hop) => hop.via)].filter((ip) => ip !== undefined).join(' '),
    );
}

const address = '80.11.12.50';

function balanced(name: string, more: object) {
  return makeService(name, { type: 'LoadBalancer', clusterIP: '10.96.1.1', ...more }, address);
}

const local = { externalTrafficPolicy: 'Local' as const };
const onNode2 = makeSlice('local', 80, [makeEndpoint('10.244.2.2', 'node2')]);

test('of an address that two load balancers share there is one route: to nodes that serve both', (t) => {
  const view = makeView({ services: [balanced('all', {}), balanced('local', local)], slices: [onNode2] });
  t.deepEqual(routesTo(view, address), ['192.168.56.12']);
});

test('an address that an external range is made of, too, is the load balancer’s', (t) => {
  const externalIPs = [{ cidr: `${address}/32`, via: 'node3' }];
  const served = makeView({ services: [balanced('local', local)], slices: [onNode2], lab: { externalIPs } });
  t.deepEqual(routesTo(served, address), ['192.168.56.12']);
  const unserved = makeView({ services: [balanced('local', local)], slices: [], lab: { externalIPs } });
  t.deepEqual(routesTo(unserved, address), ['192.168.56.13']);
});

test('health is told of a Service’s ports together; slices without a port tell nothing', (t) => {
  const other = { ...onNode2, ports: [{ name: 'other', port: 81, protocol: 'TCP' as const }] };
  const portless = { ...onNode2, ports: [] };
  const of = (slice: typeof onNode2) =>
    routesTo(makeView({ services: [balanced('local', local)], slices: [slice] }), address);
  t.deepEqual(of(other), ['192.168.56.12']);
  t.deepEqual(of(portless), []);
});

test('a Service that proxies do not see has no health to tell, and is sent to without', (t) => {
  const labels = { 'service.kubernetes.io/service-proxy-name': 'other' };
  const of = (more: object) => {
    const service = balanced('local', more);
    const services = [{ ...service, metadata: { ...service.metadata, labels } }];
    return routesTo(makeView({ services, slices: [onNode2] }), address);
  };
  t.deepEqual(of(local), []);
  t.deepEqual(of({}), ['192.168.56.11 192.168.56.12 192.168.56.13']);
});

test('ipMode Proxy is younger than release 1.20', (t) => {
  const service = balanced('all', {});
  const status = { loadBalancer: { ingress: [{ ip: address, ipMode: 'Proxy' as const }] } };
  const services = [{ ...service, status }];
  t.deepEqual(routesTo(makeView({ services }), address), []);
  const old = makeView({ services, lab: { kubernetesRelease: '1.20' } });
  t.deepEqual(routesTo(old, address), ['192.168.56.11 192.168.56.12 192.168.56.13']);
});
