import fc from 'fast-check';
import type { Manifest } from '../types.ts';
import type { Ground } from './ground.ts';

/** Names of Pods; few, so that changes meet them. */
export const podNames = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'] as const;
/** Values of the label `app` that Services select. */
export const apps = ['a', 'b', 'c'] as const;

/** A condition that nobody ever sets: a Pod with this gate runs and serves, and is never ready. */
const neverReady = [{ conditionType: 'hunt.svclab.dev/never' }];

interface PodChance {
  readonly at: number;
  readonly node: string;
  readonly app: string;
  readonly ready: boolean;
  readonly hostNetwork: boolean;
  readonly silent: readonly string[];
}

/** Ports of the Pod: those of the node's own network have to be different for every Pod. */
function portsOf({ at, hostNetwork, silent }: PodChance): readonly object[] {
  const number = (port: number) => (hostNetwork ? 9000 + 10 * at + (port % 10) : port);
  return [
    { name: 'web', containerPort: number(8081), protocol: 'TCP' },
    { name: 'other', containerPort: number(8082), protocol: 'TCP' },
    { name: 'dns', containerPort: number(5353), protocol: 'UDP' },
  ].filter(({ name }) => !silent.includes(name));
}

function podOf(chance: PodChance): Manifest {
  const { at, node, app, ready, hostNetwork } = chance;
  const lifecycle = { preStop: { sleep: { seconds: 3600 } } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: podNames[at] ?? 'p0', labels: { app } },
    spec: {
      nodeName: node,
      ...(hostNetwork ? { hostNetwork } : {}),
      ...(ready ? {} : { readinessGates: neverReady }),
      terminationGracePeriodSeconds: 3600,
      containers: [{ name: 'server', image: 'server', ports: portsOf(chance), lifecycle }],
    },
  };
}

const rarely = fc.oneof({ arbitrary: fc.constant(false), weight: 6 }, fc.constant(true));

/** Pods on the ground's nodes: ready or not, in the Pod network or the node's, with all their ports or not. */
export function podOn({ nodes }: Ground): fc.Arbitrary<Manifest> {
  return fc
    .record({
      at: fc.nat(podNames.length - 1),
      node: fc.constantFrom(...nodes),
      app: fc.constantFrom(...apps),
      ready: rarely.map((not) => !not),
      hostNetwork: rarely,
      silent: fc.oneof({ arbitrary: fc.constant([]), weight: 5 }, fc.subarray(['web', 'other', 'dns'])),
    })
    .map(podOf);
}
