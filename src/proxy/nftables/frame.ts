import { familyOf } from '../../net/address.ts';
import { localDetector } from '../local-detector.ts';
import { isLoopback, nodePortAddresses } from '../node-ports.ts';
import type { ProxyInput } from '../types.ts';
import { markText, podMatch } from './rule.ts';
import { addressType, ipWord, type NftChain, type NftSet } from './values.ts';

const noElements: ReadonlyMap<string, string> = new Map();

function shared(kind: 'set' | 'map', type: string, comment: string, elements = noElements): NftSet {
  return { kind, header: [`type ${type}`, `comment "${comment}"`], elements };
}

/** The sets and maps of the table; those of Services are still empty. */
export function frameSets(input: ProxyInput): ReadonlyMap<string, NftSet> {
  const address = addressType(input.family);
  const service = `${address} . inet_proto . inet_service : verdict`;
  const port = 'inet_proto . inet_service : verdict';
  const nodePorts = nodePortAddresses(input, 'primary');
  const ips = nodePorts.ips.filter((ip) => !isLoopback(ip)).map((ip) => [ip, ''] as const);
  const hairpin = `${address} . ${address} . inet_proto . inet_service`;
  return new Map([
    ['hairpin-connections', shared('set', hairpin, 'service hairpin connections')],
    ['cluster-ips', shared('set', address, 'Active ClusterIPs')],
    ...(nodePorts.matchAll
      ? []
      : [['nodeport-ips', shared('set', address, 'IPs that accept NodePort traffic', new Map(ips))] as const]),
    ['no-endpoint-services', shared('map', service, 'vmap to drop or reject packets to services with no endpoints')],
    [
      'no-endpoint-nodeports',
      shared('map', port, 'vmap to drop or reject packets to service nodeports with no endpoints'),
    ],
    ['firewall-ips', shared('map', service, 'destinations that are subject to LoadBalancerSourceRanges')],
    ['service-ips', shared('map', service, 'ClusterIP, ExternalIP and LoadBalancer IP traffic')],
    ['service-nodeports', shared('map', port, 'NodePort traffic')],
  ]);
}

function base(type: string, hook: string, priority: string, rules: readonly string[]): NftChain {
  return { header: [`type ${type} hook ${hook} priority ${priority}; policy accept;`], rules };
}

function plain(...rules: readonly string[]): NftChain {
  return { header: [], rules };
}

const firewallCheck = ['ct state new jump firewall-check'];
const endpointsCheck = 'ct state new jump service-endpoints-check';
const clusterIPsCheck = 'ct state new jump cluster-ips-check';

const baseChains: readonly (readonly [string, NftChain])[] = [
  ['filter-prerouting-pre-dnat', base('filter', 'prerouting', 'dstnat - 10', firewallCheck)],
  ['filter-output-pre-dnat', base('filter', 'output', '-110', firewallCheck)],
  ['filter-input', base('filter', 'input', 'filter', ['ct state new jump nodeport-endpoints-check', endpointsCheck])],
  ['filter-forward', base('filter', 'forward', 'filter', [endpointsCheck, clusterIPsCheck])],
  ['filter-output', base('filter', 'output', 'filter', [endpointsCheck, clusterIPsCheck])],
  ['nat-prerouting', base('nat', 'prerouting', 'dstnat', ['jump services'])],
  ['nat-output', base('nat', 'output', '-100', ['jump services'])],
  ['nat-postrouting', base('nat', 'postrouting', 'srcnat', ['jump masquerading'])],
];

/** Statement that asks for masquerading. */
export function markMasquerade({ config }: ProxyInput): string {
  return `meta mark set meta mark | ${markText(config.masqueradeBit)}`;
}

function masqueradeClusterIPs(input: ProxyInput): readonly string[] {
  const { config, family } = input;
  const start = `${ipWord(family)} daddr @cluster-ips`;
  const detector = localDetector(input);
  if (config.masqueradeAll) return [`${start} ${markMasquerade(input)} comment "masquerade all clusterIP traffic"`];
  if (detector === undefined) return [];
  const match = podMatch(detector, true, family);
  return [`${start} ${match} ${markMasquerade(input)} comment "masquerade clusterIP traffic from outside cluster"`];
}

function nodePortMatch(input: ProxyInput, localOnly: boolean): string {
  const ip = ipWord(input.family);
  if (!nodePortAddresses(input, 'primary').matchAll) return `${ip} daddr @nodeport-ips`;
  const notLoopback = `${ip} daddr != ${input.family === 'ipv4' ? '127.0.0.0/8' : '::1'}`;
  return localOnly ? `fib daddr type local ${notLoopback}` : notLoopback;
}

function clusterIPsCheckChain({ family, serviceCIDRs = [] }: ProxyInput): NftChain {
  const ip = ipWord(family);
  const reject = `${ip} daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"`;
  const cidrs = serviceCIDRs.filter((cidr) => familyOf(cidr) === family);
  if (cidrs.length === 0) return plain(reject);
  const range = cidrs.length === 1 ? cidrs[0] : `{ ${cidrs.join(', ')} }`;
  return plain(reject, `${ip} daddr ${range} drop comment "Drop traffic to unallocated ClusterIPs"`);
}

/** The chains that do not depend on Services, in the order in which kube-proxy makes them. */
export function frameChains(input: ProxyInput): readonly (readonly [string, NftChain])[] {
  const ip = ipWord(input.family);
  const mark = markText(input.config.masqueradeBit);
  const port = 'meta l4proto . th dport vmap';
  const rejectHelper = 'comment "helper for @no-endpoint-services / @no-endpoint-nodeports"';
  return [
    ['nodeport-endpoints-check', plain(`${nodePortMatch(input, false)} ${port} @no-endpoint-nodeports`)],
    ['service-endpoints-check', plain(`${ip} daddr . ${port} @no-endpoint-services`)],
    ['firewall-check', plain(`${ip} daddr . ${port} @firewall-ips`)],
    [
      'services',
      plain(
        ...masqueradeClusterIPs(input),
        `${ip} daddr . ${port} @service-ips`,
        `${nodePortMatch(input, true)} ${port} @service-nodeports`,
      ),
    ],
    [
      'masquerading',
      plain(
        `meta mark & ${mark} != 0x00000000 meta mark set meta mark ^ ${mark} masquerade fully-random`,
        `ct status dnat ${ip} saddr . ${ip} daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random`,
      ),
    ],
    ['cluster-ips-check', clusterIPsCheckChain(input)],
    ['reject-chain', { header: [rejectHelper], rules: ['reject'] }],
    ...baseChains,
  ];
}
