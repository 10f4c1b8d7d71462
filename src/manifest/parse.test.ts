import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { LabError } from '../errors.ts';
import { parseManifest } from './parse.ts';
import { formatPlace } from './place.ts';
import { placeErrors } from './placeerrors.ts';

const testdata = new URL('testdata/', import.meta.url);

/** Every fault of the text as `line:column code message`. */
function faults(text: string | Uint8Array): readonly string[] {
  try {
    parseManifest({ file: 'f', text });
    return [];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const all = error.all.length === 0 ? [error] : error.all;
    return all.map((one) => `${formatPlace(one.place ?? { file: 'f' }).slice(2)} ${one.code} ${one.message}`);
  }
}

function parsed(text: string) {
  return parseManifest({ file: 'f', text });
}

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

/** Data of a ConfigMap made of the lines. */
function dataOf(lines: string): unknown {
  return Reflect.get(parsed(`${configMap}data:\n${lines}`)[0]?.object ?? {}, 'data');
}

for (const name of readdirSync(testdata).filter((file) => file.endsWith('.yaml'))) {
  test(`${name} is accepted`, (t) => {
    const text = readFileSync(new URL(name, testdata));
    t.true(parseManifest({ file: name, text }).length > 0);
  });
}

const bad: readonly (readonly [string, string | Uint8Array, readonly string[]])[] = [
  [
    'unknown field',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n    targetport: 8080\n',
    ['8:5 unknown-field Service web: spec.ports[0].targetport: unknown field "targetport"'],
  ],
  [
    'wrong type',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - name: http\n    port: "80"\n',
    ['8:5 invalid-object Service web: spec.ports[0].port: must be a number, not the string "80"'],
  ],
  [
    'required field: the place of the nearest parent',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers: [{name: a, image: b}]\n',
    ['4:1 invalid-object Deployment web: spec.selector: Required value'],
  ],
  [
    'faults of all documents',
    'kind: Pod\n---\napiVersion: v1\nkind: Pdo\n---\n# nothing\n---\n- 1\n---\njust text\n',
    [
      '1:1 invalid-object Pod: apiVersion: Required value',
      '4:1 unknown-kind Pdo: kind: unknown kind "Pdo" (v1)',
      '8:1 invalid-object a document must be a mapping with apiVersion and kind, not a list',
      '10:1 invalid-object a document must be a mapping with apiVersion and kind, not a single value',
    ],
  ],
  [
    'inside a List',
    'apiVersion: v1\nkind: List\nextra: 1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: Big}\n',
    [
      '3:1 unknown-field List: extra: unknown field "extra"',
      `7:14 invalid-object Namespace Big: metadata.name: Invalid value: "Big": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`,
    ],
  ],
  [
    'duplicate key',
    `${configMap}data:\n  a: x\n  b: x\n  a: z\n`,
    ['7:3 invalid-yaml duplicate key "a" (first on line 5)'],
  ],
  [
    'duplicate key and a fault of the object',
    'apiVersion: v1\nkind: ConfigMap\nkind: Pod\nmetadata: {name: a}\ndat: {}\n',
    [
      '3:1 invalid-yaml duplicate key "kind" (first on line 2)',
      '5:1 unknown-field ConfigMap a: dat: unknown field "dat"',
    ],
  ],
  ['tab', `${configMap}data:\n\ta: x\n`, ['5:1 invalid-yaml Tabs are not allowed as indentation']],
  [
    'bytes that are not UTF-8',
    Buffer.from('a: \uFFFDb\n  \xff', 'latin1'),
    ['1:4 invalid-yaml the file is not UTF-8 text'],
  ],
  [
    'a broken byte after a real replacement character',
    Buffer.concat([Buffer.from('a: \uFFFD\nb: '), Buffer.from([0xff])]),
    ['2:4 invalid-yaml the file is not UTF-8 text'],
  ],
  ['control character', 'a: b\nc: \x00\n', ['2:4 invalid-yaml control character 0x00']],
  ['control character after a byte order mark', '\uFEFFa: \x00\n', ['1:4 invalid-yaml control character 0x00']],
  ['open quote', 'a: "b\n', ['2:1 invalid-yaml Missing closing "quote']],
  ['nested mapping', 'a: b: c\n', ['1:4 invalid-yaml Nested mappings are not allowed in compact mappings']],
  ['template', 'a: {{ .x }}\n', ['1:5 invalid-yaml a key must be a string']],
  ['alias without anchor', 'a: *b\n', ['1:4 invalid-yaml alias *b without an anchor']],
  ['alias of itself', 'a: &b [*b]\n', ['1:8 invalid-yaml alias *b holds itself']],
  [
    'merge of no mapping',
    'a: &b 1\nc: {<<: *b}\n',
    ['2:9 invalid-yaml a merge key (<<) takes a mapping or a list of mappings'],
  ],
  [
    'the same object twice',
    `${configMap}---\n${configMap}---\n${configMap.replace('{name: a}', '{name: a, namespace: b}')}`,
    ['7:12 invalid-object ConfigMap default/a is defined twice; first at f:3:12'],
  ],
  [
    'a syntax error and a fault of another document',
    'a: b: c\n---\nkind: Pod\n',
    [
      '1:4 invalid-yaml Nested mappings are not allowed in compact mappings',
      '3:1 invalid-object Pod: apiVersion: Required value',
    ],
  ],
];

for (const [name, text, expected] of bad) {
  test(`refused: ${name}`, (t) => t.deepEqual(faults(text), expected));
}

