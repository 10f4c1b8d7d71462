import type { NodeView } from '../../../src/cluster/view.ts';
import type { EndpointSlice } from '../../../src/kinds/types/endpointslice.ts';
import type { Pod } from '../../../src/kinds/types/pod.ts';
import { cidrContains, type IP, tryParseIP } from '../../../src/net/address.ts';

interface Server {
  readonly ip: IP;
  readonly node: NodeView;
  readonly hostNetwork: boolean;
  readonly ports: Map<string, { readonly containerPort: number; readonly protocol: 'TCP' | 'UDP' | 'SCTP' }>;
}

/** Name of the Pod of each node that only asks. */
export function askerOf({ name }: NodeView): string {
  return `asker-${name}`;
}

function placeOf(
  nodes: readonly NodeView[],
  ip: IP,
): { readonly node: NodeView; readonly hostNetwork: boolean } | undefined {
  for (const node of nodes) {
    if (ip === node.ip || ip === node.ipv6) return { node, hostNetwork: true };
    if (node.podCIDRs.some((cidr) => cidrContains(cidr, ip))) return { node, hostNetwork: false };
  }
  return undefined;
}

function serversOf(nodes: readonly NodeView[], slices: readonly EndpointSlice[]): readonly Server[] {
  const servers = new Map<IP, Server>();
  for (const { endpoints, ports = [] } of slices) {
    for (const ip of endpoints.flatMap(({ addresses }) => addresses.flatMap((text) => tryParseIP(text) ?? []))) {
      const place = placeOf(nodes, ip);
      if (place === undefined) continue;
      const server = servers.get(ip) ?? { ip, ...place, ports: new Map() };
      for (const { port = 0, protocol = 'TCP' } of ports) {
        if (port > 0) server.ports.set(`${protocol} ${port}`, { containerPort: port, protocol });
      }
      servers.set(ip, server);
    }
  }
  return [...servers.values()];
}

function podOf(name: string, node: NodeView, ips: readonly IP[], more: Partial<Pod['spec']>): Pod {
  const [podIP] = ips;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: {}, uid: name },
    spec: {
      containers: [],
      nodeName: node.name,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      ...more,
    },
    status: { phase: 'Running', ...(podIP === undefined ? {} : { podIP }), podIPs: ips.map((ip) => ({ ip })) },
  };
}

/** Pods that listen where endpoints are, and one on each node that only asks, at the hosts .200 of its leases. */
export function podsOf(nodes: readonly NodeView[], slices: readonly EndpointSlice[]): readonly Pod[] {
  const servers = serversOf(nodes, slices).map(({ ip, node, hostNetwork, ports }, at) => {
    const container = { name: 'main', image: 'example/app', ports: [...ports.values()] };
    return podOf(`server-${at}`, node, [ip], { containers: [container], ...(hostNetwork ? { hostNetwork } : {}) });
  });
  const askers = nodes.map((node) => {
    const ips = node.podCIDRs.flatMap(
      (cidr) => tryParseIP(cidr.replace(/\.0\/\d+$/, '.200').replace(/::\/\d+$/, '::200')) ?? [],
    );
    return podOf(askerOf(node), node, ips, { containers: [{ name: 'main', image: 'busybox' }] });
  });
  return [...servers, ...askers];
}
