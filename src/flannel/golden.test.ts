import { readFileSync } from 'node:fs';
import test from 'ava';
import type { NodeView } from '../cluster/view.ts';
import type { Cidr, IP, IPv4, IPv6, Mac } from '../net/address.ts';
import { familyOf } from '../net/address.ts';
import type { DesiredRoute, RulesetTable, VxlanLink } from '../plan/desired.ts';
import { configKey, leaseKey, leaseValue, type SubnetLease } from './lease-record.ts';
import { acquireLease, chooseFirst, noLeases } from './leases.ts';
import { netConfText, parseNetConf } from './netconf.ts';
import { flannelNetwork } from './network.ts';
import { networkView } from './testing/view.ts';

const runs = [
  { name: 'vxlan', ipMasq: true },
  { name: 'host-gw', ipMasq: false },
  { name: 'dual-stack', ipMasq: true },
];

interface EtcdValue {
  readonly PublicIP: IPv4;
  readonly PublicIPv6: IPv6 | null;
  readonly BackendData?: { readonly VtepMAC: Mac };
  readonly BackendV6Data?: { readonly VtepMAC: Mac };
}

interface EtcdLease {
  readonly key: string;
  readonly text: string;
  readonly value: EtcdValue;
  readonly subnets: readonly Cidr[];
}

