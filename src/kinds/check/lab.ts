import {
  type Cidr,
  cidrContains,
  cidrPrefix,
  cidrSize,
  cidrsOverlap,
  familyOf,
  nthAddress,
  tryParseIP,
} from '../../net/address.ts';
import { networksOf, underlayOf } from '../lab-networks.ts';
import { at } from '../path.ts';
import type { Lab, LabNode, LabSpec } from '../types/lab.ts';
import { checkNetwork } from './addresses.ts';
import { duplicate, type Invalid, invalid, notSupported, required } from './invalid.ts';
import { checkLabDns } from './lab-dns.ts';
import { checkLabels, checkMeta } from './meta.ts';
import { checkName, dns1123Label } from './names.ts';
import { isPort } from './ports.ts';
import { checkTaints } from './taints.ts';

const releases = ['1.8', '1.20', '1.36'];
const smallestMtu = 576;
const largestMtu = 65_535;

function* checkUnique(field: string, value: string, seen: Set<string>): Generator<Invalid> {
  if (seen.has(value)) yield duplicate(field, value);
  seen.add(value);
}

function* checkNodeIP(field: string, ip: string, underlay: Cidr | undefined): Generator<Invalid> {
  const parsed = tryParseIP(ip);
  if (parsed === undefined) yield invalid(field, ip, 'must be a valid IP address, (e.g. 192.168.56.11)');
  else if (underlay !== undefined && !cidrContains(underlay, parsed)) {
    yield invalid(field, ip, `must be in the underlay ${underlay}`);
  } else if (underlay !== undefined && parsed === nthAddress(underlay, 1)) {
    yield invalid(field, ip, 'is the address of the underlay’s router', 'Take another address.');
  } else if (underlay !== undefined && (parsed === nthAddress(underlay, 0) || parsed === nthAddress(underlay, -1))) {
    yield invalid(field, ip, `is the network or broadcast address of ${underlay}`, 'Take another address.');
  }
}

function* checkNode(field: string, node: LabNode, underlay: Cidr | undefined): Generator<Invalid> {
  if (node.name === '') yield required(`${field}.name`);
  else yield* checkName(`${field}.name`, node.name, dns1123Label);
  if (node.name === 'fabric') yield invalid(`${field}.name`, node.name, 'is the name of the network between the nodes');
  if (node.ip !== undefined) yield* checkNodeIP(`${field}.ip`, node.ip, underlay);
  yield* checkLabels(`${field}.labels`, node.labels);
  yield* checkTaints(`${field}.taints`, node.taints ?? []);
}

function* checkNodes(spec: LabSpec, underlay: Cidr | undefined): Generator<Invalid> {
  if (spec.nodes.length === 0) yield required('spec.nodes', 'A lab has at least one node.');
  const [names, ips] = [new Set<string>(), new Set<string>()];
  for (const [index, node] of spec.nodes.entries()) {
    const here = at('spec.nodes', index);
    yield* checkNode(here, node, underlay);
    if (node.name !== '') yield* checkUnique(`${here}.name`, node.name, names);
    if (node.ip !== undefined) yield* checkUnique(`${here}.ip`, node.ip, ips);
  }
  if (underlay !== undefined && BigInt(spec.nodes.length) + 3n > cidrSize(underlay)) {
    yield invalid('spec.underlay.cidr', underlay, `has no room for ${spec.nodes.length} nodes`);
  }
}

type Named = readonly [what: string, cidr: Cidr];

function* checkClientIP(field: string, ip: string, inside: readonly Named[], seen: Set<string>): Generator<Invalid> {
  const parsed = tryParseIP(ip);
  if (parsed === undefined) {
    yield invalid(field, ip, 'must be a valid IP address, (e.g. 203.0.113.10)');
    return;
  }
  yield* checkUnique(field, parsed, seen);
  for (const [what, cidr] of inside) {
    if (!cidrContains(cidr, parsed)) continue;
    yield invalid(field, ip, `is in the ${what} ${cidr}; a client is outside the cluster`);
  }
}

function* checkClients(spec: LabSpec, inside: readonly Named[]): Generator<Invalid> {
  const [names, seen] = [new Set<string>(), new Set<string>()];
  for (const [index, { name = '', ip = '', ips }] of spec.clients.entries()) {
    const here = at('spec.clients', index);
    if (name === '') yield required(`${here}.name`);
    else yield* checkName(`${here}.name`, name, dns1123Label);
    yield* checkUnique(`${here}.name`, name, names);
    if (ips === undefined) yield* checkClientIP(`${here}.ip`, ip, inside, seen);
    else {
      if (ips[0] !== ip) yield invalid(`${here}.ips[0]`, ips[0] ?? '', 'must match `ip`');
      for (const [i, each] of ips.entries()) yield* checkClientIP(at(`${here}.ips`, i), each, inside, seen);
      yield* checkFamilies(`${here}.ips`, ips);
    }
  }
}

/** At most one address or network of each family, as Kubernetes has it in its lists. */
function* checkFamilies(field: string, texts: readonly string[]): Generator<Invalid> {
  const given = texts.filter((text) => text !== '');
  const families = new Set(given.map((text) => text.includes(':')));
  if (families.size < given.length) yield invalid(field, texts.join(','), 'may hold at most one of each IP family');
}

