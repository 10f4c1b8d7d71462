import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pRetry from 'p-retry';
import type { Ruleset } from '../plan/desired.ts';
import { splitNftScript } from '../plan/rulesets/nft-split.ts';
import { netlinkRoom } from './netlink-room.ts';
import { netnsPath } from './netns.ts';
import { run } from './run.ts';
import { findTool, requireTool, type ToolName } from './tools.ts';

/** Which iptables a lab uses: legacy where it is installed (three times as fast on large tables), else nft. */
export function iptablesVariant(): 'legacy' | 'nft' {
  return findTool('iptables-legacy-restore') === undefined ? 'nft' : 'legacy';
}

/** Lock file of iptables for one namespace; all namespaces would otherwise wait for /run/xtables.lock. */
export function lockFile(netns: string): string {
  return `/run/svclab/locks/${netns}`;
}

function environment(netns: string): NodeJS.ProcessEnv {
  const file = lockFile(netns);
  mkdirSync(dirname(file), { recursive: true });
  return { ...process.env, XTABLES_LOCKFILE: file };
}

function variantTool(loader: Ruleset['loader'], suffix: '-restore' | '-save'): string {
  return requireTool(`${loader}-${iptablesVariant()}${suffix}` as ToolName);
}

/** Bytes of netlink messages that a character of a script comes to at most; 1.2 to 2.8 were measured. */
const bytesPerCharacter = 4;

/** The script in pieces that may be sent. Whether root is root is asked only when it matters. */
function nftScripts(netns: string, script: string): readonly string[] {
  if (script.length < 25_000) return [script];
  return splitNftScript(script, netlinkRoom(netnsPath(netns)) / bytesPerCharacter);
}

/**
 * Loads rules into a namespace. Either all of them take effect or none; only where an ordinary user may not send so much
 * at once, they go in by steps that never leave a Service half there. Throws `kernel` with the loader's words.
 * Equivalent commands: `iptables-restore --noflush`, `ip6tables-restore --noflush`, `nft -f -`.
 */
export async function loadRules(netns: string, loader: Ruleset['loader'], input: string): Promise<void> {
  if (loader !== 'nft') return loadText(netns, loader, input);
  for (const script of nftScripts(netns, input)) await loadText(netns, loader, script);
}

async function loadText(netns: string, loader: Ruleset['loader'], input: string): Promise<void> {
  const options = { netns: netnsPath(netns), env: environment(netns), input };
  const load = () =>
    loader === 'nft'
      ? run(requireTool('nft'), ['-f', '-'], options)
      : run(variantTool(loader, '-restore'), ['--noflush', '--wait', '5'], options);
  await pRetry(load, { retries: 3, minTimeout: 20, shouldRetry: ({ error }) => isPassing(error) });
}

/** Somebody else was changing the same rules: nftables and the xtables lock ask to try again. */
function isPassing(error: Error): boolean {
  return /resource temporarily unavailable|device or resource busy|xtables lock/i.test(error.message);
}

/**
 * The rules of a namespace as the kernel has them. Throws `kernel`.
 * Equivalent commands: `iptables-save`, `ip6tables-save`, `nft list ruleset`.
 */
export async function saveRules(netns: string, loader: Ruleset['loader']): Promise<string> {
  const options = { netns: netnsPath(netns), env: environment(netns) };
  const result =
    loader === 'nft'
      ? await run(requireTool('nft'), ['list', 'ruleset'], options)
      : await run(variantTool(loader, '-save'), [], options);
  return result.stdout;
}

/** The nftables rules of a namespace with their handles. Throws `kernel`. Equivalent command: `nft -a list ruleset`. */
export async function saveNftHandles(netns: string): Promise<string> {
  const options = { netns: netnsPath(netns), env: environment(netns) };
  return (await run(requireTool('nft'), ['-a', 'list', 'ruleset'], options)).stdout;
}
