import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = dirname(import.meta.dirname);
const from = join(root, 'src');
const dist = join(root, 'dist');

/** What is started as a program. */
const programs = ['cli/main', 'controller/main', 'workload/helper/main', 'kernel/keep-groups', 'scenario/holder'];

/** The module that finds files beside the code: as an entry, it stays out of the programs, right in dist/. */
const finder = 'files';

/** Node's `require`, for packages that are no ES modules. */
const banner = `import { createRequire as createRequireOfBuild } from 'node:module';
const require = createRequireOfBuild(import.meta.url);`;

/**
 * Node's own modules, taken without an ES module around them: that one would read all that they export, and so load what
 * nobody asked for, such as undici for node:http's WebSocket. The API speaks HTTP/1.1; no request is of HTTP/2. koffi is
 * required for the same reason.
 */
const lightBuiltins: Plugin = {
  name: 'light-builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(node:|http2?$)/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: 'builtin',
    }));
    onResolve({ filter: /^koffi$/, namespace: 'file' }, () => ({ path: 'koffi', namespace: 'required' }));
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents:
        path === 'http2'
          ? 'exports.constants = {}; exports.Http2ServerRequest = class {};'
          : `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};

/** Files that are no code, such as src/kernel/enter.sh; paths below src. */
function otherFiles(): string[] {
  const all = globSync('**/*', { cwd: from, exclude: ['**/*.ts', '**/*.md', '**/testdata/**', '**/testing/**'] });
  return all.filter((path) => statSync(join(from, path)).isFile());
}

/** Folders of the npm packages whose code is in the build. */
function packagesIn({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)];
}

/** The licences of those packages, which have to go with their code. */
function licences(folders: readonly string[]): string {
  const texts = folders.map((folder) => {
    const [file] = globSync('LICEN[CS]E*', { cwd: join(root, folder) });
    const { name, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const text = file === undefined ? license : readFileSync(join(root, folder, file), 'utf8').trim();
    return `${name}\n\n${text}\n`;
  });
  return `The programs in this folder contain code of these packages.\n\n${texts.join('\n---\n\n')}`;
}

/** Bundles one program, what it imports in one file with it. Returns the folders of the packages whose code is in it. */
async function bundle(path: string, to: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path, finder].map((entry) => ({ in: join(from, `${entry}.ts`), out: entry })),
    outdir: to,
    bundle: true,
    splitting: true,
    metafile: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    external: ['koffi'],
    // The form for browsers is an ES module; the other one loses its names in `await import`.
    alias: { yaml: './node_modules/yaml/browser/index.js' },
    plugins: [lightBuiltins],
    banner: { js: banner },
    logLevel: 'warning',
  });
  return packagesIn(metafile);
}

/**
 * Makes a folder like dist/ from src/: few large files in place of hundreds of small ones, which Node loads in half the
 * time. Programs share no files, since each of these costs a start more than the code in it.
 */
export async function buildInto(to: string): Promise<void> {
  rmSync(to, { recursive: true, force: true });
  const packages = await Promise.all(programs.map((path) => bundle(path, to)));
  for (const path of otherFiles()) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(from, path), join(to, path));
  }
  writeFileSync(join(to, 'LICENSES.txt'), licences([...new Set(packages.flat())].sort()));
  writeFileSync(join(to, 'built'), '');
}

/** Whether nothing that goes into dist/ has changed since; bin/svclab asks the same with find(1). */
function isFresh(): boolean {
  const stamp = join(dist, 'built');
  if (!existsSync(stamp)) return false;
  const time = statSync(stamp).mtimeMs;
  const sources = globSync('src/**/*', { cwd: root, exclude: ['**/*.test.ts'] });
  const files = ['package-lock.json', ...sources].map((path) => statSync(join(root, path)));
  return files.every((file) => file.isDirectory() || file.mtimeMs <= time);
}

/** Makes dist/ unless it is there and nothing has changed since. */
export async function buildIfNeeded(): Promise<void> {
  if (!isFresh()) await buildInto(dist);
}

if (import.meta.main) await buildInto(dist);
