import { cidrContains, type IP } from '../../net/address.ts';
import type { EndpointInfo, SelectedEndpoints } from '../endpoints.ts';
import type { ServicePortInfo } from '../service-ports.ts';
import { affinityRules, balancingRules, type EndpointComment, endpointRules } from './balance.ts';
import { type ServiceChains, serviceChains } from './chains.ts';
import type { RuleContext } from './context.ts';
import { comment, destinationPort, podOrigin, rejectTarget, source, toAddress } from './rule.ts';
import { addShared, type ServiceRules, type ServiceRulesDraft } from './service-rules.ts';

/** Where the releases with KUBE-XLB chains differ among themselves. */
export interface ClassicForm {
  /** externalTrafficPolicy Local also keeps the client's address of connections to externalIPs (by 1.20). */
  readonly externalIPsKeepSource: boolean;
  /** Shared chain that refuses connections to a load balancer's address without endpoints. */
  readonly refusesVIPsIn: 'filterServices' | 'filterExternal';
}

/** One Service port on its way to rules. */
interface Port {
  readonly info: ServicePortInfo;
  readonly chains: ServiceChains;
  readonly endpoints: readonly EndpointInfo[];
  readonly context: RuleContext;
  readonly form: ClassicForm;
  readonly draft: ServiceRulesDraft;
}

function refuse({ chains, context }: Port): { readonly text: string; readonly target: string } {
  return { text: `${chains.id} has no endpoints`, target: rejectTarget(context.family) };
}

function clusterIPRules(port: Port): void {
  const { info, chains, context, draft } = port;
  const to = { ip: info.clusterIP, port: info.port, protocol: info.protocol };
  if (port.endpoints.length === 0) {
    const { text, target } = refuse(port);
    addShared(draft, 'filterServices', toAddress(to, text, target));
    return;
  }
  const text = `${chains.id} cluster IP`;
  if (context.masqueradeAll) {
    addShared(draft, 'natServices', toAddress(to, text, 'KUBE-MARK-MASQ'));
  } else if (context.detector !== undefined) {
    const origin = podOrigin(context.detector, true);
    addShared(draft, 'natServices', toAddress(to, text, 'KUBE-MARK-MASQ', { origin }));
  }
  addShared(draft, 'natServices', toAddress(to, text, chains.cluster));
}

function externalIPRules(port: Port): void {
  const { info, chains, draft, form } = port;
  const local = info.externalPolicyLocal && form.externalIPsKeepSource;
  const target = local ? chains.local : chains.cluster;
  const text = `${chains.id} external IP`;
  for (const ip of info.externalIPs) {
    const to = { ip, port: info.port, protocol: info.protocol };
    if (port.endpoints.length === 0) {
      const none = refuse(port);
      addShared(draft, 'filterExternal', toAddress(to, none.text, none.target));
      continue;
    }
    if (!local) addShared(draft, 'natServices', toAddress(to, text, 'KUBE-MARK-MASQ'));
    const offMachine = '-m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL ';
    addShared(
      draft,
      'natServices',
      toAddress(to, text, target, { matches: offMachine }),
      toAddress(to, text, target, { matches: '-m addrtype --dst-type LOCAL ' }),
    );
  }
}

/** What one load balancer address adds to the chain KUBE-FW. */
function firewallRules({ info, chains, context }: Port, vip: IP): string[] {
  const text = comment(`${chains.id} loadbalancer IP`);
  const target = info.externalPolicyLocal ? chains.local : chains.cluster;
  const masquerade = info.externalPolicyLocal ? [] : [`${text}-j KUBE-MARK-MASQ`];
  const { nodeIP } = context;
  const admitsNode = nodeIP !== undefined && info.sourceRanges.some((range) => cidrContains(range, nodeIP));
  const sources = [...info.sourceRanges, ...(admitsNode ? [vip] : [])];
  const admitted =
    sources.length === 0 ? [`${text}-j ${target}`] : sources.map((address) => `${source(address)}${text}-j ${target}`);
  return [...masquerade, ...admitted, `${text}-j KUBE-MARK-DROP`];
}

