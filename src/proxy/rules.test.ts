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
