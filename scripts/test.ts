import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { requireTool } from '../src/kernel/tools.ts';
import { buildIfNeeded } from './build.ts';
import { setUp } from './setup.ts';
import { asOrdinaryUser } from './testing/ordinary-user.ts';
import { runAva, runCheck, type Surroundings } from './testing/run.ts';
import { filesOf, type Selection, type SuiteName, select, suiteNames } from './testing/suites.ts';
import { Tally } from './testing/tally.ts';
import type { TestResult } from './testing/tap.ts';

const root = dirname(import.meta.dirname);
const minutes = 75;
const print = (line: string): void => console.log(line);
const isRoot = process.getuid?.() === 0;

const headings: Record<SuiteName, string> = {
  types: 'Type check',
  lint: 'Lint',
  unit: 'Unit tests',
  golden: 'Golden tests: against dumps of the real programs',
  kernel: `Kernel tests, as ${isRoot ? 'root' : 'an ordinary user'}`,
  rootless: 'Kernel tests once more, as the user nobody',
};

/** Why this machine cannot make network namespaces, or undefined when it can. */
async function namespaceFault(before: readonly string[]): Promise<string | undefined> {
  const flags = isRoot && before.length === 0 ? ['-n'] : ['-Urn'];
  const [file = '', ...args] = [...before, requireTool('unshare'), ...flags, 'true'];
  const { exitCode, stderr } = await execa(file, args, { reject: false });
  return exitCode === 0 ? undefined : `this machine cannot make network namespaces: ${stderr}`;
}

/** Aborts after the suite's time, or when somebody ends the run; its reason says which. */
function untilTheEnd(): AbortSignal {
  const ended = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (ended.signal.aborted) process.exit(1);
      ended.abort(`the run was ended by ${name}`);
    });
  }
  const late = `the suite has taken more than ${minutes} minutes`;
  setTimeout(() => ended.abort(late), minutes * 60_000).unref();
  return ended.signal;
}

function notRun(why: string): TestResult {
  return { outcome: 'failed', title: why, details: [] };
}

/** Runs kernel tests file by file, so that one which hangs takes no other with it. */
async function runKernelFiles(around: Surroundings, files: readonly string[], tally: Tally): Promise<void> {
  const fault = await namespaceFault(around.before);
  if (fault !== undefined) {
    const details = ['Run `bin/svclab doctor`: it tells the cause and the fix.'];
    tally.add('kernel', { outcome: 'failed', title: fault, details });
    return;
  }
  for (const file of files) {
    print(`  ${file}`);
    if (around.signal.aborted) return tally.add(file, notRun(around.signal.reason));
    await runAva(around, [file], (result) => tally.add(file, result));
  }
}

async function runRootless(around: Surroundings, files: readonly string[], tally: Tally): Promise<void> {
  const user = await asOrdinaryUser(root);
  try {
    const env = { ...around.env, ...user.env };
    await runKernelFiles({ ...around, ...user, env }, files, tally);
  } finally {
    await user.end();
  }
}

async function runSuite(suite: SuiteName, around: Surroundings, files: readonly string[], tally: Tally): Promise<void> {
  const tell = (result: TestResult): void => tally.add(suite, result);
  switch (suite) {
    case 'types':
      return tell(await runCheck(around, 'tsc -p .', 'typescript/bin/tsc', ['-p', '.']));
    case 'lint':
      return tell(await runCheck(around, 'biome check', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings']));
    case 'rootless':
      return runRootless(around, files, tally);
    case 'kernel':
      return runKernelFiles(around, files, tally);
    default:
      return runAva(around, files, tell);
  }
}

async function runAll(selection: Selection, tally: Tally): Promise<void> {
  const files = globSync('{src,scripts,scenarios}/**/*.test.ts', { cwd: root }).sort();
  const signal = untilTheEnd();
  const around = {
    root,
    node: process.execPath,
    env: { SVCLAB_TEST_UID: String(process.getuid?.()) },
    before: [],
    signal,
  };
  let ran = 0;
  for (const suite of selection.suites) {
    if (suite === 'rootless' && !isRoot) continue;
    const chosen = filesOf(suite, files, selection.paths);
    const needsFiles = suite !== 'types' && suite !== 'lint';
    if (needsFiles && chosen.length === 0 && selection.paths.length > 0) continue;
    ran++;
    print(`\n${headings[suite]}`);
    if (signal.aborted || (needsFiles && chosen.length === 0)) {
      tally.add(suite, notRun(signal.aborted ? signal.reason : 'no tests were found'));
    } else {
      await runSuite(suite, around, chosen, tally);
    }
  }
  if (ran === 0) tally.add('selection', notRun('no tests were found'));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string', multiple: true, default: [] } },
    allowPositionals: true,
  });
  const selection = select(values.only, positionals);
  if (selection === undefined) {
    console.error(`usage: npm test -- [--only ${suiteNames.join('|')}]... [PATH]...`);
    return 2;
  }
  const ready = await setUp();
  if (ready !== 0) return ready;
  await buildIfNeeded();
  const tally = new Tally(print);
  await runAll(selection, tally);
  tally.close();
  return tally.ok ? 0 : 1;
}

process.exitCode = await main();
