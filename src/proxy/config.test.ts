import test from 'ava';
import { LabError } from '../errors.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import { proxyConfig } from './config.ts';

const head = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' } as const;

test('an empty configuration has the defaults of kube-proxy', (t) => {
  const config = proxyConfig(head);
  t.like(config, {
    mode: 'iptables',
    clusterCIDR: { ipv4: undefined, ipv6: undefined },
    detectLocalMode: 'ClusterCIDR',
    hostnameOverride: undefined,
    nodeIP: undefined,
    masqueradeAll: false,
    masqueradeBit: 14,
    localhostNodePorts: true,
    syncPeriod: 30_000,
    minSyncPeriod: 1000,
    conntrack: { tcpEstablishedTimeout: 86400, tcpCloseWaitTimeout: 3600, tcpBeLiberal: false, udpTimeout: undefined },
  });
  t.deepEqual(config.nodePortAddresses, []);
  t.deepEqual(config.withoutEffect, []);
});

test('clusterCIDR gives each family its network', (t) => {
  const { clusterCIDR } = proxyConfig({ ...head, clusterCIDR: '10.244.0.0/16, fd00:10:244::/56' });
  t.deepEqual(clusterCIDR, { ipv4: '10.244.0.0/16', ipv6: 'fd00:10:244::/56' } as typeof clusterCIDR);
});

test('durations are read as Go reads them', (t) => {
  const iptables = { syncPeriod: '1m30.5s', minSyncPeriod: '250ms' };
  t.like(proxyConfig({ ...head, iptables }), { syncPeriod: 90_500, minSyncPeriod: 250 });
});

test('options of the mode asked for win; without them those of the configured mode speak', (t) => {
  const iptables = { masqueradeBit: 5, masqueradeAll: true };
  t.like(proxyConfig({ ...head, iptables }, 'nftables'), { mode: 'nftables', masqueradeBit: 5, masqueradeAll: true });
  t.like(proxyConfig({ ...head, iptables, nftables: { masqueradeBit: 6 } }, 'nftables'), { masqueradeBit: 6 });
  t.like(proxyConfig({ ...head, mode: 'nftables', iptables }), { masqueradeBit: 14, masqueradeAll: false });
});

test('bindAddress and hostnameOverride stand for the node', (t) => {
  t.like(proxyConfig({ ...head, bindAddress: '192.168.56.11', hostnameOverride: ' Node1 ' }), {
    nodeIP: '192.168.56.11',
    hostnameOverride: 'node1',
  });
  t.is(proxyConfig({ ...head, bindAddress: '0.0.0.0' }).nodeIP, undefined);
});

test('fields without effect in a lab are named', (t) => {
  const { withoutEffect } = proxyConfig({
    ...head,
    oomScoreAdj: -999,
    conntrack: { min: 5, tcpBeLiberal: true },
    ipvs: { scheduler: 'rr' },
  });
  t.deepEqual(withoutEffect, ['conntrack.min', 'ipvs', 'oomScoreAdj']);
});

const bad: readonly (readonly [string, Partial<KubeProxyConfiguration>, string, string])[] = [
  ['unknown field', { clusterCidr: '10.0.0.0/8' }, 'unknown-field', 'clusterCidr'],
  ['unknown field of a section', { iptables: { masqueradebit: 3 } }, 'unknown-field', 'iptables.masqueradebit'],
  ['field of every object', { constructor: 'x' }, 'unknown-field', 'constructor'],
  [
    'wrong type',
    { iptables: { masqueradeAll: 'yes' as unknown as boolean } },
    'invalid-object',
    'iptables.masqueradeAll',
  ],
  ['bit too high', { iptables: { masqueradeBit: 32 } }, 'invalid-object', 'masqueradeBit'],
  ['no network', { clusterCIDR: '10.244.0.0' }, 'invalid-object', 'clusterCIDR'],
  ['two networks of a family', { clusterCIDR: '10.0.0.0/8,11.0.0.0/8' }, 'invalid-object', 'clusterCIDR'],
  ['primary with others', { nodePortAddresses: ['primary', '10.0.0.0/8'] }, 'invalid-object', 'nodePortAddresses'],
  ['duration without unit', { iptables: { syncPeriod: '30' } }, 'invalid-object', 'iptables.syncPeriod'],
  ['negative duration', { iptables: { syncPeriod: '-1s' } }, 'invalid-object', 'iptables.syncPeriod'],
  ['unknown mode', { mode: 'userspace' as 'ipvs' }, 'invalid-object', 'mode'],
  ['bridge without name', { detectLocalMode: 'BridgeInterface' }, 'invalid-object', 'detectLocal.bridgeInterface'],
  ['bad address', { bindAddress: 'localhost' }, 'invalid-object', 'bindAddress'],
];

for (const [name, fields, code, field] of bad) {
  test(`refused: ${name}`, (t) => {
    const error = t.throws(() => proxyConfig({ ...head, ...fields }), { instanceOf: LabError });
    t.like(error, { code, field });
    t.false(error?.message.includes('\n'));
  });
}
