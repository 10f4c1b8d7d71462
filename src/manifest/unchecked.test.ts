import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { LabError } from '../errors.ts';
import { normalizeObject } from '../kinds/normalize.ts';
import { parseManifest } from './parse.ts';
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

const root = join(import.meta.dirname, '../..');
const manifests = globSync('{lab/*/*.yaml,lab/*.yaml,src/manifest/testdata/*.yaml}', { cwd: root })
  .sort()
  .map((path) => readFileSync(join(root, path), 'utf8').split('\n'));

/** What a lab makes of the objects: all of them, or how many it refuses. */
function asLabTakes(objects: readonly unknown[]) {
  const results = objects.map((object) => normalizeObject(JSON.parse(JSON.stringify(object))));
  const refused = results.filter((result) => 'faults' in result).length;
  return refused > 0 ? 'refused' : results.map((result) => 'object' in result && result.object);
}

function asChecked(text: string) {
  try {
    return parseManifest({ file: 'f', text }).map(({ object }) => object);
  } catch (error) {
    if (error instanceof LabError) return 'refused';
    throw error;
  }
}

const edits = [
  (line: string) => [line, line],
  () => [],
  (line: string) => [line.replace(/: .*/, ': ~')],
  (line: string) => [line.replace(/: .*/, ': 7')],
  (line: string) => [line.replace(/: .*/, ': .inf')],
  (line: string) => [line.replace(/: .*/, ': {}')],
  (line: string) => [line.replace(/(\w+): /, '"$1": ')],
  (line: string) => [line.replace(/(\w)(\w)(\w*): /, '$2$1$3: ')],
  (line: string) => [`  ${line}`],
  (line: string) => [line.replace(/- /, '- - ')],
  (line: string) => [line.replace(/\d+/, '99999999999999999999')],
  (line: string) => [line, '---'],
] as const;

test('a lab makes the same of objects, checked or not', (t) => {
  const edit = fc.tuple(fc.nat(), fc.constantFrom(...edits));
  let unchecked = 0;
  fc.assert(
    fc.property(fc.constantFrom(...manifests), fc.array(edit, { maxLength: 3 }), (lines, changes) => {
      const edited = [...lines];
      for (const [at, change] of changes)
        edited.splice(at % edited.length, 1, ...change(edited[at % edited.length] ?? ''));
      const text = edited.join('\n');
      const objects = read(text);
      if (objects === undefined) return true;
      unchecked++;
      return isDeepStrictEqual(asLabTakes(objects), asChecked(text));
    }),
    { numRuns: 1000 },
  );
  t.true(unchecked > 100);
});
