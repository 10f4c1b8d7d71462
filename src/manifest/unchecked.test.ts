import test from 'ava';
import { LabError } from '../errors.ts';
import { uncheckedObjects } from './unchecked.ts';

function read(...texts: readonly string[]) {
  return uncheckedObjects(texts.map((text, at) => ({ file: `${at}.yaml`, text })));
}

const pod = 'kind: Pod\nmetadata: { name: web }\n';

test('objects come as they are written', (t) => {
  t.deepEqual(read(`${pod}spec: { port: 0x50, on: yes }\n---\n`, 'kind: Service\nmetadata: { name: web }\n'), [
    { kind: 'Pod', metadata: { name: 'web' }, spec: { port: 80, true: true } },
    { kind: 'Service', metadata: { name: 'web' } },
  ] as never);
  t.deepEqual(read(), []);
});

for (const [what, texts] of Object.entries({
  'a fault of YAML': ['kind: [\n'],
  'a key given twice': [`${pod}kind: Pod\n`],
  'a list': ['kind: List\nitems: []\n', 'kind: PodList\nmetadata: { name: x }\n'],
  'what is no object': ['- 1\n', 'text\n', 'kind: Pod\n', 'metadata: { name: x }\n'],
  'two objects of one name': [
    `${pod}---\n${pod}`,
    `${pod}---\nkind: Pod\nmetadata: { name: web, namespace: default }\n`,
  ],
  'a number that JSON does not have': [`${pod}spec: { port: .inf }\n`, `${pod}spec: { ports: [.nan] }\n`],
  'what is nested very deeply': [`${pod}spec: ${'['.repeat(200)}${']'.repeat(200)}\n`],
})) {
  test(`${what} has to be checked`, (t) => {
    for (const text of texts) t.is(read(text), undefined, text);
  });
}

test('a file that cannot be read has to be checked', (t) => {
  t.is(uncheckedObjects([new LabError('not-found', 'no such file')]), undefined);
});