function readLines(path: string): string[] {
  return readFileSync(new URL(`testdata/${path}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}

function readEtcd(run: string): { readonly config: string; readonly leases: readonly EtcdLease[] } {
  const lines = readLines(`${run}/etcd.txt`);
  const entries = lines.flatMap((key, at) => (at % 2 === 0 ? [{ key, text: lines[at + 1] ?? '' }] : []));
  const leases = entries.slice(1).map(({ key, text }) => ({
    key,
    text,
    value: JSON.parse(text) as EtcdValue,
    subnets: (key.split('/').at(-1) ?? '').split('&').map((part) => part.replace(/-(\d+)$/, '/$1') as Cidr),
  }));
  return { config: entries[0]?.text ?? '', leases };
}

function nodeOf(lease: EtcdLease): NodeView {
  const { PublicIP, PublicIPv6, BackendData, BackendV6Data } = lease.value;
  return {
    name: `node${Number(PublicIP.split('.').at(-1)) - 10}`,
    ip: PublicIP,
    ...(PublicIPv6 === null ? {} : { ipv6: PublicIPv6 }),
    mac: '02:00:00:00:56:11' as Mac,
    labels: {},
    podCIDRs: lease.subnets,
    vtepMac: BackendData?.VtepMAC ?? ('02:00:00:00:00:01' as Mac),
    ...(BackendV6Data === undefined ? {} : { vtepMacV6: BackendV6Data.VtepMAC }),
    kubeProxy: true,
  };
}

/** The lines under one heading of a node's dump, without trailing blanks. */
function section(lines: readonly string[], heading: string): string[] {
  const start = lines.indexOf(`## ${heading}`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trimEnd());
}

function routeLine({ to, via, device, onlink }: DesiredRoute): string {
  const isV6 = familyOf(to) === 'ipv6';
  const words = [to, `via ${via}`, `dev ${device}`, isV6 ? 'metric 1024' : '', onlink ? 'onlink' : ''];
  return [...words, isV6 ? 'pref medium' : ''].filter((word) => word !== '').join(' ');
}

/** The three lines of `ip -d link show` that tell what flanneld asked for; the first without its index. */
function linkLines(link: VxlanLink): string[] {
  return [
    `${link.name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${link.mtu} qdisc noqueue state UNKNOWN mode DEFAULT group default`,
    `link/ether ${link.mac} brd ff:ff:ff:ff:ff:ff`,
    `vxlan id ${link.vni} local ${link.local} dev ${link.device} srcport 0 0 dstport ${link.port} ${link.learning ? 'learning' : 'nolearning'} ttl auto`,
  ];
}

function goldenLinkLines(lines: readonly string[]): string[] {
  const starts = lines.flatMap((line, at) => (/^\d+: flannel/.test(line) ? [at] : []));
  return starts.flatMap((at) => [
    (lines[at] ?? '').replace(/^\d+: /, ''),
    (lines[at + 1] ?? '').trim().replace(/ promiscuity.*/, ''),
    (lines[at + 2] ?? '').trim().replace(/ ageing.*/, ''),
  ]);
}

function goldenAddresses(lines: readonly string[]): string[] {
  let device = '';
  return lines.flatMap((line) => {
    device = /^\d+: ([^:@]+)/.exec(line)?.[1] ?? device;
    const address = /^ +inet6? (\S+) scope global/.exec(line)?.[1];
    return device.startsWith('flannel') && address !== undefined ? [`${address} dev ${device}`] : [];
  });
}

function saveLines(tables: readonly RulesetTable[]): string[] {
  return [...tables]
    .sort((a, b) => (a.table < b.table ? -1 : 1))
    .flatMap(({ table, chains, jumps }) => [
      `*${table}`,
      ...[...chains.keys()].map((chain) => `:${chain} - [0:0]`),
      ...jumps.map(({ chain, rule }) => `-A ${chain} ${rule}`),
      ...[...chains].flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
      'COMMIT',
    ]);
}

function goldenRules(lines: readonly string[]): string[] {
  return lines.filter((line) => /^(\*|-A|COMMIT|:FLANNEL)/.test(line));
}

for (const run of runs) {
  const etcd = readEtcd(run.name);
  const config = parseNetConf(etcd.config, { ipMasq: run.ipMasq });
  const nodes = etcd.leases.map(nodeOf);
  const view = networkView(config, nodes);

  for (const node of nodes) {
    test(`${run.name}: ${node.name} gets what the real flanneld made`, (t) => {
      const dump = readLines(`${run.name}/${node.name}.txt`);
      const made = flannelNetwork(view, node);
      const v6 = (ip: IP | Cidr) => familyOf(ip) === 'ipv6';
      const others = (heading: string) =>
        section(dump, heading)
          .filter((line) => !/proto kernel|^default/.test(line))
          .sort();

      t.deepEqual(made.files, [
        { path: '/run/flannel/subnet.env', content: `${section(dump, 'subnet.env').join('\n')}\n` },
      ]);
      t.deepEqual(
        made.links.flatMap((link) => (link.kind === 'vxlan' ? linkLines(link) : [link.name])),
        goldenLinkLines(section(dump, 'ip -d link show')),
      );
      t.deepEqual(
        made.addresses.map(({ address, prefix, device }) => `${address}/${prefix} dev ${device}`),
        goldenAddresses(section(dump, 'ip addr show')),
      );
      const routes = made.routes.map((route) => ({ text: routeLine(route), isV6: v6(route.to) }));
      const textOf = (isV6: boolean) =>
        routes
          .filter((route) => route.isV6 === isV6)
          .map((route) => route.text)
          .sort();
      t.deepEqual(textOf(false), others('ip route show'));
      t.deepEqual(textOf(true), others('ip -6 route show'));
      t.deepEqual(
        made.fdb.map(({ mac, device, destination }) => `${mac} dev ${device} dst ${destination} self permanent`).sort(),
        section(dump, 'bridge fdb show')
          .filter((line) => line.includes(' dst '))
          .sort(),
      );
      t.deepEqual(
        made.neighbours.map(({ address, device, mac }) => `${address} dev ${device} lladdr ${mac} PERMANENT`).sort(),
        section(dump, 'ip neigh show')
          .filter((line) => line.endsWith('PERMANENT'))
          .sort(),
      );
      t.true(
        [...made.tables, ...made.tables6].every(({ jumps }) => jumps.every(({ position }) => position === 'last')),
      );
      t.deepEqual(saveLines(made.tables), goldenRules(section(dump, 'iptables-legacy-save')));
      t.deepEqual(saveLines(made.tables6), goldenRules(section(dump, 'ip6tables-legacy-save')));
    });
  }

  test(`${run.name}: etcd gets the keys and values that the real flanneld wrote`, (t) => {
    let state = noLeases(config);
    const leases: SubnetLease[] = [];
    for (const [at, node] of nodes.entries()) {
      const subnets = etcd.leases[at]?.subnets ?? [];
      const { ip: publicIP, ipv6, name, vtepMac, vtepMacV6 } = node;
      const request = { node: name, publicIP, vtepMac, ...(vtepMacV6 === undefined ? {} : { vtepMacV6 }) };
      const result = acquireLease(
        state,
        { ...request, ...(ipv6 === undefined ? {} : { publicIPv6: ipv6 as IPv6 }) },
        {
          now: new Date(0),
          choose: (candidates) => subnets.find((each) => candidates.includes(each)) ?? chooseFirst(candidates),
        },
      );
      state = result.state;
      leases.push(result.lease);
    }
    t.deepEqual(
      leases.map((lease) => leaseKey(lease)),
      etcd.leases.map((lease) => lease.key),
    );
    t.deepEqual(
      leases.map(leaseValue),
      etcd.leases.map((lease) => lease.text),
    );
  });

  test(`${run.name}: the configuration survives being written`, (t) => {
    t.deepEqual(parseNetConf(netConfText(config), { ipMasq: run.ipMasq }), config);
  });
}

test('the default configuration is written as the real one was', (t) => {
  t.is(netConfText(parseNetConf('{"Network":"10.244.0.0/16"}')), readEtcd('vxlan').config);
  t.is(configKey(), '/coreos.com/network/config');
});
