import test from 'ava';
import type { EndpointSlice } from '../../kinds/types/endpointslice.ts';
import type { Service } from '../../kinds/types/service.ts';
import { parseCidr, parseIP } from '../../net/address.ts';
import { proxyConfig } from '../config.ts';
import { createNftablesProxier } from '../nftables/proxier.ts';
import { nftTransaction } from '../nftables/transaction.ts';
import type { ProxyInput } from '../types.ts';
import { rulesetIncrement } from './increment.ts';
import { createIptablesProxier, iptablesTables } from './proxier.ts';

function service(number: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `web-${number}`, namespace: 'default' },
    spec: {
      type: 'ClusterIP',
      clusterIP: `10.96.${number >> 8}.${number & 255}`,
      ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }],
    },
  };
}

function slice(number: number, endpoints: number): EndpointSlice {
  const name = `web-${number}`;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: endpoints }, (_, at) => ({
      addresses: [`10.244.${(number * endpoints + at) >> 8}.${(number * endpoints + at) & 255}`],
    })),
  };
}

function cluster(services: number, endpoints: number, kubelet?: boolean): ProxyInput {
  const numbers = Array.from({ length: services }, (_, at) => at + 1);
  const kind = 'KubeProxyConfiguration';
  return {
    release: '1.36',
    family: 'ipv4',
    node: { name: 'node1', ips: [parseIP('192.168.56.11')], podCIDRs: [parseCidr('10.244.0.0/24')], labels: {} },
    config: proxyConfig({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind, clusterCIDR: '10.244.0.0/16' }),
    services: numbers.map(service),
    slices: numbers.map((number) => slice(number, endpoints)),
    ...(kubelet === undefined ? {} : { kubelet }),
  };
}

const natRules = (input: ProxyInput): readonly string[] =>
  [
    ...(iptablesTables(input)
      .find(({ table }) => table === 'nat')
      ?.chains.values() ?? []),
  ].flat();

test('comments of endpoint rules go above 1,000 endpoints, not in 1.8', (t) => {
  const balancing = (input: ProxyInput): string => natRules(input).find((rule) => rule.includes('-m statistic')) ?? '';
  t.regex(balancing(cluster(100, 10)), /--comment "default\/web-1 -> /);
  t.notRegex(balancing(cluster(101, 10)), /comment/);
  t.notRegex(balancing({ ...cluster(101, 10), release: '1.20' }), /comment/);
  t.regex(balancing({ ...cluster(101, 10), release: '1.8' }), /--comment "default\/web-1:"/);
});

test('endpoints of headless Services do not count, and those that are not ready only from 1.26 on', (t) => {
  const balancing = (input: ProxyInput): string => natRules(input).find((rule) => rule.includes('-m statistic')) ?? '';
  const [first, ...others] = cluster(101, 10).services;
  const headless = others.map((other) => ({ ...other, spec: { ...other.spec, clusterIP: 'None' } }));
  const small = { ...cluster(101, 10), services: first === undefined ? [] : [first, ...headless] };
  t.regex(balancing(small), /--comment/);
  const unready = cluster(101, 10).slices.map((all, at) =>
    at === 0 ? all : { ...all, endpoints: all.endpoints.map((one) => ({ ...one, conditions: { ready: false } })) },
  );
  t.notRegex(balancing({ ...cluster(101, 10), slices: unready }), /comment/);
  t.regex(balancing({ ...cluster(101, 10), slices: unready, release: '1.20' }), /--comment/);
});

test('one changed endpoint changes one Service and nothing else', (t) => {
  const proxier = createIptablesProxier();
  const before = cluster(300, 3);
  const first = proxier.tables(before);
  const after = { ...before, slices: before.slices.map((old, at) => (at === 7 ? slice(8, 2) : old)) };
  const second = proxier.tables(after);
  t.deepEqual(second, iptablesTables(after));
  const text = rulesetIncrement(first, second) ?? '';
  t.is(rulesetIncrement(second, proxier.tables({ ...after })), undefined);
  t.true(text.split('\n').length < 20, text);
  t.false(text.includes('KUBE-SERVICES'));
});

test('a Service more is inserted at its place; one less is deleted with its chains', (t) => {
  const all = cluster(300, 3);
  const less = { ...all, services: all.services.filter((_, at) => at !== 149) };
  const proxier = createIptablesProxier();
  const [without, whole] = [proxier.tables(less), proxier.tables(all)];
  const added = rulesetIncrement(without, whole) ?? '';
  const removed = rulesetIncrement(whole, without) ?? '';
  t.regex(added, /\n-I KUBE-SERVICES \d+ -d 10\.96\.0\.150\/32 /);
  t.regex(removed, /\n-D KUBE-SERVICES -d 10\.96\.0\.150\/32 /);
  t.is([...removed.matchAll(/\n-X KUBE-/g)].length, 4);
});

test('jumps and tables that come and go are part of an increment', (t) => {
  const jump = { chain: 'POSTROUTING', rule: '-j MINE', position: 'last' } as const;
  const nat = { table: 'nat', chains: new Map([['MINE', ['-j RETURN']]]), jumps: [jump] };
  const moved = { ...nat, jumps: [{ ...jump, chain: 'PREROUTING' }] };
  t.is(rulesetIncrement([], [nat]), '*nat\n:MINE - [0:0]\n-A MINE -j RETURN\n-A POSTROUTING -j MINE\nCOMMIT\n');
  t.is(rulesetIncrement([nat], [moved]), '*nat\n-D POSTROUTING -j MINE\n-A PREROUTING -j MINE\nCOMMIT\n');
  t.is(rulesetIncrement([nat], []), '*nat\n:MINE - [0:0]\n-D POSTROUTING -j MINE\n-X MINE\nCOMMIT\n');
});

test('the same memory serves nftables: one changed endpoint is one chain', (t) => {
  const proxier = createNftablesProxier();
  const before = cluster(300, 3);
  const first = proxier.table(before);
  const after = { ...before, slices: before.slices.map((old, at) => (at === 7 ? slice(8, 2) : old)) };
  const { script = '', staleChains } = nftTransaction(first, proxier.table(after));
  t.deepEqual(staleChains, []);
  t.is([...script.matchAll(/chain service-/g)].length, 1);
  t.is([...script.matchAll(/flush chain/g)].length, 1);
});

test('with a kubelet, release 1.20 has the chains that drop what source ranges exclude', (t) => {
  const drop = '-j MARK --set-xmark 0x8000/0x8000';
  t.false(natRules({ ...cluster(1, 1), release: '1.20' }).includes(drop));
  t.true(natRules({ ...cluster(1, 1, true), release: '1.20' }).includes(drop));
  t.true(natRules({ ...cluster(1, 1), release: '1.8' }).includes(drop));
});
