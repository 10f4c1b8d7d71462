import { existsSync } from 'node:fs';
import { findMissing, lineToType, type Missing } from './system.ts';

/** How this process becomes root: [] when it is, `sudo -n` when that needs no password, undefined when it cannot. */
async function wayToRoot(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const { execa } = await import('execa');
  const sudo = await execa('sudo', ['-n', 'true'], { reject: false });
  return sudo.exitCode === 0 ? ['sudo', '-n'] : undefined;
}

async function installPackages(root: readonly string[], packages: readonly string[]): Promise<void> {
  const { $ } = await import('zx');
  const asRoot = $({ quiet: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
  const keep = root.length === 0 ? [] : [...root, '--preserve-env=DEBIAN_FRONTEND'];
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages];
  const first = await asRoot`${keep} ${install}`.nothrow();
  if (first.exitCode === 0) return;
  await asRoot`${keep} apt-get update -qq`;
  await asRoot`${keep} ${install}`;
}

async function loadModules(root: readonly string[], modules: readonly string[]): Promise<void> {
  const { $ } = await import('zx');
  for (const module of modules) await $({ quiet: true })`${root} modprobe -q ${module}`.nothrow();
}

async function getMissing(missing: Missing, root: readonly string[]): Promise<void> {
  const { Listr } = await import('listr2');
  await new Listr([
    {
      title: `Installing Debian packages: ${missing.packages.join(' ')}`,
      enabled: missing.packages.length > 0,
      task: () => installPackages(root, missing.packages),
    },
    {
      title: `Loading kernel modules: ${missing.modules.join(' ')}`,
      enabled: missing.modules.length > 0,
      task: () => loadModules(root, missing.modules),
    },
  ]).run();
}

function explain(missing: Missing): void {
  console.error('error[missing-tool]: this machine lacks system packages or kernel modules that only root can add');
  console.error('  hint: Type this line, then start again:');
  console.error(lineToType(missing));
}

/**
 * Gets the system packages and kernel modules that labs need, when they are missing and this process may become root.
 * Gives an exit status: 0, or 3 after it has printed the one line that a person has to type.
 */
export async function setUp(): Promise<0 | 3> {
  const missing = findMissing();
  if (missing.packages.length === 0 && missing.modules.length === 0) return 0;
  const root = await wayToRoot();
  if (root === undefined || (missing.packages.length > 0 && !existsSync('/usr/bin/apt-get'))) {
    explain(missing);
    return 3;
  }
  try {
    await getMissing(missing, root);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  const left = { ...findMissing(), modules: [] };
  if (left.packages.length === 0) return 0;
  explain(left);
  return 3;
}

if (import.meta.main) {
  process.exitCode = await setUp();
  if (process.exitCode === 0) console.log('This machine has everything that svclab needs.');
}
