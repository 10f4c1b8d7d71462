import fc from 'fast-check';
import type { Manifest } from '../types.ts';
import type { Ground } from './ground.ts';

const usually = <T>(value: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(value), weight: 3 }, fc.constantFrom(...others));

function detectors({ release, bridge, dualStack }: Ground): fc.Arbitrary<object> {
  const cidr = dualStack ? '10.244.0.0/16,fd00:10:244::/56' : '10.244.0.0/16';
  const byCidr = usually({ clusterCIDR: cidr }, { clusterCIDR: '' }, { clusterCIDR: '10.244.0.0/23' }, {});
  if (release === '1.8') return byCidr;
  return fc.oneof(
    { arbitrary: byCidr, weight: 3 },
    fc.constantFrom(
      { detectLocalMode: 'NodeCIDR' },
      { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: bridge } },
      { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'br-other' } },
      { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: bridge.slice(0, 3) } },
      { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'veth' } },
    ),
  );
}

const nodePortAddresses = usually<readonly string[]>(
  [],
  ['primary'],
  ['192.168.56.0/24'],
  ['127.0.0.0/8'],
  ['127.0.0.0/8', '192.168.56.12/32'],
  ['10.244.0.0/16', '::/0'],
  ['10.0.0.0/8'],
  ['fd00:56::/64', '192.168.0.0/16'],
);

/** Configurations of kube-proxy that the ground's release can run with. */
export function proxyOn(ground: Ground): fc.Arbitrary<Manifest> {
  const old = ground.release === '1.36' ? {} : { primary: 'unknown' };
  const addresses =
    'primary' in old ? nodePortAddresses.filter((list) => !list.includes('primary')) : nodePortAddresses;
  return fc
    .record({
      mode: ground.release === '1.36' ? fc.constantFrom('iptables', 'nftables') : fc.constant('iptables'),
      detector: detectors(ground),
      nodePortAddresses: addresses,
      masqueradeAll: usually(false, true),
      masqueradeBit: usually(14, 0, 31),
      localhostNodePorts: usually(true, false),
      tcpBeLiberal: usually(false, true),
    })
    .map(({ mode, detector, masqueradeAll, masqueradeBit, localhostNodePorts, tcpBeLiberal, ...rest }) => ({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      metadata: { name: 'kube-proxy' },
      mode,
      ...detector,
      ...(rest.nodePortAddresses.length === 0 ? {} : rest),
      conntrack: { tcpBeLiberal },
      [mode]: {
        syncPeriod: '1h',
        masqueradeAll,
        masqueradeBit,
        ...(mode === 'iptables' ? { localhostNodePorts } : {}),
      },
    }));
}
