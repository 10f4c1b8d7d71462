import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { oddQuestion } from './questions.ts';
import type { Change, Difference, Finding, Manifest, Story } from './types.ts';

/** Where cases go that were found. */
export const foundFolder = join(import.meta.dirname, '../../scenarios/found');

function waits(objects: readonly Manifest[]): readonly object[] {
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  return pods.map(({ metadata }) => ({ wait: { pod: metadata.name, until: 'running' } }));
}

function stepsOf(change: Change): readonly object[] {
  if ('apply' in change) return [{ apply: change.apply }, ...waits(change.apply)];
  const { delete: name, gracePeriodSeconds } = change;
  return [{ delete: gracePeriodSeconds === undefined ? name : { objects: name, gracePeriodSeconds } }];
}

/** What verify tries, and questions that it would not think of. */
function verifySteps(differences: readonly Difference[], now: number): readonly object[] {
  const [odd] = differences.filter(({ about, at }) => about === oddQuestion && at === now);
  return [{ verify: null }, ...(odd === undefined ? [] : [{ verify: { from: odd.from, to: odd.to } }])];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

/** The one proxy that the story is told of. */
function settingOf({ ground, objects }: Story): { readonly mode: string; readonly release: string } {
  const proxy = objects.find(({ kind }) => kind === 'KubeProxyConfiguration');
  const lab = ground.find(({ kind }) => kind === 'Lab');
  const release = fieldOf(fieldOf(lab, 'spec'), 'kubernetesRelease');
  return { mode: String(fieldOf(proxy, 'mode') ?? 'iptables'), release: String(release ?? '1.36') };
}

/** The finding as a scenario file, which `svclab test` runs; `about` says what is special in it. */
export function scenarioText({ story, differences }: Finding, name: string, about: string): string {
  const { ground, objects, changes } = story;
  const { mode, release } = settingOf(story);
  const only = { modes: [mode], releases: [release] };
  const scenario = {
    apiVersion: 'svclab.dev/v1',
    kind: 'Scenario',
    metadata: { name },
    spec: {
      about,
      only,
      waitForPods: false,
      steps: [
        ...waits(objects),
        ...verifySteps(differences, 0),
        ...changes.flatMap((change, at) => [...stepsOf(change), ...verifySteps(differences, at + 1)]),
      ],
    },
  };
  const documents = [scenario, ...ground, ...objects];
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}

/** A name for a story: the same for the same one. */
export function nameOfStory(story: Story): string {
  return `found-${createHash('sha256').update(JSON.stringify(story)).digest('hex').slice(0, 8)}`;
}

/** Writes the finding into scenarios/found, and returns the path. */
export function saveStory(finding: Finding, about: string): string {
  const name = nameOfStory(finding.story);
  mkdirSync(foundFolder, { recursive: true });
  const path = join(foundFolder, `${name}.yaml`);
  writeFileSync(path, scenarioText(finding, name, about));
  return path;
}
