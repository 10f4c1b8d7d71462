import fc from 'fast-check';
import type { Change, Manifest, Story } from '../types.ts';
import type { Ground } from './ground.ts';
import { apps, podNames, podOn } from './pods.ts';
import { modeOn, proxyOn } from './proxy.ts';
import { serviceNames, serviceOn } from './services.ts';
import { sliceOn } from './slices.ts';

const nameOf = ({ metadata }: Manifest) => metadata.name;

/** What the changes of a story start from. */
interface Beginning {
  readonly mode: 'iptables' | 'nftables';
  readonly pods: readonly Manifest[];
}

function relabelled(pod: Manifest, app: string): Manifest {
  return { ...pod, metadata: { ...pod.metadata, labels: { app } } };
}

function change(ground: Ground, { mode, pods }: Beginning): fc.Arbitrary<Change> {
  const pod = fc.constantFrom(...podNames).map((name) => `pod/${name}`);
  const apply = (object: fc.Arbitrary<Manifest>) => object.map((one): Change => ({ apply: [one] }));
  const known = pods.length === 0 ? podOn(ground) : fc.constantFrom(...pods);
  return fc.oneof(
    { arbitrary: pod.map((name): Change => ({ delete: name })), weight: 3 },
    { arbitrary: apply(serviceOn(ground)), weight: 3 },
    { arbitrary: apply(podOn(ground)), weight: 2 },
    apply(fc.tuple(known, fc.constantFrom(...apps)).map(([one, app]) => relabelled(one, app))),
    pod.map((name): Change => ({ delete: name, gracePeriodSeconds: 0 })),
    fc.constantFrom(...serviceNames).map((name): Change => ({ delete: `service/${name}` })),
    apply(sliceOn(ground)),
    apply(proxyOn(ground, mode)),
  );
}

/** Pods at the beginning, at most: changes then find names that are free. */
const podsAtMost = 4;

/**
 * Clusters on a ground, and what changes in them. A proxy keeps its mode, so that a story can be told of each mode by
 * itself. Some of what is asked for may be refused: see `playable`.
 */
export function storyOn(ground: Ground, changesAtMost: number): fc.Arbitrary<Story> {
  const pods = fc.uniqueArray(podOn(ground), { maxLength: podsAtMost, selector: nameOf });
  return fc.record({ mode: modeOn(ground), pods }).chain((beginning) =>
    fc
      .record({
        proxy: proxyOn(ground, beginning.mode),
        services: fc.uniqueArray(serviceOn(ground), { minLength: 1, maxLength: 3, selector: nameOf }),
        slices: fc.oneof(
          { arbitrary: fc.constant([]), weight: 2 },
          fc.uniqueArray(sliceOn(ground), { minLength: 1, maxLength: 2, selector: nameOf }),
        ),
        changes: fc.array(change(ground, beginning), { maxLength: changesAtMost }),
      })
      .map(({ proxy, services, slices, changes }) => ({
        ground: ground.manifests,
        objects: [proxy, ...beginning.pods, ...services, ...slices],
        changes,
      })),
  );
}
