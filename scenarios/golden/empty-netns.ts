import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

function iptablesScript(program: 'iptables-legacy' | 'ip6tables-legacy'): string {
  const load = `for file; do ${program}-restore --noflush "$file"; done`;
  return `${load}; for table in $TABLES; do ${program}-save -t "$table"; done`;
}

/**
 * Loads every file, then lists; programs are constants, the files are arguments. Tables are listed by name: in a user
 * namespace iptables-save may not read which there are.
 */
const scripts = {
  iptables: iptablesScript('iptables-legacy'),
  ip6tables: iptablesScript('ip6tables-legacy'),
  nftables: 'for file; do /usr/sbin/nft -f "$file"; done; /usr/sbin/nft list ruleset',
} as const;

/** Which loader reads the rules. */
export type Loader = keyof typeof scripts;

/**
 * Loads the texts one after another into a network namespace of their own, and returns what the kernel then holds.
 * Works as root and, through a user namespace, as an ordinary user. Rejects when a text does not load.
 */
export async function loadIntoEmptyNetns(loader: Loader, texts: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'svclab-rules-'));
  try {
    const files = texts.map((_, at) => join(folder, `rules-${at}`));
    await Promise.all(files.map((file, at) => writeFile(file, texts[at] ?? '')));
    const enter = process.getuid?.() === 0 ? ['-n'] : ['-Urn'];
    const tables = new Set(texts.flatMap((text) => [...text.matchAll(/^\*(\w+)$/gm)].map(([, table = '']) => table)));
    const { stdout } = await run('unshare', [...enter, 'sh', '-euc', scripts[loader], 'sh', ...files], {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        XTABLES_LOCKFILE: join(folder, 'lock'),
        TABLES: [...tables].join(' '),
      },
      maxBuffer: 1 << 28,
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
