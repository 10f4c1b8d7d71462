import fc from 'fast-check';
import type { Manifest } from '../types.ts';
import type { Ground } from './ground.ts';

const usually = <T>(value: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(value), weight: 3 }, fc.constantFrom(...others));

function detectors({ release, bridge, dualStack }: Ground): fc.Arbitrary<object> {
  const cidr = dualStack ? '10.244.0.0/16,fd00:10:244::/56' : '10.244.0.0/16';
  const byCidr = usually({ clusterCIDR: cidr }, { clusterCIDR: '' }, { clusterCIDR: '10.244.0.0/23' }, {});
  if (release === '1.8') return byCidr;
  const byNode = fc.constant({ detectLocalMode: 'NodeCIDR' });
  if (release === '1.20') return fc.oneof({ arbitrary: byCidr, weight: 3 }, byNode);
  return fc.oneof(
    { arbitrary: byCidr, weight: 3 },
    byNode,
    fc.constantFrom(
      { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: bridge } },
      { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'br-other' } },
      { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: bridge.slice(0, 3) } },
      { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'veth' } },
    ),
  );
}

const nodePortAddresses = usually<readonly string[]>(
  [],
  ['192.168.56.0/24'],
  ['127.0.0.0/8'],
  ['127.0.0.0/8', '192.168.56.12/32'],
  ['10.244.0.0/16', '::/0'],
  ['10.0.0.0/8'],
  ['fd00:56::/64', '192.168.0.0/16'],
);

/** Modes of the proxy that the ground's release has. */
export function modeOn({ release }: Ground): fc.Arbitrary<'iptables' | 'nftables'> {
  return release === '1.36' ? fc.constantFrom('iptables', 'nftables') : fc.constant('iptables');
}

/** Configurations of kube-proxy in this mode that the ground's release can run with. */
export function proxyOn(ground: Ground, mode: 'iptables' | 'nftables'): fc.Arbitrary<Manifest> {
  const primary = fc.constant<readonly string[]>(['primary']);
  return fc
    .record({
      detector: detectors(ground),
      addresses: ground.release === '1.36' ? fc.oneof(nodePortAddresses, primary) : nodePortAddresses,
      masqueradeAll: usually(false, true),
      masqueradeBit: usually(14, 0, 31),
      localhostNodePorts: usually(true, false),
      tcpBeLiberal: usually(false, true),
    })
    .map(({ detector, addresses, masqueradeAll, masqueradeBit, localhostNodePorts, tcpBeLiberal }) => ({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      metadata: { name: 'kube-proxy' },
      mode,
      ...detector,
      ...(addresses.length === 0 ? {} : { nodePortAddresses: addresses }),
      conntrack: { tcpBeLiberal },
      [mode]: {
        syncPeriod: '1h',
        masqueradeAll,
        masqueradeBit,
        ...(mode === 'iptables' ? { localhostNodePorts } : {}),
      },
    }));
}
