import test from 'ava';
import type { Prediction } from '../model/types.ts';
import { type Expected, predictionComplaint } from './expectation.ts';

function delivered(pod: string, probability: number, source = '10.244.1.7'): Prediction {
  const endpoint = `10.244.2.${pod.length}:80`;
  return { outcome: 'delivered', endpoint, pod: `default/${pod}`, node: 'node1', source, probability };
}

function complaint(expected: Expected, ...predicted: readonly Prediction[]): string | undefined {
  return predictionComplaint(expected, { from: 'node/node1', to: 'tcp://10.96.0.1:80', predicted, steps: [] });
}

const half = [delivered('a', 0.5), delivered('bb', 0.5)];

test('what is not said is not looked at', (t) => {
  t.is(complaint({ outcome: 'delivered' }, ...half), undefined);
  t.is(complaint({ outcome: 'refused' }, { outcome: 'refused', probability: 1 }), undefined);
});

test('one other outcome is enough to complain', (t) => {
  const dropped: Prediction = { outcome: 'dropped', probability: 0.5 };
  t.is(complaint({ outcome: 'delivered' }, delivered('a', 0.5), dropped), 'dropped instead of delivered');
  t.is(complaint({ outcome: 'refused' }, dropped), 'dropped instead of refused');
});

test('Pods and their shares', (t) => {
  t.is(complaint({ outcome: 'delivered', pods: ['a', 'bb'] }, ...half), undefined);
  t.is(complaint({ outcome: 'delivered', pods: ['a'] }, ...half), 'default/a, default/bb instead of a');
  const shares = (a: number, bb: number) =>
    new Map([
      ['a', a],
      ['bb', bb],
    ]);
  t.is(complaint({ outcome: 'delivered', shares: shares(1 / 2, 1 / 2) }, ...half), undefined);
  t.is(complaint({ outcome: 'delivered', shares: shares(1 / 3, 2 / 3) }, ...half), 'a gets 0.5000 instead of 0.3333');
  t.is(
    complaint({ outcome: 'delivered', shares: new Map([['a', 1 / 2]]) }, ...half),
    'default/a, default/bb instead of a',
  );
  const twice = [delivered('a', 0.25), delivered('a', 0.25, '10.244.1.0'), delivered('bb', 0.5)];
  t.is(complaint({ outcome: 'delivered', shares: shares(1 / 2, 1 / 2) }, ...twice), undefined);
});

test('endpoints, nodes and sources', (t) => {
  const endpoints = ['10.244.2.2:80', '10.244.2.1:80'];
  t.is(complaint({ outcome: 'delivered', endpoints, nodes: ['node1'] }, ...half), undefined);
  t.is(
    complaint({ outcome: 'delivered', endpoints: ['10.244.2.1:80'] }, ...half),
    'endpoints 10.244.2.1:80, 10.244.2.2:80 instead of 10.244.2.1:80',
  );
  t.is(complaint({ outcome: 'delivered', nodes: ['node2'] }, ...half), 'nodes node1 instead of node2');
  t.is(complaint({ outcome: 'delivered', sources: ['10.244.1.7', '10.244.1.0'] }, ...half), undefined);
  t.is(
    complaint({ outcome: 'delivered', sources: ['10.244.1.8'] }, ...half),
    '10.244.2.1:80 sees 10.244.1.7 instead of 10.244.1.8',
  );
});
