import test from 'ava';
import { caseObjects } from '../../scenarios/golden/cases.ts';
import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import type { Service } from '../kinds/types/service.ts';
import { parseIP } from '../net/address.ts';
import { proxyConfig } from './config.ts';
import { staleUDPEntries } from './conntrack.ts';
import { healthCheckBody, healthChecks } from './health-checks.ts';
import { heldPorts } from './held-ports.ts';
import { proxySysctls } from './sysctls.ts';
import type { ProxyInput, ProxyRelease } from './types.ts';

type Objects = readonly { readonly kind: string }[];

function input(objects: Objects, release: ProxyRelease, config: Partial<KubeProxyConfiguration> = {}): ProxyInput {
  return {
    release,
    family: 'ipv4',
    node: { name: 'node1', ips: ['192.168.56.11', '80.11.12.10'].map(parseIP), podCIDRs: [], labels: {} },
    config: proxyConfig({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', ...config }),
    services: objects.filter((object): object is Service => object.kind === 'Service'),
    slices: objects.filter((object): object is EndpointSlice => object.kind === 'EndpointSlice'),
  };
}

test('old releases hold nodePorts and external IPs of the node; 1.36 holds none', (t) => {
  const objects = caseObjects('external-ips-local');
  t.deepEqual(heldPorts(input(objects, '1.20')), [
    { protocol: 'tcp', family: 'ipv4', ip: parseIP('80.11.12.10'), port: 80 },
    { protocol: 'tcp', family: 'ipv4', ip: undefined, port: 30111 },
  ]);
  const chosen = heldPorts(input(objects, '1.8', { nodePortAddresses: ['192.168.56.0/24'] }));
  t.deepEqual(chosen.at(-1), { protocol: 'tcp', family: 'ipv4', ip: parseIP('192.168.56.11'), port: 30111 });
  t.deepEqual(heldPorts(input(objects, '1.36')), []);
});

test('a health check counts the ready endpoints of the node', (t) => {
  const [check, ...others] = healthChecks(input(caseObjects('loadbalancer-local'), '1.36'));
  t.like(check, { namespace: 'default', name: 'testsvc', localEndpoints: 3 });
  t.deepEqual(others, []);
  const body = check === undefined ? '' : healthCheckBody(check, '1.36');
  t.true(
    body.startsWith(
      '{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "testsvc"\n\t},\n\t"localEndpoints": 3',
    ),
  );
  t.like(healthChecks(input(caseObjects('loadbalancer-local-none-here'), '1.36'))[0], { localEndpoints: 0 });
});

test('UDP entries that lead elsewhere than to a serving endpoint are stale', (t) => {
  const isStale = staleUDPEntries(input(caseObjects('multiport-udp-sctp'), '1.36'));
  const entry = (destination: string, originalPort: number, source: string) => ({
    originalDestination: parseIP(destination),
    originalPort,
    replySource: parseIP(source),
  });
  t.false(isStale(entry('10.96.0.10', 53, '10.244.0.2')));
  t.true(isStale(entry('10.96.0.10', 53, '10.244.9.9')), 'an endpoint that went');
  t.true(isStale(entry('10.96.0.10', 53, '10.96.0.10')), 'an entry from before the first endpoint');
  t.false(isStale(entry('10.96.0.10', 54, '10.244.9.9')), 'another port');
  t.false(isStale(entry('192.0.2.1', 53, '192.0.2.1')), 'no Service');
  const without = staleUDPEntries(input(caseObjects('no-endpoints'), '1.36'));
  t.false(without(entry('10.96.9.5', 53, '10.96.9.5')), 'nothing to lead to');
});

test('sysctls: localhost NodePorts in iptables mode of IPv4 only, conntrack as configured', (t) => {
  const keys = (given: ProxyInput): readonly string[] =>
    proxySysctls(given).map(({ key, value }) => `${key.split('.').at(-1)}=${value}`);
  t.deepEqual(keys(input([], '1.36')), [
    'route_localnet=1',
    'nf_conntrack_tcp_timeout_established=86400',
    'nf_conntrack_tcp_timeout_close_wait=3600',
  ]);
  const excluded = input([], '1.36', { nodePortAddresses: ['192.168.56.0/24'], conntrack: { udpTimeout: '10s' } });
  t.false(keys(excluded).includes('route_localnet=1'));
  t.true(keys(excluded).includes('nf_conntrack_udp_timeout=10'));
  t.false(keys(input([], '1.36', { mode: 'nftables' })).includes('route_localnet=1'));
  t.false(keys({ ...input([], '1.36'), family: 'ipv6' }).includes('route_localnet=1'));
});
