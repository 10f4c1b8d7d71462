import { at } from '../path.ts';
import type { Container, Resources } from '../types/container.ts';
import type { IntOrString } from '../types/values.ts';
import { duplicate, type Invalid, invalid, required } from './invalid.ts';

const amount = /^[+-]?(\d+|\d+\.\d*|\.\d+)([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?$/;

function* checkAmount(field: string, value: IntOrString): Generator<Invalid> {
  const text = String(value);
  if (!amount.test(text)) yield invalid(field, value, 'must be an amount', 'Write it like 500m, 0.5, 64Mi or 1Gi.');
  else if (text.startsWith('-')) yield invalid(field, value, 'must be greater than or equal to 0');
}

function* checkAmounts(field: string, amounts: Resources | undefined): Generator<Invalid> {
  for (const [name, value] of Object.entries(amounts ?? {})) yield* checkAmount(at(field, name), value);
}

/** Requests and limits of a container. */
export function* checkResources(field: string, { resources }: Container): Generator<Invalid> {
  yield* checkAmounts(`${field}.resources.limits`, resources?.limits);
  yield* checkAmounts(`${field}.resources.requests`, resources?.requests);
}

/** Mounts of a container: each of a volume of the Pod, no two at one path. */
export function* checkMounts(field: string, container: Container, volumes: ReadonlySet<string>): Generator<Invalid> {
  const paths = new Set<string>();
  for (const [index, { name = '', mountPath = '' }] of (container.volumeMounts ?? []).entries()) {
    const here = at(`${field}.volumeMounts`, index);
    if (name === '') yield required(`${here}.name`);
    else if (!volumes.has(name)) {
      const hint = `Add a volume with that name to spec.volumes.`;
      yield { field: `${here}.name`, message: `Not found: ${JSON.stringify(name)}`, hint };
    }
    if (mountPath === '') yield required(`${here}.mountPath`);
    else if (paths.has(mountPath)) yield duplicate(`${here}.mountPath`, mountPath);
    paths.add(mountPath);
  }
}

/** Names of a Pod's volumes. */
export function* checkVolumes(field: string, volumes: readonly { readonly name: string }[]): Generator<Invalid> {
  const names = new Set<string>();
  for (const [index, { name = '' }] of volumes.entries()) {
    if (name === '') yield required(`${at(field, index)}.name`);
    else if (names.has(name)) yield duplicate(`${at(field, index)}.name`, name);
    names.add(name);
  }
}
