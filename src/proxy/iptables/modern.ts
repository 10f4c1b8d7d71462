import { cidrContains } from '../../net/address.ts';
import { hasEndpointsFor, type SelectedEndpoints } from '../endpoints.ts';
import {
  isExternallyAccessible,
  type ServicePortInfo,
  usesClusterEndpoints,
  usesLocalEndpoints,
} from '../service-ports.ts';
import { affinityRules, balancingRules, type EndpointComment, endpointRules } from './balance.ts';
import { type ServiceChains, serviceChains } from './chains.ts';
import type { RuleContext } from './context.ts';
import { comment, destinationPort, podOrigin, rejectTarget, source, toAddress } from './rule.ts';
import { addShared, type ServiceRules, type ServiceRulesDraft } from './service-rules.ts';

/** One Service port on its way to rules. */
interface Port {
  readonly info: ServicePortInfo;
  readonly chains: ServiceChains;
  readonly endpoints: SelectedEndpoints;
  readonly context: RuleContext;
  readonly draft: ServiceRulesDraft;
}

/** What happens to a connection that has no endpoint to go to (KEP-1669, KEP-2086): refused, or dropped when others have one. */
function verdict({ chains, endpoints, context }: Port): { readonly text: string; readonly target: string } {
  if (endpoints.hasAny) return { text: `${chains.id} has no local endpoints`, target: 'DROP' };
  return { text: `${chains.id} has no endpoints`, target: rejectTarget(context.family) };
}

function clusterIPRules(port: Port): void {
  const { info, chains, draft } = port;
  const to = { ip: info.clusterIP, port: info.port, protocol: info.protocol };
  if (hasEndpointsFor(info, port.endpoints, 'internal')) {
    const target = info.internalPolicyLocal ? chains.local : chains.cluster;
    addShared(draft, 'natServices', toAddress(to, `${chains.id} cluster IP`, target));
  } else {
    const { text, target } = verdict(port);
    addShared(draft, 'filterServices', toAddress(to, text, target));
  }
}

function externalIPRules(port: Port): void {
  const { info, chains, draft } = port;
  for (const ip of info.externalIPs) {
    const to = { ip, port: info.port, protocol: info.protocol };
    if (port.endpoints.hasAny) {
      addShared(draft, 'natServices', toAddress(to, `${chains.id} external IP`, chains.external));
    }
    if (!hasEndpointsFor(info, port.endpoints, 'external')) {
      const { text, target } = verdict(port);
      addShared(draft, 'filterExternal', toAddress(to, text, target));
    }
  }
}

function usesFirewall({ info, endpoints }: Port): boolean {
  return endpoints.hasAny && info.loadBalancerVIPs.length > 0 && info.sourceRanges.length > 0;
}

function loadBalancerRules(port: Port): void {
  const { info, chains, draft, endpoints } = port;
  const firewall = usesFirewall(port);
  const open = hasEndpointsFor(info, port.endpoints, 'external');
  for (const ip of info.loadBalancerVIPs) {
    const to = { ip, port: info.port, protocol: info.protocol };
    if (endpoints.hasAny) {
      const target = firewall ? chains.firewall : chains.external;
      addShared(draft, 'natServices', toAddress(to, `${chains.id} loadbalancer IP`, target));
    }
    if (firewall) {
      const text = `${chains.id} traffic not accepted by ${chains.firewall}`;
      addShared(draft, 'filterFirewall', toAddress(to, text, 'DROP'));
    }
    if (!open) {
      const { text, target } = verdict(port);
      addShared(draft, 'filterExternal', toAddress(to, text, target));
    }
  }
}

function nodePortRules(port: Port): void {
  const { info, chains, draft, endpoints } = port;
  if (info.nodePort === 0) return;
  const match = destinationPort(info.protocol, info.nodePort);
  if (endpoints.hasAny) {
    addShared(draft, 'natNodePorts', `-p ${info.protocol} ${comment(chains.id)}${match}-j ${chains.external}`);
  }
  if (!hasEndpointsFor(info, port.endpoints, 'external')) {
    const { text, target } = verdict(port);
    const local = '-m addrtype --dst-type LOCAL ';
    addShared(draft, 'filterExternal', `-p ${info.protocol} ${comment(text)}${local}${match}-j ${target}`);
  }
}

function healthCheckRules({ info, chains, draft }: Port): void {
  if (info.healthCheckNodePort === 0) return;
  const text = comment(`${chains.id} health check node port`);
  addShared(draft, 'filterNodePorts', `-p tcp ${text}${destinationPort('tcp', info.healthCheckNodePort)}-j ACCEPT`);
}

