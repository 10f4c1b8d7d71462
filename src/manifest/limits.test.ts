import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { LabError } from '../errors.ts';
import { parseManifest } from './parse.ts';

function failure(text: string | Uint8Array): LabError | undefined {
  try {
    parseManifest({ file: 'f', text });
    return undefined;
  } catch (error) {
    if (error instanceof LabError && error.code !== 'internal') return error;
    throw error;
  }
}

/** Milliseconds are those of the CPU: how busy the machine is does not count. */
function timed(text: string | Uint8Array): { readonly error: LabError | undefined; readonly milliseconds: number } {
  const start = process.cpuUsage();
  const error = failure(text);
  const { user, system } = process.cpuUsage(start);
  return { error, milliseconds: (user + system) / 1000 };
}

const letters = [...'abcdefghijklmnop'];
const laughs = letters.map((name, i) => {
  const before = letters[i - 1];
  return `${name}: &${name} [${Array(9)
    .fill(before === undefined ? 'lol' : `*${before}`)
    .join(', ')}]`;
});
const mergeLaughs = letters.map((name, i) => {
  const before = letters[i - 1];
  const fields = Array.from({ length: 9 }, (_, j) => `k${j}: ${before === undefined ? 'lol' : `*${before}`}`);
  return `${name}: &${name} {${fields.join(', ')}, <<: ${before === undefined ? '{}' : `*${before}`}}`;
});
const manyKeys = Array.from({ length: 50_000 }, (_, i) => `  k${i}: v`).join('\n');

const hostile: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['billion laughs', laughs.join('\n'), /aliases expand to more than 100,000 values/],
  ['billion laughs by merge keys', mergeLaughs.join('\n'), /aliases expand to more than 100,000 values/],
  [
    'one large anchor, merged often',
    `a: &a {${Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ')}}\n${Array.from({ length: 2000 }, (_, i) => `m${i}: {<<: *a}`).join('\n')}`,
    /aliases expand/,
  ],
  ['deep lists', '['.repeat(20_000), /nested too deeply/],
  ['deep closed lists', `a: ${'['.repeat(500)}${']'.repeat(500)}`, /nested deeper than 100 levels/],
  ['deep block', '- '.repeat(20_000), /nested too deeply/],
  ['deep JSON', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /nested/],
  ['50 MB', Buffer.alloc(50_000_000, 'a'), /the file has 47.7 MiB; the limit is 16 MiB/],
  ['50 MB of text', 'a'.repeat(50_000_000), /the limit is 16 MiB/],
  ['lists of millions', `a: [${'0,'.repeat(7_000_000)}]`, /more than 1,000,000 lines and list entries/],
  ['millions of lines', '#\n'.repeat(7_000_000), /more than 1,000,000/],
  ['too many documents', '---\n'.repeat(200_000), /more than 1,000,000/],
  ['a key of a megabyte', `${'k'.repeat(1_000_000)}: 1\n`, /./],
  ['many aliases without anchors', `a: [${'*x, '.repeat(10_000)}]`, /alias \*x without an anchor/],
];

for (const [name, text, expected] of hostile) {
  test.serial(`hostile: ${name}`, (t) => {
    const { error, milliseconds } = timed(text);
    t.is(error?.exitStatus, 2);
    t.regex([error?.message, ...(error?.all ?? []).map(({ message }) => message)].join('\n'), expected);
    t.true(milliseconds < 10_000, `took ${milliseconds} ms`);
  });
}

test.serial('many keys and many uses of one anchor are fine', (t) => {
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
  const { error, milliseconds } = timed(`${head}data:\n${manyKeys}\n`);
  t.is(error, undefined);
  t.true(milliseconds < 20_000, `took ${milliseconds} ms`);
  const used = Array.from({ length: 5000 }, (_, i) => `  k${i}: *v`).join('\n');
  t.is(failure(`${head}data:\n  k: &v text\n${used}\n`), undefined);
});

const sample = readFileSync(new URL('testdata/classic.yaml', import.meta.url), 'utf8');
const alphabet = [
  ...'{}[]&*!|>%@`"\'#:-,?\t\n ~<=x0',
  '<<: *a',
  '&a ',
  '*a ',
  '---\n',
  '\u0000',
  '\uFFFD',
  '__proto__',
];

const mutated = fc
  .array(fc.tuple(fc.nat(sample.length), fc.nat(12), fc.constantFrom(...alphabet)), { minLength: 1, maxLength: 8 })
  .map((edits) => edits.reduce((text, [at, cut, insert]) => text.slice(0, at) + insert + text.slice(at + cut), sample));

const inputs = {
  'random bytes': fc.uint8Array({ maxLength: 400 }),
  'random text': fc.string({ unit: 'binary', maxLength: 400 }),
  'random YAML signs': fc.array(fc.constantFrom(...alphabet), { maxLength: 80 }).map((parts) => parts.join('')),
  'random JSON': fc.json({ maxDepth: 6 }),
  'broken manifests': mutated,
};

for (const [name, arbitrary] of Object.entries(inputs)) {
  test.serial(`fuzz: ${name} never fail otherwise than with a LabError, nor take long`, (t) => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<string | Uint8Array>, (text) => {
        const { error, milliseconds } = timed(text);
        const all = error === undefined || error.all.length > 0 ? (error?.all ?? []) : [error];
        return milliseconds < 5000 && all.every(({ place }) => place?.file === 'f');
      }),
      { numRuns: 400 },
    );
    t.pass();
  });
}
