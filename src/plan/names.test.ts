import test from 'ava';
import type { Pod } from '../kinds/types/pod.ts';
import { podNetns, targetOf } from './names.ts';

const pod = (namespace: string, name: string): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec: { containers: [] } }) as unknown as Pod;

test('the network namespace of a Pod is called after it', (t) => {
  t.is(podNetns(pod('default', 'web-0')), 'pod_default_web-0');
  t.is(targetOf('pod_default_web-0'), 'pod/default/web-0');
});

test('a name that is too long for a file is cut, and stays the only one of its kind', (t) => {
  const long = `${'p.'.repeat(126)}a`;
  const [one, other] = [podNetns(pod('n'.repeat(63), long)), podNetns(pod('n'.repeat(63), `${long.slice(0, -1)}b`))];
  t.is(one.length, 200);
  t.not(one, other);
});