/** A network, or one of each family with a comma between them. */
function* checkNetworks(field: string, list: string): Generator<Invalid> {
  const texts = list.split(',').map((text) => text.trim());
  for (const text of texts) yield* checkNetwork(field, text);
  yield* checkFamilies(field, texts);
}

/** Nodes, Pods and routes have IPv6 when the underlay has. */
function* checkIPv6(spec: LabSpec): Generator<Invalid> {
  if (underlayOf(spec, 'ipv6') !== undefined) return;
  const why = 'is IPv6, but the underlay has no IPv6 network';
  const hint = 'Add one to spec.underlay.cidr: 192.168.56.0/24,fd00:56::/64';
  const wanted = [
    ['spec.serviceClusterIPRange', spec.serviceClusterIPRange],
    ['spec.loadBalancerPool', spec.loadBalancerPool ?? ''],
    ...spec.externalIPs.map(({ cidr = '' }, i) => [`${at('spec.externalIPs', i)}.cidr`, cidr] as const),
    ...spec.clients.map(({ ip = '', ips = [ip] }, i) => [`${at('spec.clients', i)}.ip`, ips.join(',')] as const),
  ] as const;
  for (const [field, text] of wanted) if (text.includes(':')) yield invalid(field, text, why, hint);
}

const narrowestIPv6Underlay = 112;

function* checkUnderlay({ underlay }: LabSpec): Generator<Invalid> {
  const field = 'spec.underlay.cidr';
  const networks = networksOf(underlay.cidr);
  if (networks.length > 0 && networks.every((cidr) => familyOf(cidr) === 'ipv6')) {
    yield invalid(field, underlay.cidr, 'has no IPv4 network', 'The nodes of a lab always have IPv4.');
  }
  const narrow = networks.find((cidr) => familyOf(cidr) === 'ipv6' && cidrPrefix(cidr) > narrowestIPv6Underlay);
  if (narrow !== undefined) yield invalid(field, narrow, `must be a /${narrowestIPv6Underlay} or larger`);
}

function* checkOverlaps(ranges: readonly (readonly [string, string, Cidr])[]): Generator<Invalid> {
  for (const [index, [field, , cidr]] of ranges.entries()) {
    for (const [, what, other] of ranges.slice(0, index)) {
      if (cidrsOverlap(cidr, other)) yield invalid(field, cidr, `overlaps with the ${what} ${other}`);
    }
  }
}

function* checkNodePorts(range: string): Generator<Invalid> {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(range) ?? [];
  const sane = isPort(Number(first)) && isPort(Number(last)) && Number(first) <= Number(last);
  if (!sane)
    yield invalid(
      'spec.serviceNodePortRange',
      range,
      'must be two ports, the lower first',
      'Write it like 30000-32767.',
    );
}

function* checkLink({ underlay, bridge }: LabSpec): Generator<Invalid> {
  if (underlay.mtu < smallestMtu || underlay.mtu > largestMtu) {
    yield invalid('spec.underlay.mtu', underlay.mtu, `must be between ${smallestMtu} and ${largestMtu}`);
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/.test(bridge)) {
    yield invalid('spec.bridge', bridge, 'a link name has 1 to 15 letters, digits, dots, dashes and underscores');
  } else if (['lo', 'eth0'].includes(bridge) || /^flannel[.-]/.test(bridge)) {
    yield invalid('spec.bridge', bridge, 'is the name of another link of the node');
  }
}

/** Everything a Lab object can have wrong in itself. */
export function* checkLab(lab: Lab): Generator<Invalid> {
  const { spec } = lab;
  yield* checkMeta(lab, dns1123Label, false);
  const given = [
    ['spec.underlay.cidr', 'underlay', spec.underlay.cidr],
    ['spec.serviceClusterIPRange', 'Service range', spec.serviceClusterIPRange],
    ...spec.externalIPs.map(
      ({ cidr = '' }, index) => [`${at('spec.externalIPs', index)}.cidr`, 'external range', cidr] as const,
    ),
    ...(spec.loadBalancerPool === undefined
      ? []
      : [['spec.loadBalancerPool', 'load balancer pool', spec.loadBalancerPool] as const]),
  ] as const;
  for (const [field, what, list] of given) {
    yield* what === 'external range' ? checkNetwork(field, list) : checkNetworks(field, list);
  }
  const ranges = given.flatMap(([field, what, list]) => networksOf(list).map((cidr) => [field, what, cidr] as const));
  yield* checkUnderlay(spec);
  yield* checkIPv6(spec);
  yield* checkOverlaps(ranges);
  if (spec.dns !== false) yield* checkLabDns(spec.dns);
  yield* checkNodes(spec, underlayOf(spec, 'ipv4'));
  yield* checkClients(
    spec,
    ranges.map(([, what, cidr]) => [what, cidr] as const),
  );
  for (const [index, { via }] of spec.externalIPs.entries()) {
    const names = spec.nodes.map(({ name }) => name);
    if (!names.includes(via)) yield notSupported(`${at('spec.externalIPs', index)}.via`, via, names);
  }
  yield* checkNodePorts(spec.serviceNodePortRange);
  yield* checkLink(spec);
  if (!releases.includes(spec.kubernetesRelease)) {
    yield notSupported('spec.kubernetesRelease', spec.kubernetesRelease, releases);
  }
}