/** Marks traffic to the cluster IP that does not come from a Pod, for masquerading. */
function masqueradeRules({ info, chains, context }: Port): string[] {
  const { detector, masqueradeAll } = context;
  if (!masqueradeAll && detector === undefined) return [];
  const to = { ip: info.clusterIP, port: info.port, protocol: info.protocol };
  const origin = masqueradeAll || detector === undefined ? {} : { origin: podOrigin(detector, true) };
  return [toAddress(to, `${chains.id} cluster IP`, 'KUBE-MARK-MASQ', origin)];
}

/** Chain KUBE-EXT: whether the client's address is kept, and the short cut for Pods and the node itself. */
function externalRules(port: Port): string[] {
  const { info, chains, context } = port;
  const target = info.externalPolicyLocal ? chains.local : chains.cluster;
  const last = hasEndpointsFor(info, port.endpoints, 'external') ? [`-j ${target}`] : [];
  const where = `for ${chains.id} external destinations`;
  if (!info.externalPolicyLocal) {
    return [`${comment(`masquerade traffic ${where}`)}-j KUBE-MARK-MASQ`, ...last];
  }
  const fromNode = '-m addrtype --src-type LOCAL ';
  const pods = context.detector === undefined ? undefined : podOrigin(context.detector, false);
  const fromPods =
    pods === undefined ? [] : [`${pods.source}${pods.input}${comment(`pod traffic ${where}`)}-j ${chains.cluster}`];
  return [
    ...fromPods,
    `${comment(`masquerade LOCAL traffic ${where}`)}${fromNode}-j KUBE-MARK-MASQ`,
    `${comment(`route LOCAL traffic ${where}`)}${fromNode}-j ${chains.cluster}`,
    ...last,
  ];
}

/** Chain KUBE-FW: who may use the load balancer's address. */
function firewallRules({ info, chains, context }: Port): string[] {
  const text = comment(`${chains.id} loadbalancer IP`);
  const { nodeIP } = context;
  const admitsNode = nodeIP !== undefined && info.sourceRanges.some((range) => cidrContains(range, nodeIP));
  const sources = [...info.sourceRanges, ...(admitsNode ? info.loadBalancerVIPs : [])];
  return [
    ...sources.map((address) => `${source(address)}${text}-j ${chains.external}`),
    comment(`other traffic to ${chains.id} will be dropped by KUBE-PROXY-FIREWALL`).trimEnd(),
  ];
}

function balanceChains(port: Port): void {
  const { info, chains, endpoints, context, draft } = port;
  const text: EndpointComment = (endpoint) =>
    context.endpointComments ? comment(`${chains.id} -> ${endpoint.text}`) : '';
  const balanced = (list: SelectedEndpoints['cluster']): string[] => [
    ...affinityRules(list, info, chains, text),
    ...balancingRules(list, chains, context.era.probabilityDigits, text),
  ];
  const masquerade = hasEndpointsFor(info, port.endpoints, 'internal') ? masqueradeRules(port) : [];
  if (usesClusterEndpoints(info) && endpoints.cluster.length > 0) {
    const first = info.internalPolicyLocal ? [] : masquerade;
    draft.chains.push([chains.cluster, [...first, ...balanced(endpoints.cluster)]]);
  }
  if (usesLocalEndpoints(info) && endpoints.local.length > 0) {
    const first = info.internalPolicyLocal ? masquerade : [];
    draft.chains.push([chains.local, [...first, ...balanced(endpoints.local)]]);
  }
  const own = context.endpointComments ? comment(chains.id) : '';
  for (const endpoint of endpoints.reachable) {
    draft.chains.push([chains.endpoint(endpoint.text), endpointRules(endpoint, info, chains, own)]);
  }
}

/** The rules of one Service port as kube-proxy 1.26 and later write them: KUBE-SVC, -SVL, -EXT, -FW and -SEP chains. */
export function modernServiceRules(
  info: ServicePortInfo,
  endpoints: SelectedEndpoints,
  context: RuleContext,
): ServiceRules {
  const draft: ServiceRulesDraft = { shared: {}, chains: [] };
  const port: Port = { info, endpoints, context, draft, chains: serviceChains(info, context.era) };
  clusterIPRules(port);
  externalIPRules(port);
  loadBalancerRules(port);
  nodePortRules(port);
  healthCheckRules(port);
  if (endpoints.hasAny && isExternallyAccessible(info)) draft.chains.push([port.chains.external, externalRules(port)]);
  if (usesFirewall(port)) draft.chains.push([port.chains.firewall, firewallRules(port)]);
  balanceChains(port);
  return draft;
}
