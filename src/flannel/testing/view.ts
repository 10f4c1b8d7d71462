import type { ClusterView, FlannelConfig, NodeView } from '../../cluster/view.ts';

/** A cluster of these nodes that has nothing but its network. `mtu` is that of the underlay. */
export function networkView(
  flannel: FlannelConfig,
  nodes: readonly NodeView[],
  { bridge = 'cni0', mtu = 1500 } = {},
): ClusterView {
  return {
    lab: {
      nodes: [],
      underlay: { cidr: '192.168.56.0/24', mtu },
      serviceClusterIPRange: '10.96.0.0/12',
      serviceNodePortRange: '30000-32767',
      clients: [],
      externalIPs: [],
      kubernetesRelease: '1.36',
      bridge,
      dns: false,
    },
    flannel,
    proxy: { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' },
    nodes,
    pods: [],
    services: [],
    slices: [],
  };
}
