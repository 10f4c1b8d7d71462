import { LabError } from '../errors.ts';
import { nearest } from '../kinds/nearest.ts';
import { offlineLab } from '../lab/offline.ts';
import { planOperations, planScript } from '../plan/script.ts';
import { toText } from '../plan/text.ts';
import { type ReadOptions, readManifests, withPlaces } from './manifests.ts';

/** What a lab comes to. */
export interface Plan {
  readonly script: string;
  /** The same, one change each, as `svclab plan -o json` prints it. */
  readonly steps: readonly { readonly netns: string; readonly op: string; readonly text: string }[];
}

/**
 * The kernel changes that make a lab of the objects in files, or those of one of its network namespaces. Throws the
 * faults of the manifests, and `not-found` when the lab would have no such namespace.
 */
export async function plan(
  files: readonly string[],
  options: ReadOptions & { readonly netns?: string },
): Promise<Plan> {
  const manifests = await readManifests(files, options);
  const objects = manifests.map(({ object }) => object);
  const { desired } = await withPlaces(manifests, () => offlineLab('default', objects));
  const { netns } = options;
  const names = desired.namespaces.map(({ name }) => name);
  if (netns !== undefined && !names.includes(netns)) {
    const near = nearest(netns, names);
    throw new LabError('not-found', `the lab would have no network namespace "${netns}"`, {
      hint: near === undefined ? `Namespaces: ${names.join(', ')}` : `Did you mean ${near}?`,
    });
  }
  const operations = planOperations(desired, netns);
  const steps = operations.map((operation) => ({ netns: operation.netns, op: operation.op, text: toText(operation) }));
  return { script: planScript(operations), steps };
}
