import test from 'ava';
import { LabError } from '../errors.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import { serviceFor } from './expose.ts';

const ports = [{ containerPort: 80, protocol: 'TCP' }];
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'a', image: 'httpd', ports }] },
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { tier: 'front' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      spec: { containers: [{ name: 'a', image: 'x', ports: [...ports, { containerPort: 53, protocol: 'UDP' }] }] },
    },
  },
};
const scope = { name: 'svc', namespace: 'default' };

test('a Pod is selected by its labels, at the port that it declares', (t) => {
  t.deepEqual(serviceFor(pod, scope), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'svc', namespace: 'default', labels: { app: 'web' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
  });
});

test('a Deployment is selected by its selector; several ports get names', (t) => {
  const { spec } = serviceFor(deployment, { ...scope, type: 'NodePort' });
  t.deepEqual(spec, {
    type: 'NodePort',
    selector: { app: 'web' },
    ports: [
      { name: 'port-1', port: 80, protocol: 'TCP', targetPort: 80 },
      { name: 'port-2', port: 53, protocol: 'UDP', targetPort: 53 },
    ],
  });
});

test('the port asked for is taken instead', (t) => {
  const { spec } = serviceFor(deployment, { ...scope, port: 8080, targetPort: 'http', externalIPs: ['80.11.12.10'] });
  t.deepEqual(spec.ports, [{ port: 8080, protocol: 'TCP', targetPort: 'http' }]);
  t.deepEqual(spec.externalIPs, ['80.11.12.10']);
});

const refused: readonly (readonly [what: string, object: KubeObject, message: RegExp])[] = [
  ['a Node', { ...pod, kind: 'Node' }, /cannot expose a Node/],
  ['a Pod without labels', { ...pod, metadata: { name: 'web' } }, /no labels/],
  ['a Pod without ports', { ...pod, spec: { containers: [{ name: 'a', image: 'x' }] } } as KubeObject, /no ports/],
  [
    'a selector with expressions',
    { ...deployment, spec: { selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } } } as KubeObject,
    /has expressions/,
  ],
];
for (const [what, object, message] of refused) {
  test(`refuses ${what}`, (t) => {
    t.throws(() => serviceFor(object, scope), { instanceOf: LabError, code: 'usage', message });
  });
}
