import type { ExecTarget } from '../api/types.ts';
import { LabError } from '../errors.ts';
import { parseFrom } from '../model/target.ts';
import type { From } from '../model/types.ts';
import { clientNetns, fabricNetns, podNetns } from '../plan/names.ts';
import type { Lab } from './lab.ts';
import { makeTarget, podTarget } from './pod-target.ts';

/** Name of the network namespace that a connection from there is made in. Throws `not-found` for a Pod without one yet. */
export function netnsOf(lab: Lab, from: From): string {
  if (from.kind === 'node') return from.name;
  if (from.kind === 'client') return clientNetns(from.name);
  const pod = lab.store.get('Pod', from.namespace, from.name);
  if (pod?.status.podIP === undefined) {
    throw new LabError('not-found', `pod ${from.namespace}/${from.name} does not run yet`, {
      hint: 'See `svclab get pods`.',
    });
  }
  return podNetns(pod);
}

/**
 * How to enter a target: `node1`, `pod/web-0`, `pod/NAMESPACE/NAME`, `client/laptop`, `fabric`. A Pod's has the variables
 * of its first container, as `kubectl exec` gives them. Throws `not-found`.
 */
export function execTarget(lab: Lab, text: string): ExecTarget {
  if (text === fabricNetns) return makeTarget('fabric', fabricNetns, fabricNetns);
  const from = parseFrom(text, lab.view);
  const netns = netnsOf(lab, from);
  const pod = from.kind === 'pod' ? lab.store.get('Pod', from.namespace, from.name) : undefined;
  if (pod === undefined) return makeTarget(`${from.kind}/${from.name}`, netns, from.name);
  const target = podTarget(pod);
  return { ...target, env: { ...lab.kubelet.environment(pod), ...target.env } };
}
