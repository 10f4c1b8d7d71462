import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { netnsPath, withNetns } from '../../src/kernel/netns.ts';
import { requireTool } from '../../src/kernel/tools.ts';
import type { Ruleset } from '../../src/plan/desired.ts';
import { rulesetIncrement } from '../../src/proxy/iptables/increment.ts';
import { restoreText } from '../../src/proxy/iptables/restore.ts';
import { tableScript } from '../../src/proxy/nftables/script.ts';
import { nftTransaction } from '../../src/proxy/nftables/transaction.ts';

/** All rules as one text: of iptables-restore, or the listing that `nft -f` takes in one piece. */
export function wholeText(rules: Ruleset): string {
  return rules.loader === 'nft' ? tableScript(rules.table) : restoreText(rules.tables, { jumps: 'append' });
}

/** Only the change between two sets of rules, as one text. */
export function changeText(before: Ruleset, after: Ruleset): string {
  if (before.loader === 'nft' && after.loader === 'nft') return nftTransaction(before.table, after.table).script ?? '';
  if (before.loader === 'nft' || after.loader === 'nft') throw new Error('two modes have no difference');
  return rulesetIncrement(before.tables, after.tables) ?? '';
}

/** The program alone that loads a ready-made text; `change`: into rules that are there. */
function loader(rules: Ruleset, change: boolean): readonly string[] {
  if (rules.loader === 'nft') return [requireTool('nft'), '-f', '-'];
  return [requireTool('iptables-legacy-restore'), ...(change ? ['--noflush'] : [])];
}

/** Loads a ready-made text from a file into a network namespace; gives milliseconds of the loader from start to end. */
export async function loadReadyMade(netns: string, text: string, rules: Ruleset, change: boolean): Promise<number> {
  const path = '/run/ready-made';
  writeFileSync(path, text);
  const input = openSync(path, 'r');
  const [file = '', ...args] = loader(rules, change);
  const startedAt = performance.now();
  const child = withNetns(netnsPath(netns), () => spawn(file, args, { stdio: [input, 'ignore', 'inherit'] }));
  const [code] = await once(child, 'exit');
  const milliseconds = performance.now() - startedAt;
  closeSync(input);
  if (code !== 0) throw new Error(`${file}: exit code ${code}`);
  return milliseconds;
}
