import { parseAllDocuments } from 'yaml';
import type { Setting } from '../../src/scenario/types.ts';
import type { Change, Manifest, Story } from './types.ts';

interface Only {
  readonly modes?: readonly string[];
  readonly releases?: readonly string[];
}

/** A step of a scenario, as far as it changes the cluster. */
interface Step {
  readonly apply?: readonly Manifest[];
  readonly delete?: string | { readonly objects: string; readonly gracePeriodSeconds?: number };
}

/** A case of scenarios/found. */
interface FoundCase {
  readonly only: Only;
  /** Its story with the proxy of a setting. */
  readonly story: (setting: Setting) => Story;
}

function changesOf(step: Step): readonly Change[] {
  if (step.apply !== undefined) return [{ apply: step.apply }];
  if (step.delete === undefined) return [];
  if (typeof step.delete === 'string') return [{ delete: step.delete }];
  const { objects, gracePeriodSeconds } = step.delete;
  return [gracePeriodSeconds === undefined ? { delete: objects } : { delete: objects, gracePeriodSeconds }];
}

function specOf({ spec }: Manifest): Readonly<Record<string, unknown>> {
  return typeof spec === 'object' && spec !== null ? { ...spec } : {};
}

const proxy: Manifest = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  metadata: { name: 'kube-proxy' },
  clusterCIDR: '10.244.0.0/16',
};

function inSetting(manifest: Manifest, { mode, release }: Setting): Manifest {
  if (manifest.kind === proxy.kind) return { ...manifest, mode };
  if (manifest.kind !== 'Lab') return manifest;
  return { ...manifest, spec: { ...specOf(manifest), kubernetesRelease: release, dns: false } };
}

/** Whether the case is for a proxy of this setting. */
export function isFor({ only }: FoundCase, { mode, release }: Setting): boolean {
  return (only.modes?.includes(mode) ?? true) && (only.releases?.includes(release) ?? true);
}

/** Reads a case of scenarios/found: what it makes and changes, without what it expects. */
export function readFound(text: string): FoundCase {
  const manifests = parseAllDocuments(text).map((document): Manifest => document.toJS());
  const scenario = manifests.find(({ kind }) => kind === 'Scenario');
  const { only = {}, steps = [] } = (scenario?.spec ?? {}) as {
    readonly only?: Only;
    readonly steps?: readonly Step[];
  };
  const given = manifests.filter(({ kind }) => kind !== 'Scenario');
  const all = given.some(({ kind }) => kind === proxy.kind) ? given : [...given, proxy];
  const isGround = ({ kind }: Manifest) => kind === 'Lab' || kind === 'ConfigMap';
  return {
    only,
    story: (setting) => ({
      ground: all.filter(isGround).map((manifest) => inSetting(manifest, setting)),
      objects: all.filter((manifest) => !isGround(manifest)).map((manifest) => inSetting(manifest, setting)),
      changes: steps.flatMap(changesOf),
    }),
  };
}
