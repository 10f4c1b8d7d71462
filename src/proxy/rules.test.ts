import test from 'ava';
import { caseObjects } from '../../scenarios/golden/cases.ts';
import { LabError } from '../errors.ts';
import { type RulesRequest, rulesText } from './rules.ts';

const objects = caseObjects('nodeport-myhttpd');
const request: RulesRequest = { objects, node: 'node1', release: '1.36' };

test('an unknown node is named together with those that there are', (t) => {
  const error = t.throws(() => rulesText({ ...request, node: 'node9' }), { instanceOf: LabError });
  t.like(error, { code: 'not-found', message: 'there is no node "node9"', hint: 'Nodes: node1, node2, node3.' });
});

test('a mode that a release never had is refused', (t) => {
  for (const release of ['1.8', '1.20'] as const) {
    const error = t.throws(() => rulesText({ ...request, release, mode: 'nftables' }), { instanceOf: LabError });
    t.like(error, { code: 'usage', message: `kube-proxy ${release} never had mode nftables` });
  }
});

test('a way to detect Pods that a release did not know is refused', (t) => {
  const bridge = caseObjects('detect-bridge-interface');
  const error = t.throws(() => rulesText({ ...request, objects: bridge, release: '1.20' }), { instanceOf: LabError });
  t.like(error, { code: 'usage', message: 'kube-proxy 1.20 does not know detectLocalMode BridgeInterface' });
});

test('the mode of the configuration counts when none is given; nftables prints both families', (t) => {
  const nft = [{ kind: 'KubeProxyConfiguration', mode: 'nftables' }, ...objects.slice(1)];
  const text = rulesText({ ...request, objects: nft });
  t.true(text.startsWith('table ip kube-proxy {'));
  t.true(text.includes('\ntable ip6 kube-proxy {'));
  t.false(rulesText({ ...request, objects: nft, family: 'ipv6' }).includes('table ip kube-proxy'));
  t.true(rulesText(request).includes('*nat\n'));
});

test('the same objects in another order give the same text', (t) => {
  t.is(rulesText({ ...request, objects: [...objects].reverse() }), rulesText(request));
});

test('a ServiceCIDR lets nftables drop traffic to addresses that no Service has', (t) => {
  const cidr = { kind: 'ServiceCIDR', spec: { cidrs: ['10.96.0.0/12'] } };
  const text = rulesText({ ...request, objects: [...objects, cidr], mode: 'nftables', family: 'ipv4' });
  t.regex(text, /ip daddr 10\.96\.0\.0\/12 drop comment "Drop traffic to unallocated ClusterIPs"/);
});

function withConfig(fields: Readonly<Record<string, unknown>>): RulesRequest['objects'] {
  return objects.map((object) => (object.kind === 'KubeProxyConfiguration' ? { ...object, ...fields } : object));
}

test('1.20 leaves NodePorts out when no address of the node takes them; 1.36 only has no way to them', (t) => {
  const nowhere = withConfig({ nodePortAddresses: ['10.99.0.0/16'] });
  t.notRegex(rulesText({ ...request, objects: nowhere, release: '1.20' }), /-A KUBE-NODEPORTS /);
  t.regex(rulesText({ ...request, objects: nowhere }), /-A KUBE-NODEPORTS /);
  t.notRegex(rulesText({ ...request, objects: nowhere }), /-j KUBE-NODEPORTS.*\n.*NOTE/);
});

test('a network around 127.0.0.0 leaves NodePorts of localhost on, one without it turns them off', (t) => {
  const martian = /-A KUBE-FIREWALL ! -s 127/;
  t.regex(rulesText({ ...request, objects: withConfig({ nodePortAddresses: ['0.0.0.0/1'] }) }), martian);
  t.regex(rulesText({ ...request, objects: withConfig({ nodePortAddresses: ['127.0.0.1/32'] }) }), martian);
  t.notRegex(rulesText({ ...request, objects: withConfig({ nodePortAddresses: ['192.0.0.0/8'] }) }), martian);
});

test('the primary address of a node is its InternalIP, wherever that stands', (t) => {
  const addresses = [
    { type: 'ExternalIP', address: '80.11.12.10' },
    { type: 'InternalIP', address: '192.168.56.11' },
  ];
  const node = { kind: 'Node', metadata: { name: 'node1' }, status: { addresses } };
  const others = withConfig({ nodePortAddresses: ['primary'] }).filter(({ kind }) => kind !== 'Node');
  t.regex(rulesText({ ...request, objects: [...others, node] }), /-d 192\.168\.56\.11\/32 .* -j KUBE-NODEPORTS/);
});

function spec(object: object): object {
  return 'spec' in object && typeof object.spec === 'object' ? (object.spec ?? {}) : {};
}

test('an address of a load balancer that is given twice has its rules twice, as it has in kube-proxy', (t) => {
  const ingress = [{ ip: '172.6.6.1' }, { ip: '172.6.6.1' }];
  const twice = caseObjects('lb-source-ranges').map((object) =>
    object.kind === 'Service'
      ? {
          ...object,
          spec: { ...spec(object), loadBalancerSourceRanges: ['192.168.56.0/24'] },
          status: { loadBalancer: { ingress } },
        }
      : object,
  );
  const text = rulesText({ ...request, objects: twice, release: '1.20' });
  const before = text.match(/-A KUBE-FW-\S+ -s 172\.6\.6\.1\/32 /g) ?? [];
  const chains = new Set(before);
  t.true(chains.size > 0);
  t.is(before.length, 2 * chains.size);
});
