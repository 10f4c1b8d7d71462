/** The parts of the test suite, in the order in which they run. */
export const suiteNames = ['types', 'lint', 'unit', 'golden', 'kernel', 'rootless'] as const;

/** Name of a part of the test suite. */
export type SuiteName = (typeof suiteNames)[number];

/** What of the test suite is asked for. */
export interface Selection {
  readonly suites: readonly SuiteName[];
  /** Only files whose path contains one of these; all files when empty. */
  readonly paths: readonly string[];
}

/** Which suite of test files a file belongs to, by its name; `rootless` files belong to `kernel` as well. */
function suiteOf(file: string): 'unit' | 'golden' | 'kernel' {
  if (/[/.]kernel\.test\.ts$/.test(file)) return 'kernel';
  return /[/.]golden\.test\.ts$/.test(file) ? 'golden' : 'unit';
}

/** The files of one suite that the selection asks for. */
export function filesOf(suite: SuiteName, files: readonly string[], paths: readonly string[]): string[] {
  const chosen = files.filter((file) => paths.length === 0 || paths.some((path) => file.includes(path)));
  if (suite === 'rootless') return chosen.filter((file) => /[/.]rootless\.kernel\.test\.ts$/.test(file));
  return chosen.filter((file) => suiteOf(file) === suite);
}

/**
 * Reads the command line of `npm test -- [--only SUITE]... [PATH]...`. With a path and no `--only`, the suites that have
 * no files are left out. Undefined when a suite has no such name.
 */
export function select(only: readonly string[], paths: readonly string[]): Selection | undefined {
  const isSuite = (name: string): name is SuiteName => suiteNames.some((suite) => suite === name);
  const named = only.filter(isSuite);
  if (named.length !== only.length) return undefined;
  const all = paths.length === 0 ? suiteNames : suiteNames.filter((name) => name !== 'types' && name !== 'lint');
  const clean = paths.map((path) => path.replace(/^\.\//, ''));
  return { suites: only.length === 0 ? all : suiteNames.filter((name) => named.includes(name)), paths: clean };
}