function loadBalancerRules(port: Port): void {
  const { info, chains, draft, form } = port;
  const firewall: string[] = [];
  for (const ip of info.loadBalancerVIPs) {
    const to = { ip, port: info.port, protocol: info.protocol };
    if (port.endpoints.length === 0) {
      const { text, target } = refuse(port);
      addShared(draft, form.refusesVIPsIn, toAddress(to, text, target));
      continue;
    }
    addShared(draft, 'natServices', toAddress(to, `${chains.id} loadbalancer IP`, chains.firewall));
    firewall.push(...firewallRules(port, ip));
  }
  if (firewall.length > 0) draft.chains.push([chains.firewall, firewall]);
}

function nodePortRules(port: Port): void {
  const { info, chains, context, draft } = port;
  if (info.nodePort === 0 || !context.takesNodePorts) return;
  const match = destinationPort(info.protocol, info.nodePort);
  if (port.endpoints.length === 0) {
    const { text, target } = refuse(port);
    const local = '-m addrtype --dst-type LOCAL ';
    addShared(draft, 'filterExternal', `-p ${info.protocol} ${comment(text)}${local}${match}-j ${target}`);
    return;
  }
  const rule = `-p ${info.protocol} ${comment(chains.id)}${match}-j `;
  const loopback = context.family === 'ipv4' ? '-s 127.0.0.0/8 ' : '-s ::1/128 ';
  addShared(
    draft,
    'natNodePorts',
    `${info.externalPolicyLocal ? loopback : ''}${rule}KUBE-MARK-MASQ`,
    `${rule}${info.externalPolicyLocal ? chains.local : chains.cluster}`,
  );
}

/** Chain KUBE-XLB: Pods and the node take any endpoint, all others one of this node. */
function localRules({ info, chains, endpoints, context }: Port): string[] {
  const { detector, era } = context;
  const text = 'Redirect pods trying to reach external loadbalancer VIP to clusterIP';
  const pods = detector === undefined ? undefined : podOrigin(detector, false);
  const fromNode = '-m addrtype --src-type LOCAL ';
  const local = endpoints.filter(({ isLocal }) => isLocal);
  const own: EndpointComment = () => comment(chains.id);
  const numbered: EndpointComment = (_, at) => comment(`Balancing rule ${at} for ${chains.id}`);
  return [
    ...(pods === undefined ? [] : [`${pods.source}${pods.input}${comment(text)}-j ${chains.cluster}`]),
    `${comment(`masquerade LOCAL traffic for ${chains.id} LB IP`)}${fromNode}-j KUBE-MARK-MASQ`,
    `${comment(`route LOCAL traffic for ${chains.id} LB IP to service chain`)}${fromNode}-j ${chains.cluster}`,
    ...(local.length === 0 ? [`${comment(`${chains.id} has no local endpoints`)}-j KUBE-MARK-DROP`] : []),
    ...affinityRules(local, info, chains, own),
    ...balancingRules(local, chains, era.probabilityDigits, numbered),
  ];
}

function endpointChains(port: Port): void {
  const { info, chains, endpoints, context, draft } = port;
  const own = context.endpointComments ? comment(chains.id) : '';
  draft.chains.push([
    chains.cluster,
    [
      ...affinityRules(endpoints, info, chains, () => own),
      ...balancingRules(endpoints, chains, context.era.probabilityDigits, () => own),
    ],
  ]);
  for (const endpoint of endpoints) {
    draft.chains.push([chains.endpoint(endpoint.text), endpointRules(endpoint, info, chains, own)]);
  }
}

/** Writes the rules of a Service port as kube-proxy up to 1.23 did: KUBE-SVC, -XLB, -FW and -SEP chains. */
export function classicServiceRules(form: ClassicForm) {
  return (info: ServicePortInfo, { cluster }: SelectedEndpoints, context: RuleContext): ServiceRules => {
    const draft: ServiceRulesDraft = { shared: {}, chains: [] };
    const port: Port = { info, endpoints: cluster, context, form, draft, chains: serviceChains(info, context.era) };
    clusterIPRules(port);
    externalIPRules(port);
    loadBalancerRules(port);
    nodePortRules(port);
    if (cluster.length > 0) endpointChains(port);
    if (info.externalPolicyLocal) {
      draft.chains.push([port.chains.local, cluster.length > 0 ? localRules(port) : []]);
    }
    return draft;
  };
}
