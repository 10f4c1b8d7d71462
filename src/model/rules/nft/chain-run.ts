import { certain, multiply } from '../../fraction.ts';
import type { Branch, Packet, RuleHit, Verdict, World } from '../types.ts';
import type { NftChain, NftRule, NftTable } from './ast.ts';
import { type RuleBranch, runRule } from './rule-run.ts';

/** The kernel refuses rules that nest deeper (NFT_JUMP_STACK_SIZE). */
const deepest = 16;

/** A branch on its way; without a verdict it comes back to who called the chain. */
interface Way extends Omit<Branch, 'verdict'> {
  readonly verdict?: Verdict;
}

interface Scope {
  readonly table: NftTable;
  readonly world: World;
}

function tableName({ family, name }: NftTable): string {
  return `${family} ${name}`;
}

function hitOf(rule: NftRule, chain: NftChain, table: NftTable, { did, chance }: RuleBranch): RuleHit {
  return {
    line: rule.line,
    table: tableName(table),
    chain: chain.name,
    rule: rule.text,
    verdict: did.join(', '),
    ...(chance === undefined ? {} : { chance }),
  };
}

function advance(way: Way, branch: RuleBranch, rule: NftRule, chain: NftChain, scope: Scope): Way {
  return {
    packet: branch.packet,
    share: multiply(way.share, branch.share),
    hits: branch.did.length === 0 ? way.hits : [...way.hits, hitOf(rule, chain, scope.table, branch)],
    shadowed: way.shadowed,
    assumed: branch.assumed.length === 0 ? way.assumed : [...way.assumed, ...branch.assumed],
  };
}

/** Rules of the chain behind one that has decided, which match as well. */
function shadowedIn(chain: NftChain, from: number, packet: Packet, scope: Scope): RuleHit[] {
  return chain.rules.slice(from).flatMap((rule) =>
    runRule(rule, packet, scope)
      .filter(({ did }) => did.length > 0)
      .slice(0, 1)
      .map((branch) => hitOf(rule, chain, scope.table, branch)),
  );
}

function withShadowed(way: Way, chain: NftChain, from: number, scope: Scope): Way {
  if (!scope.world.wantsShadowed || way.verdict === undefined) return way;
  const more = shadowedIn(chain, from, way.packet, scope);
  return more.length === 0 ? way : { ...way, shadowed: [...way.shadowed, ...more] };
}

/** Where one branch of a rule leads: `on` to the next rule, or `out` of the chain. */
function follow(
  branch: RuleBranch,
  way: Way,
  scope: Scope,
  depth: number,
): { on: readonly Way[]; out: readonly Way[] } {
  const { goes } = branch;
  switch (goes.kind) {
    case 'next':
      return { on: [way], out: [] };
    case 'return':
      return { on: [], out: [way] };
    case 'goto':
      return { on: [], out: enter(goes.chain, way, scope, depth) };
    case 'jump': {
      const ways = enter(goes.chain, way, scope, depth);
      return {
        on: ways.filter(({ verdict }) => verdict === undefined),
        out: ways.filter((one) => one.verdict !== undefined),
      };
    }
    default:
      return { on: [], out: [{ ...way, verdict: goes }] };
  }
}

function enter(name: string, way: Way, scope: Scope, depth: number): readonly Way[] {
  const chain = scope.table.chains.get(name);
  if (chain === undefined) return [{ ...way, verdict: { kind: 'unknown', reason: `chain ${name} is not there` } }];
  if (depth >= deepest)
    return [{ ...way, verdict: { kind: 'unknown', reason: `chains call each other in a circle at ${name}` } }];
  return runChain(chain, way, scope, depth + 1);
}

function runChain(chain: NftChain, entering: Way, scope: Scope, depth: number): readonly Way[] {
  const out: Way[] = [];
  let live: readonly Way[] = [entering];
  for (const [at, rule] of chain.rules.entries()) {
    if (live.length === 0) break;
    const after: Way[] = [];
    for (const way of live) {
      for (const branch of runRule(rule, way.packet, scope)) {
        const led = follow(branch, advance(way, branch, rule, chain, scope), scope, depth);
        after.push(...led.on);
        out.push(...led.out.map((one) => withShadowed(one, chain, at + 1, scope)));
      }
    }
    live = after;
  }
  return [...out, ...live];
}

/** All that may happen to the packet in a base chain; the policy decides where no rule did. */
export function runBaseChain(chain: NftChain, packet: Packet, scope: Scope): Branch[] {
  const policy: Verdict = { kind: chain.hook?.policy ?? 'accept' };
  const entering: Way = { packet, share: certain, hits: [], shadowed: [], assumed: [] };
  return runChain(chain, entering, scope, 0).map((way) => ({ ...way, verdict: way.verdict ?? policy }));
}