test('one fault is thrown as itself, several are summed up', (t) => {
  const one = t.throws(() => parsed('kind: Pod\n'), { instanceOf: LabError });
  t.is(one?.all.length, 0);
  t.is(one?.field, 'apiVersion');
  const two = t.throws(() => parsed('{}\n'), { instanceOf: LabError });
  t.is(two?.message, '2 faults in f');
  t.is(two?.all.length, 2);
});

test('ignoreUnknown leaves out foreign kinds, but not wrong versions of known ones', (t) => {
  const text = `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n---\n${configMap}`;
  t.deepEqual(
    parseManifest({ file: 'f', text }, { ignoreUnknown: true }).map(({ object }) => object.kind),
    ['ConfigMap'],
  );
  const foreign = 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n';
  t.deepEqual(parseManifest({ file: 'f', text: foreign }, { ignoreUnknown: true }), []);
  const wrong = 'apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: a}\n';
  t.throws(() => parseManifest({ file: 'f', text: wrong }, { ignoreUnknown: true }), { code: 'unknown-kind' });
});

test('scalars are read as kubectl reads them', (t) => {
  const port = (value: string) =>
    faults(`apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: ${value}}]}\n`);
  for (const good of ['80', '0x50', '0120', '0o120', '8_0', '+80', '0b1010000']) t.deepEqual(port(good), [], good);
  for (const wrong of ['"80"', '12:30', 'yes', '1.5', '2001-01-01']) t.is(port(wrong).length, 1, wrong);
  const lines =
    '  a: "yes"\n  b: 12:30\n  c: 2001-01-01\n  d: |\n    x\n    y\n  e: !foo z\n  f:\n  1: one\n  true: t\n';
  const strings = { a: 'yes', b: '12:30', c: '2001-01-01', d: 'x\ny\n', e: 'z', f: '', 1: 'one', true: 't' };
  t.deepEqual(dataOf(lines), strings);
  for (const bool of ['yes', 'on', 'off', 'True', 'y'])
    t.throws(() => dataOf(`  a: ${bool}\n`), { code: 'invalid-object' }, bool);
});

test('a text with an e is a number only after a digit', (t) => {
  for (const text of ['e1', '.e1', '+e5', '.', 'E', 'e']) t.deepEqual(dataOf(`  a: ${text}\n`), { a: text });
  for (const number of ['1e1', '.5', '5.', '1_0.5', '-1.5E+3', '.5e1', '.inf', '.nan'])
    t.throws(() => dataOf(`  a: ${number}\n`), { code: 'invalid-object' }, number);
});

test('anchors, aliases and merge keys are written out; own keys win', (t) => {
  const data = 'data:\n  <<: [&one {a: "1", b: "1"}, {b: "2", c: "2"}]\n  c: "3"\n';
  const [first] = parsed(configMap + data);
  t.deepEqual(Reflect.get(first?.object ?? {}, 'data'), { a: '1', b: '1', c: '3' });
  t.deepEqual(first?.locate('data.b'), { file: 'f', line: 5, column: 22 });
});

test('a fault of a list is placed at the single field that was written', (t) => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  clusterIP: 10.96.0.9\n  ports: [{port: 80}]\n';
  t.like(parsed(service)[0]?.locate('spec.clusterIPs'), { line: 5, column: 3 });
});

test('names of object prototypes are keys like any other', (t) => {
  t.deepEqual(dataOf('  constructor: a\n  toString: b\n'), { constructor: 'a', toString: 'b' });
  t.deepEqual(faults(`${configMap}__proto__: {polluted: 1}\n`), [
    '4:1 unknown-field ConfigMap a: __proto__: unknown field "__proto__"',
  ]);
  t.is(Reflect.get({}, 'polluted'), undefined);
});

test('a byte order mark, CRLF, empty documents and end markers are fine', (t) => {
  const text = `\uFEFF---\r\n# c\r\n---\r\n${configMap.replaceAll('\n', '\r\n')}...\r\n---\r\n`;
  t.is(parseManifest({ file: 'f', text: Buffer.from(text) }).length, 1);
  t.deepEqual(parsed(''), []);
});

test('JSON, small and large, finds the same places', (t) => {
  const items = Array.from({ length: 2000 }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `n${i}` },
  }));
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1);
  const objects = parsed(text);
  t.is(objects.length, 2000);
  const line = text.slice(0, text.indexOf('"n1999"')).split('\n').length;
  t.is(objects[1999]?.locate('metadata.name').line, line);
  t.regex(faults(text.replace('"n7"', '"N7"'))[0] ?? '', /^\d+:\d+ invalid-object Namespace N7/);
  t.regex(faults(text.replace('"name": "n7"', '"name": "n7", "name": "n8"'))[0] ?? '', /duplicate key "name"/);
});

test('API faults get their places back', (t) => {
  const objects = parsed(`${configMap}---\n${configMap.replace('{name: a}', '\n  name: b')}`);
  const fault = (object: number, field: string) => new LabError('conflict', 'no', { object, field });
  const placed = placeErrors(
    new LabError('conflict', 'two', { all: [fault(0, 'data.x'), fault(1, 'metadata.name')] }),
    objects,
  );
  t.deepEqual(
    placed.all.map(({ place }) => place && formatPlace(place)),
    ['f:1:1', 'f:8:3'],
  );
  t.deepEqual(placeErrors(fault(1, 'kind'), objects).place, { file: 'f', line: 6, column: 1 });
  const other = new LabError('timeout', 'slow');
  t.is(placeErrors(other, objects), other);
});
