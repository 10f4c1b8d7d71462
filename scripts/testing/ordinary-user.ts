import { chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { execa } from 'execa';
import { requireTool } from '../../src/kernel/tools.ts';

/** Debian's `nobody`: an account without any rights of its own. */
const nobody = 65534;

/** What a test program needs to run as an ordinary user. */
export interface OrdinaryUser {
  readonly before: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The project's folder as that user can read it, and a Node that it can run. */
  readonly root: string;
  readonly node: string;
  /** Removes the user's temporary files. */
  readonly end: () => Promise<void>;
}

/** `setpriv` arguments that give up root for good: ids, groups, and capabilities through no_new_privs. */
function becomeNobody(): string[] {
  const ids = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  return [requireTool('setpriv'), ...ids, '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'];
}

async function canRead(before: readonly string[], root: string): Promise<boolean> {
  const [file = '', ...args] = [...before, requireTool('sh'), '-c', 'test -x "$0" && test -r "$1"'];
  const { exitCode } = await execa(file, [...args, process.execPath, join(root, 'package.json')], { reject: false });
  return exitCode === 0;
}

/** A copy for a checkout that only root may read, such as one under /root. */
async function copyOf(root: string, into: string): Promise<Pick<OrdinaryUser, 'root' | 'node'>> {
  const copy = join(into, 'svclab');
  await cp(root, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => basename(path) !== '.git' });
  await execa('chmod', ['-R', 'a+rX', copy]);
  const inside = relative(root, process.execPath);
  return { root: copy, node: inside.startsWith('..') ? process.execPath : join(copy, inside) };
}

/** Makes a home and a runtime directory for `nobody`, both temporary, and finds a way for it to read the project. */
export async function asOrdinaryUser(root: string): Promise<OrdinaryUser> {
  const home = await mkdtemp(join(tmpdir(), 'svclab-user-'));
  const runtime = join(home, 'run');
  await mkdir(runtime, { mode: 0o700 });
  for (const path of [home, runtime]) await chown(path, nobody, nobody);
  const before = becomeNobody();
  const project = (await canRead(before, root)) ? { root, node: process.execPath } : await copyOf(root, home);
  return {
    ...project,
    before,
    env: { HOME: home, XDG_RUNTIME_DIR: runtime, TMPDIR: home, USER: 'nobody', SVCLAB_TEST_UID: String(nobody) },
    end: () => rm(home, { recursive: true, force: true }),
  };
}
