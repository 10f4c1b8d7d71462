import type { EndpointInfo } from '../endpoints.ts';
import type { ServicePortInfo } from '../service-ports.ts';
import type { ServiceChains } from './chains.ts';
import { probability } from './probability.ts';
import { source } from './rule.ts';

/** The comment match of an endpoint's rule in a chain that balances, or nothing. */
export type EndpointComment = (endpoint: EndpointInfo, at: number) => string;

/** Values of xt_recent for "the whole source address". */
const wholeAddress = {
  ipv4: '--mask 255.255.255.255 --rsource',
  ipv6: '--mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource',
} as const;

function familyOfEndpoint(endpoint: EndpointInfo): 'ipv4' | 'ipv6' {
  return endpoint.text.startsWith('[') ? 'ipv6' : 'ipv4';
}

/** Rules that send a client back to the endpoint that it had within the affinity time-out. */
export function affinityRules(
  endpoints: readonly EndpointInfo[],
  info: ServicePortInfo,
  chains: ServiceChains,
  commentOf: EndpointComment,
): string[] {
  const seconds = info.affinitySeconds;
  if (seconds === undefined) return [];
  return endpoints.map((endpoint, at) => {
    const chain = chains.endpoint(endpoint.text);
    const recent = `-m recent --rcheck --seconds ${seconds} --reap --name ${chain} ${wholeAddress[familyOfEndpoint(endpoint)]}`;
    return `${commentOf(endpoint, at)}${recent} -j ${chain}`;
  });
}

/** Rules that choose one of the endpoints at random, each as likely as the others. */
export function balancingRules(
  endpoints: readonly EndpointInfo[],
  chains: ServiceChains,
  digits: 5 | 10,
  commentOf: EndpointComment,
): string[] {
  const last = endpoints.length - 1;
  return endpoints.map((endpoint, at) => {
    const chance =
      at === last ? '' : `-m statistic --mode random --probability ${probability(endpoints.length - at, digits)} `;
    return [commentOf(endpoint, at), chance, '-j ', chains.endpoint(endpoint.text)].join('');
  });
}

/** The chain of one endpoint: a mark for a Pod that reaches itself, the affinity entry, and the DNAT; `text` is the comment match. */
export function endpointRules(
  endpoint: EndpointInfo,
  info: ServicePortInfo,
  chains: ServiceChains,
  text: string,
): string[] {
  const { protocol, affinitySeconds } = info;
  const remember =
    affinitySeconds === undefined
      ? ''
      : `-m recent --set --name ${chains.endpoint(endpoint.text)} ${wholeAddress[familyOfEndpoint(endpoint)]} `;
  return [
    [source(endpoint.ip), text, '-j KUBE-MARK-MASQ'].join(''),
    ['-p ', protocol, ' ', text, remember, '-m ', protocol, ' -j DNAT --to-destination ', endpoint.text].join(''),
  ];
}
