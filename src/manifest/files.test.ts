import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'ava';
import { LabError } from '../errors.ts';
import { loadManifests } from './files.ts';
import { formatPlace } from './place.ts';

function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;
}

const root = mkdtempSync(join(tmpdir(), 'svclab-files-'));
test.after.always(() => rmSync(root, { recursive: true }));

function directory(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(root, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

async function names(paths: readonly string[], options = {}): Promise<readonly string[]> {
  return (await loadManifests(paths, options)).map(({ object }) => object.metadata.name);
}

test('directories: manifests in order of name, deeper ones on request', async (t) => {
  const path = directory('order', {
    'b.yaml': namespace('b'),
    'a.json': JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }),
    'c.yml': namespace('c'),
    'README.md': '# no manifest',
    'deeper/d.yaml': namespace('d'),
  });
  t.deepEqual(await names([path]), ['a', 'b', 'c']);
  t.deepEqual(await names([path], { recursive: true }), ['a', 'b', 'c', 'd']);
  t.deepEqual(await names([join(path, 'c.yml'), path]), ['c', 'a', 'b']);
});

test('- is standard input', async (t) => {
  const stdin = Readable.from([namespace('x').slice(0, 10), namespace('x').slice(10)]);
  const [object] = await loadManifests(['-'], { stdin });
  t.is(object?.file, '<stdin>');
  t.deepEqual(object?.locate('metadata.name'), { file: '<stdin>', line: 4, column: 3 });
});

test('an endless standard input is refused', async (t) => {
  const stdin = (async function* () {
    for (;;) yield Buffer.alloc(1 << 20, 'a');
  })();
  await t.throwsAsync(loadManifests(['-'], { stdin }), { code: 'invalid-yaml', message: /limit is 16 MiB/ });
});

test('faults of all files together', async (t) => {
  const path = directory('bad', { 'a.yaml': 'kind: Pod\n', 'b.yaml': namespace('B'), 'c.yaml': namespace('c') });
  const missing = join(root, 'nothing-here');
  const error = await t.throwsAsync(loadManifests([path, missing]), { instanceOf: LabError });
  t.is(error?.message, '3 faults in 3 files');
  t.deepEqual(
    error?.all.map(({ code, place }) => `${code} ${place === undefined ? '' : formatPlace(place)}`),
    [
      `invalid-object ${join(path, 'a.yaml')}:1:1`,
      `invalid-object ${join(path, 'b.yaml')}:4:3`,
      `not-found ${missing}`,
    ],
  );
});

test('an object in two files names both places', async (t) => {
  const path = directory('twice', { 'a.yaml': namespace('x'), 'b.yaml': `# again\n${namespace('x')}` });
  const error = await t.throwsAsync(loadManifests([path]), { instanceOf: LabError });
  t.is(error?.message, `Namespace x is defined twice; first at ${join(path, 'a.yaml')}:4:3`);
  t.is(error?.place && formatPlace(error.place), `${join(path, 'b.yaml')}:5:3`);
});

test('what is not there, and a directory without manifests', async (t) => {
  const error = await t.throwsAsync(loadManifests([join(root, 'none.yaml')]), { code: 'not-found' });
  t.regex(error instanceof LabError ? (error.hint ?? '') : '', /standard input/);
  await t.throwsAsync(loadManifests([directory('empty', { 'x.txt': '' })]), {
    code: 'not-found',
    message: /no manifests/,
  });
});
