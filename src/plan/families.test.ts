import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { offlineLab } from '../lab/offline.ts';
import { parseManifest } from '../manifest/parse.ts';
import type { DesiredLab, DesiredNetns } from './desired.ts';
import { planOperations } from './script.ts';
import { toText } from './text.ts';

const testdata = join(import.meta.dirname, 'testdata');
const read = (name: string) => readFileSync(join(testdata, name), 'utf8');

function labOf(text: string): DesiredLab {
  const objects = parseManifest({ file: 'test.yaml', text }).map(({ object }) => object);
  return offlineLab('default', objects).desired;
}

const plain = read('ipv4.yaml');
const ipv4 = labOf(plain);
const dual = labOf(
  plain
    .replace('spec:', 'spec:\n  underlay: { cidr: "192.168.56.0/24,fd00:56::/64" }')
    .replace('spec:', 'spec:\n  serviceClusterIPRange: 10.96.0.0/12,fd00:10:96::/112')
    .replace('172.6.6.0/24', '172.6.6.0/24,2001:db8:6::/112')
    .replace('ip: 203.0.113.10 }', 'ips: [203.0.113.10, "2001:db8:1::10"] }\n    - { name: old, ip: 203.0.113.11 }')
    .replace('via: node1 }', 'via: node1 }\n    - { cidr: "2001:db8:80::/64", via: node1 }')
    .replace('type: LoadBalancer', 'type: LoadBalancer\n  ipFamilyPolicy: RequireDualStack'),
);

