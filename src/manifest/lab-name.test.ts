import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { quickLabName } from './lab-name.ts';
import { quickLabNameIn } from './lab-name-in.ts';
import { parseManifest } from './parse.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: nginx }] }\n';
const lab = 'apiVersion: svclab.dev/v1\nkind: Lab\nmetadata:\n  name: demo\n';

/** What the quick look finds; every name and every '' has to be what the parser finds. */
const texts: readonly (readonly [title: string, text: string, found: string | undefined])[] = [
  ['nothing', '', ''],
  ['no Lab', pod, ''],
  ['matchLabels is no Lab', pod.replace('name: a }', 'name: a, labels: { matchLabels: x } }'), ''],
  ['a block', lab, 'demo'],
  ['a comment', `# The Lab\n${pod}`, ''],
  ['a flow mapping', 'apiVersion: svclab.dev/v1\nkind: Lab\nmetadata: { name: "d-1", labels: {} }\n', 'd-1'],
  ['after other documents', `${pod}---\n${pod.replace('name: a', 'name: b')}--- \n${lab}`, 'demo'],
  ['labels before the name', lab.replace('  name', '  labels:\n    name: x\n  name'), undefined],
  ['an anchor', lab.replace('demo', '&a demo'), undefined],
  ['two lines', lab.replace('name: demo', 'name:\n    demo'), undefined],
  ['a comment in between', lab.replace('metadata:', 'metadata: # of the lab'), undefined],
  ['JSON', '{"apiVersion": "svclab.dev/v1", "kind": "Lab", "metadata": {"name": "demo"}}', undefined],
  ['an escape', lab.replace('Lab', '"\\u004cab"'), undefined],
  ['in a List', `apiVersion: v1\nkind: List\nitems:\n- ${lab.replaceAll('\n', '\n  ')}`, undefined],
  ['Windows lines', lab.replaceAll('\n', '\r\n'), undefined],
  [
    'text of a Lab in a ConfigMap',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  lab: |\n   ${lab.replaceAll('\n', '\n   ')}`,
    undefined,
  ],
];

function parsedName(text: string): string {
  const lab = parseManifest({ file: 'x.yaml', text }).find(({ object }) => object.kind === 'Lab');
  return lab?.object.metadata.name ?? '';
}

for (const [title, text, found] of texts) {
  test(`the name of a Lab: ${title}`, (t) => {
    t.is(quickLabName(text), found);
    if (found !== undefined) t.is(found, parsedName(text));
  });
}

test('UTF-16 is for the parser', (t) => {
  t.is(quickLabName(Buffer.from(lab, 'utf16le').toString('utf8')), undefined);
});

test('files and directories', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'svclab-name-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'app'));
  writeFileSync(join(root, 'app', 'pod.yaml'), pod);
  writeFileSync(join(root, 'app', 'README.md'), 'Lab');
  writeFileSync(join(root, 'lab.yaml'), lab);
  t.is(quickLabNameIn([]), '');
  t.is(quickLabNameIn([join(root, 'app')]), '');
  t.is(quickLabNameIn([join(root, 'app'), join(root, 'lab.yaml')]), 'demo');
  t.is(quickLabNameIn([join(root, 'app'), '-']), undefined);
  t.is(quickLabNameIn([join(root, 'missing')]), undefined);
});

test('the labs of this project show their names at once', (t) => {
  const labs = join(import.meta.dirname, '../../lab');
  const folders = readdirSync(labs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const files = readdirSync(join(labs, name)).filter((file) => file.endsWith('.yaml'));
    const all = files.map((file) => readFileSync(join(labs, name, file), 'utf8')).join('---\n');
    t.is(quickLabNameIn([join(labs, name)]), parsedName(all), name);
  }
});
