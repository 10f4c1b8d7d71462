import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';

const root = import.meta.dirname;

function sources(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('testing/'))
    .sort();
}

interface Import {
  readonly specifier: string;
  /** The names between the braces, as written. */
  readonly names: readonly string[];
  /** False for `import type`, which is gone at run time. */
  readonly runs: boolean;
}

function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:([^'";]*?)\sfrom\s+)?'([^']+)'/gm);
  const dynamic = text.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [
    ...[...statements].map(([, type, names = '', specifier = '']) => ({
      specifier,
      runs: type === undefined,
      names: names
        .replaceAll(/[{}]/g, '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    })),
    ...[...dynamic].map(([, specifier = '']) => ({ specifier, runs: true, names: [] })),
  ];
}

const graph = new Map(
  sources().map((path) => {
    const imports = importsOf(readFileSync(join(root, path), 'utf8'));
    return [path, imports.map((one) => ({ ...one, path: resolved(path, one.specifier) }))] as const;
  }),
);

function resolved(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? relative(root, join(root, dirname(from), specifier)) : undefined;
}

/** The chain of imports from a file of one folder to a file of the other, if there is one. */
function chain(from: string, to: string): string[] | undefined {
  const seen = new Map<string, string | undefined>(
    [...graph.keys()].filter((p) => p.startsWith(from)).map((p) => [p, undefined]),
  );
  for (const [path] of seen) {
    if (path.startsWith(to)) {
      const way = [path];
      for (let at = seen.get(path); at !== undefined; at = seen.get(at)) way.unshift(at);
      return way;
    }
    for (const next of graph.get(path) ?? []) {
      if (next.path !== undefined && !seen.has(next.path)) seen.set(next.path, path);
    }
  }
  return undefined;
}

test('the graph of imports was read', (t) => {
  t.true((graph.get('model/predict.ts') ?? []).some(({ path }) => path === 'model/walk.ts'));
  t.truthy(chain('verify/', 'model/'), 'verify uses the model, or this test sees nothing');
});

for (const [from, to] of [
  ['model/', 'proxy/'],
  ['proxy/', 'model/'],
  ['model/', 'flannel/'],
  ['model/', 'plan/'],
] as const) {
  test(`${from} does not reach ${to}`, (t) => {
    t.is(chain(from, to)?.join(' → '), undefined);
  });
}

const pure = [
  'manifest/',
  'kinds/',
  'packet/',
  'trace/',
  'capture/',
  'cluster/',
  'flannel/',
  'proxy/',
  'dns/',
  'model/',
  'plan/',
  'net/',
  'errors.ts',
];
const pureFiles = [
  'verify/statistics.ts',
  'verify/plan-samples.ts',
  'verify/compare.ts',
  'verify/connections.ts',
  'workload/ports.ts',
];
/** These read the files that -f names; the rest of manifest gets their text from them. */
const edges = ['manifest/files.ts', 'manifest/inputs.ts', 'manifest/lab-name-in.ts'];
/** The sockets of a folder that is pure otherwise. */
const sockets = 'dns/server/';
const effectful = [...edges, sockets, 'kernel/', 'workload/helper/', 'probe/', 'controller/', 'cli/'];
const effectfulModules =
  /^node:(fs|child_process|http|https|net|dgram|dns|os|process|timers|worker_threads|readline|tls)(\/|$)|^(execa|koffi|zx|listr2|hono|@hono\/.*|p-retry)$/;
/** Pure functions of modules that otherwise have effects. */
const pureNames: Readonly<Record<string, readonly string[]>> = {
  'node:net': ['BlockList', 'isIP', 'isIPv4', 'isIPv6'],
};

function takesOnlyPureNames({ specifier, names }: Import): boolean {
  const known = pureNames[specifier] ?? [];
  return names.length > 0 && names.every((name) => known.includes(name));
}

function isPure(path: string): boolean {
  if (edges.includes(path) || path.startsWith(sockets)) return false;
  return pure.some((folder) => path.startsWith(folder)) || pureFiles.includes(path);
}

test('pure folders import nothing with effects', (t) => {
  for (const [path, imports] of graph) {
    if (!isPure(path)) continue;
    for (const next of imports.filter(({ runs }) => runs)) {
      const { specifier, path: target } = next;
      t.false(!takesOnlyPureNames(next) && effectfulModules.test(specifier), `${path} imports ${specifier}`);
      t.false(
        target !== undefined && effectful.some((folder) => target.startsWith(folder)),
        `${path} imports ${specifier}`,
      );
    }
  }
});

test('pure folders ask neither the clock nor chance', (t) => {
  for (const path of graph.keys()) {
    if (!isPure(path)) continue;
    const text = readFileSync(join(root, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const found = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\brandomUUID\(/.exec(text);
    t.is(found?.[0], undefined, `${path} is not pure`);
  }
});