function netns(lab: DesiredLab, name: string): DesiredNetns {
  const found = lab.namespaces.find((one) => one.name === name || one.name.startsWith(`${name}-`));
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** The commands of a namespace that are about IPv6, without rules and files. */
function ipv6Commands(lab: DesiredLab, name: string): string[] {
  const { name: exact } = netns(lab, name);
  return planOperations(lab, exact)
    .filter(({ op }) => op !== 'rules' && op !== 'file-write' && op !== 'sysctl' && op !== 'link-add')
    .map((operation) => toText(operation).replace(` -n ${exact}`, ''))
    .filter((text) => text.startsWith('ip -6') || /:.*:/.test(text.replace(/lladdr \S+/, '')))
    .filter((text) => !text.includes('fdb') || text.includes('flannel-v6'))
    .map((text) => text.replace('ip -6', 'ip'));
}

test('a lab of IPv4 alone is planned as it was before there was IPv6, to the byte', (t) => {
  const steps = planOperations(ipv4).filter(({ op }) => op !== 'rules');
  t.is(`${steps.map(toText).join('\n')}\n`, read('ipv4.txt'));
  t.true(ipv4.namespaces.every(({ rulesets }) => rulesets.every(({ loader }) => loader === 'iptables')));
});

test('a node of both families: addresses, routes, neighbours and forwarding as the real ones have them', (t) => {
  const macs = Object.fromEntries(
    ['master', 'node2'].map((node) => [node, netns(dual, node).links.find(({ name }) => name === 'flannel-v6.1')?.mac]),
  );
  t.deepEqual(ipv6Commands(dual, 'node1'), [
    'ip address add fd00:56::12/64 dev eth0 nodad',
    'ip address add fd00:10:244:2::1/64 dev cni0 nodad',
    'ip address add fd00:10:244:2::/128 dev flannel-v6.1 nodad',
    `ip neighbour replace fd00:10:244:1:: lladdr ${macs.master} dev flannel-v6.1 nud permanent`,
    `ip neighbour replace fd00:10:244:3:: lladdr ${macs.node2} dev flannel-v6.1 nud permanent`,
    `bridge fdb replace ${macs.master} dev flannel-v6.1 dst fd00:56::11 self permanent`,
    `bridge fdb replace ${macs.node2} dev flannel-v6.1 dst fd00:56::13 self permanent`,
    'ip route replace default via fd00:56::1 dev eth0',
    'ip route replace fd00:10:244:1::/64 via fd00:10:244:1:: dev flannel-v6.1 onlink',
    'ip route replace fd00:10:244:3::/64 via fd00:10:244:3:: dev flannel-v6.1 onlink',
  ]);
});

test('a Pod of both families', (t) => {
  t.deepEqual(ipv6Commands(dual, 'pod_default_busybox'), [
    'ip address add fd00:10:244:3::2/64 dev eth0 nodad',
    'ip route replace default via fd00:10:244:3::1 dev eth0',
    'ip route replace fd00:10:244::/56 via fd00:10:244:3::1 dev eth0',
  ]);
});

test('clients have the families that they were given', (t) => {
  t.deepEqual(ipv6Commands(dual, 'client_laptop'), [
    'ip address add 2001:db8:1::10/128 dev eth0 nodad',
    'ip route replace default via fe80::1 dev eth0 onlink',
  ]);
  const old = netns(dual, 'client_old');
  t.deepEqual(ipv6Commands(dual, 'client_old'), []);
  t.true(old.sysctls.some(({ key, value }) => key === 'net.ipv6.conf.all.disable_ipv6' && value === '1'));
});

test('the router knows clients, external ranges and load balancers of both families', (t) => {
  t.deepEqual(ipv6Commands(dual, 'fabric'), [
    'ip address add fd00:56::1/64 dev underlay nodad',
    'ip address add fe80::1/128 dev to-laptop nodad',
    'ip route replace 2001:db8:1::10/128 dev to-laptop',
    'ip route replace 2001:db8:80::/64 via fd00:56::12 dev underlay',
    'ip route replace 2001:db8:6::1/128 nexthop via fd00:56::11 dev underlay nexthop via fd00:56::12 dev underlay nexthop via fd00:56::13 dev underlay',
    'ip route replace default dev void',
  ]);
});

test('rules of each family have their own loader and owner', (t) => {
  const loaders = (name: string) => netns(dual, name).rulesets.map(({ owner, loader }) => `${owner} ${loader}`);
  t.deepEqual(loaders('node1'), [
    'kube-proxy iptables',
    'kube-proxy ip6tables',
    'flannel iptables',
    'flannel ip6tables',
  ]);
  t.deepEqual(loaders('fabric'), ['fabric iptables', 'fabric ip6tables']);
  const texts = planOperations(dual, 'fabric').flatMap((one) => (one.op === 'rules' ? [one] : []));
  const six = texts.find(({ loader }) => loader === 'ip6tables')?.text ?? '';
  t.regex(six, /-d 2001:db8:80::\/64 -i underlay -m mac --mac-source \S+ .* -j DROP/);
  t.regex(six, /-d 2001:db8:6::1\/128 -i underlay .* -j DROP/);
  t.regex(six, /-o void .* -j REJECT --reject-with icmp6-no-route/);
  t.false(/\d+\.\d+\.\d+\.\d+/.test(six));
});

test('IPv6 comes up at once and refuses always', (t) => {
  const own = (name: string) => new Map(netns(dual, name).sysctls.map(({ key, value }) => [key, value]));
  for (const name of ['fabric', 'node1', 'pod_default_busybox', 'client_laptop']) {
    const sysctls = own(name);
    t.is(sysctls.get('net.ipv6.conf.all.disable_ipv6'), '0', name);
    const device = name === 'fabric' ? 'default' : 'eth0';
    t.is(sysctls.get(`net.ipv6.conf.${device}.accept_dad`), '0', name);
    t.is(sysctls.get(`net.ipv6.conf.${device}.accept_ra`), '0', name);
    t.is(sysctls.get('net.ipv6.icmp.ratemask'), '0', name);
  }
  t.is(own('node1').get('net.ipv6.conf.all.forwarding'), '1');
  t.is(own('node1').get('net.bridge.bridge-nf-call-ip6tables'), '1');
  t.is(own('fabric').get('net.ipv6.fib_multipath_hash_policy'), '1');
});

test('names of hosts are known in both families', (t) => {
  const hosts = (name: string) => netns(dual, name).files.find(({ path }) => path === '/etc/hosts')?.content ?? '';
  t.regex(hosts('node1'), /^192\.168\.56\.13 node2\nfd00:56::13 node2$/m);
  t.regex(hosts('pod_default_busybox'), /^10\.244\.3\.2 busybox\nfd00:10:244:3::2 busybox$/m);
});
