import test from 'ava';
import type { Pod } from '../kinds/types/pod.ts';
import { testContainer, testPod } from './testing.ts';
import { fieldsWithoutEffect } from './without-effect.ts';

const web = testContainer('nginx', {
  ports: [
    { containerPort: 80, protocol: 'TCP', hostPort: 8080 },
    { containerPort: 81, protocol: 'TCP' },
  ],
});

function ownedPod(name: string): Pod {
  const pod = testPod([web]);
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: '1', controller: true };
  return { ...pod, metadata: { ...pod.metadata, name, ownerReferences: [owner] } };
}

test('hostPort needs a plugin that a lab has not', (t) => {
  t.deepEqual(fieldsWithoutEffect([testPod([web])]), ['Pod default/web-0: hostPort 8080 of container main']);
});

test('all Pods of a workload are one', (t) => {
  t.deepEqual(fieldsWithoutEffect([ownedPod('web-a'), ownedPod('web-b')]), [
    'DaemonSet default/web: hostPort 8080 of container main',
  ]);
});

test('with hostNetwork it is the port itself', (t) => {
  t.deepEqual(fieldsWithoutEffect([testPod([web], { hostNetwork: true })]), []);
});

test('a Pod has no files of its own', (t) => {
  const container = testContainer('nginx', { envFrom: [{ configMapRef: { name: 'x' } }] });
  t.deepEqual(fieldsWithoutEffect([testPod([container], { hostNetwork: true, hostAliases: [{ ip: '1.2.3.4' }] })]), [
    'Pod default/web-0: hostAliases',
    'Pod default/web-0: envFrom of container main',
  ]);
});
