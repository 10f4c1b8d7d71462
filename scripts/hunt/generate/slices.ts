import fc from 'fast-check';
import { serviceNameLabel } from '../../../src/kinds/types/endpointslice.ts';
import type { Manifest } from '../types.ts';
import type { Ground } from './ground.ts';
import { serviceNames } from './services.ts';

/** Names of EndpointSlices that people wrote. */
const sliceNames = ['e0', 'e1'] as const;

/** Addresses of Pods that may be there, of nodes, of a host outside, of nobody. */
const addresses = {
  IPv4: [
    '10.244.1.2',
    '10.244.1.3',
    '10.244.2.2',
    '10.244.3.2',
    '192.168.56.11',
    '192.168.56.12',
    '203.0.113.10',
    '10.244.1.1',
    '192.168.56.99',
  ],
  IPv6: ['fd00:10:244:1::2', 'fd00:10:244:2::2', 'fd00:10:244:3::2', 'fd00:56::b', '2001:db8:113::10'],
} as const;

const portOf = {
  web: { name: 'web', protocol: 'TCP', port: 8081 },
  other: { name: 'other', protocol: 'TCP', port: 9001 },
  dns: { name: 'dns', protocol: 'UDP', port: 5353 },
  sctp: { name: 'sctp', protocol: 'SCTP', port: 8083 },
  unnamed: { port: 8081 },
  unnamedDns: { protocol: 'UDP', port: 5353 },
} as const;

type PortKey = keyof typeof portOf;

const portKeys = fc.oneof(
  { arbitrary: fc.subarray<PortKey>(['web', 'other', 'dns', 'sctp'], { minLength: 1 }), weight: 3 },
  fc.constantFrom<PortKey>('unnamed', 'unnamedDns').map((key) => [key]),
);

const usually = fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, fc.constant(false));

const conditions = fc.oneof(
  { arbitrary: fc.record({ ready: usually }), weight: 2 },
  fc.record({ ready: fc.constant(false), serving: usually, terminating: fc.constant(true) }),
);

const zones = fc.subarray([{ name: 'za' }, { name: 'zb' }], { minLength: 1 });

function hintsOn({ nodes }: Ground) {
  return fc.oneof(
    { arbitrary: fc.constant({}), weight: 2 },
    zones.map((forZones) => ({ hints: { forZones } })),
    fc
      .record({
        forZones: zones,
        forNodes: fc.subarray(
          nodes.map((name) => ({ name })),
          { minLength: 1 },
        ),
      })
      .map((hints) => ({ hints })),
  );
}

/** EndpointSlices that people wrote, for Services with a selector or without, with conditions and hints of all kinds. */
export function sliceOn(ground: Ground): fc.Arbitrary<Manifest> {
  const addressType = ground.dualStack
    ? fc.constantFrom('IPv4' as const, 'IPv6' as const)
    : fc.constant('IPv4' as const);
  return addressType.chain((family) => {
    const endpoint = fc
      .record({
        address: fc.constantFrom(...addresses[family]),
        conditions,
        nodeName: fc.option(fc.constantFrom(...ground.nodes), { nil: undefined }),
        hints: ground.release === '1.36' ? hintsOn(ground) : fc.constant({}),
      })
      .map(({ address, nodeName, hints, ...rest }) => ({
        addresses: [address],
        ...rest,
        ...(nodeName === undefined ? {} : { nodeName }),
        ...hints,
      }));
    return fc
      .record({
        name: fc.constantFrom(...sliceNames),
        service: fc.constantFrom(...serviceNames),
        ports: portKeys,
        endpoints: fc.array(endpoint, { maxLength: 3 }),
      })
      .map(({ name, service, ports, endpoints }) => ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-${family.toLowerCase()}`, labels: { [serviceNameLabel]: service } },
        addressType: family,
        ports: ports.map((key) => portOf[key]),
        endpoints,
      }));
  });
}
