import { copyFileSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const root = dirname(import.meta.dirname);
const from = join(root, 'src');
const to = join(root, 'dist');

/** Files that the compiler leaves behind, such as src/kernel/enter.sh; paths below src. */
function otherFiles(): string[] {
  const all = globSync('**/*', { cwd: from, exclude: ['**/*.ts', '**/*.md', '**/testdata/**', '**/testing/**'] });
  return all.filter((path) => statSync(join(from, path)).isFile());
}

/** Makes dist/ from src/: compiled JavaScript, and a copy of everything else that is needed at run time. */
async function build(): Promise<number> {
  rmSync(to, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const config = join(root, 'tsconfig.build.json');
  const { exitCode } = await execa(process.execPath, [tsc, '-p', config], { stdio: 'inherit', reject: false });
  if (exitCode !== 0) return 1;
  for (const path of otherFiles()) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(from, path), join(to, path));
  }
  return 0;
}

process.exitCode = await build();
