import test from 'ava';
import { LabError } from '../errors.ts';
import { collectionPath, kindOf, objectPath, parseResource, parseResources, qualifiedKind } from './resources.ts';

const short = (words: readonly string[]) =>
  parseResources(words).map(({ definition, name }) =>
    name === undefined ? definition.kind : `${definition.kind}/${name}`,
  );

const cases: readonly (readonly [words: readonly string[], meant: readonly string[]])[] = [
  [['svc'], ['Service']],
  [
    ['Service', 'a', 'b'],
    ['Service/a', 'Service/b'],
  ],
  [['pods,svc'], ['Pod', 'Service']],
  [
    ['pod/a', 'deploy/b'],
    ['Pod/a', 'Deployment/b'],
  ],
  [['deployments.apps', 'web'], ['Deployment/web']],
  [['all'], ['Pod', 'Service', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']],
];
for (const [words, meant] of cases) test(`${words.join(' ')} means ${meant}`, (t) => t.deepEqual(short(words), meant));

for (const words of [['pod/a', 'b'], ['pod/'], ['/a'], ['pod/a/b'], ['nonsense'], ['']]) {
  test(`"${words.join(' ')}" means nothing`, (t) => {
    t.is(t.throws(() => parseResources(words), { instanceOf: LabError })?.code, 'usage');
  });
}

test('one object', (t) => {
  t.is(parseResource(['deployment', 'web']).name, 'web');
  t.throws(() => parseResource(['deployment']), { instanceOf: LabError });
  t.throws(() => parseResource(['pod', 'a', 'b']), { instanceOf: LabError });
});

test('paths of the REST API', (t) => {
  t.is(collectionPath(kindOf('pods'), 'shop'), '/api/v1/namespaces/shop/pods');
  t.is(collectionPath(kindOf('deploy'), undefined), '/apis/apps/v1/deployments');
  t.is(objectPath(kindOf('node'), 'shop', 'node1'), '/api/v1/nodes/node1');
  t.is(
    objectPath(kindOf('endpointslices'), 'a/b', '../x'),
    '/apis/discovery.k8s.io/v1/namespaces/a%2Fb/endpointslices/..%2Fx',
  );
});

test('names as kubectl says them', (t) => {
  t.is(qualifiedKind(kindOf('svc')), 'service');
  t.is(qualifiedKind(kindOf('deploy')), 'deployment.apps');
});
