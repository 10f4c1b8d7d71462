import type { Family } from '../../net/address.ts';
import { multiply } from '../fraction.ts';
import { advance, assuming, type Course, ended, going, type Happening, type Progress } from './course.ts';
import type { NodeDump } from './node.ts';
import { translate } from './translate.ts';
import type { BaseChain, Branch, Hook, Packet, World } from './types.ts';
import { undoTranslation } from './undo.ts';

/** When conntrack looks at a packet, among the priorities of chains. */
const conntrackPriority = -200;

/** Hooks where the destination is rewritten, with NAT's priority there; in the others it is the source. */
const destinationHooks: ReadonlySet<Hook> = new Set(['prerouting', 'output']);

function natPriority(hook: Hook): number {
  return destinationHooks.has(hook) ? -100 : 100;
}

const sorted = new WeakMap<NodeDump, Map<string, readonly BaseChain[]>>();

/** The base chains at a hook, in the order in which packets meet them. */
function chainsAt(node: NodeDump, hook: Hook, family: Family): readonly BaseChain[] {
  const ofNode = sorted.get(node) ?? new Map<string, readonly BaseChain[]>();
  sorted.set(node, ofNode);
  const key = `${hook} ${family}`;
  const known = ofNode.get(key);
  if (known !== undefined) return known;
  const chains = node.ruleSets
    .flatMap(({ baseChains }) => baseChains)
    .filter((chain) => chain.hook === hook && chain.family === family)
    .sort((a, b) => a.priority - b.priority);
  ofNode.set(key, chains);
  return chains;
}

const refusing = /port-unreach|tcp[- ]reset/;

/** What a sender makes of a REJECT: a refusal, or that there is no way. */
function outcomeOfReject(kind: string): 'refused' | 'unreachable' {
  return refusing.test(kind) ? 'refused' : 'unreachable';
}

function afterBranch(course: Course, chain: BaseChain, branch: Branch, certainly: boolean): Course {
  const hits: Happening[] = branch.hits.map((hit) => ({ kind: 'rule', hook: chain.hook, hit }));
  const next: Course = {
    ...course,
    packet: branch.packet,
    share: certainly ? course.share : multiply(course.share, branch.share),
    trail: hits.length === 0 ? course.trail : [...course.trail, ...hits],
    shadowed: branch.shadowed.length === 0 ? course.shadowed : [...course.shadowed, ...branch.shadowed],
  };
  return branch.assumed.length === 0 ? next : assuming(next, ...branch.assumed);
}

function decisionText(chain: BaseChain, branch: Branch): string {
  const last = branch.hits.at(-1);
  const decided = last !== undefined && /^(drop|reject|accept|dnat|snat|masq|redirect|tproxy)/.test(last.verdict);
  return decided
    ? `line ${last.line}, chain ${last.chain} of table ${last.table}`
    : `the policy of ${chain.chain} in table ${chain.table}`;
}

/**
 * Whether the kernel asks routing again after a chain on OUTPUT: after one of the type `route` (mangle) when addresses or
 * the mark differ, after NAT when the destination does. What other chains change of a mark comes too late for routing.
 */
function reroutes(type: BaseChain['type'], before: Packet, { packet: after }: Course): boolean {
  if (type === 'filter') return false;
  if (before.destination !== after.destination) return true;
  return type === 'route' && (before.source !== after.source || before.mark !== after.mark);
}

function runChain(course: Course, chain: BaseChain, node: NodeDump, world: World): Progress {
  const branches = chain.run(course.packet, world);
  let progress: Progress = going();
  for (const branch of branches) {
    const next = afterBranch(course, chain, branch, branches.length === 1);
    const one = conclude(next, chain, branch, node, world);
    progress = { courses: [...progress.courses, ...one.courses], endings: [...progress.endings, ...one.endings] };
  }
  return progress;
}

function conclude(course: Course, chain: BaseChain, branch: Branch, node: NodeDump, world: World): Progress {
  const { verdict } = branch;
  switch (verdict.kind) {
    case 'drop':
      return ended(course, 'dropped', `dropped by ${decisionText(chain, branch)}`);
    case 'reject':
      return ended(
        course,
        outcomeOfReject(verdict.with),
        `rejected with ${verdict.with} by ${decisionText(chain, branch)}`,
      );
    case 'unknown':
      return ended(course, 'unknown', `unknown from here on: ${verdict.reason}`);
    case 'accept': {
      if (verdict.translation === undefined) return going(course);
      const done = destinationHooks.has(chain.hook) ? { destination: true } : { source: true };
      const natted = { ...course.natted, ...done };
      return going(...translate({ ...course, natted }, verdict.translation, node, world));
    }
  }
}

function isNatDone({ natted }: Course, hook: Hook): boolean {
  return destinationHooks.has(hook) ? natted.destination : natted.source;
}

/** Conntrack's first look at the packet: of a connection that it does not know yet. */
function track(course: Course): Course {
  const { connection } = course.packet;
  if (connection.state !== 'none') return course;
  return { ...course, packet: { ...course.packet, connection: { ...connection, state: 'new' } } };
}

function endOfNat(course: Course, hook: Hook): Course {
  const done = destinationHooks.has(hook) ? { destination: true } : { source: true };
  return isNatDone(course, hook) ? course : { ...course, natted: { ...course.natted, ...done } };
}

function seesNat({ packet }: Course): boolean {
  return packet.connection.state === 'new';
}

/** Takes the course through one hook: every base chain by priority, conntrack and NAT in their places. */
export function passHook(start: Course, hook: Hook, node: NodeDump, world: World): Progress {
  const tracks = hook === 'prerouting' || hook === 'output';
  let progress: Progress = going(start);
  let tracked = !tracks;
  let undone = start.packet.connection.direction === 'original';
  for (const chain of chainsAt(node, hook, start.packet.family)) {
    if (!tracked && chain.priority >= conntrackPriority) {
      progress = advance(progress, (course) => going(track(course)));
      tracked = true;
    }
    if (!undone && chain.priority >= natPriority(hook)) {
      progress = advance(progress, (course) => going(undoTranslation(course, destinationHooks.has(hook))));
      undone = true;
    }
    progress = advance(progress, (course) => {
      if (chain.type === 'nat' && (!seesNat(course) || isNatDone(course, hook))) return going(course);
      const next = runChain(course, chain, node, world);
      if (hook !== 'output') return next;
      return advance(next, (one) => going(reroutes(chain.type, course.packet, one) ? { ...one, reroute: true } : one));
    });
    if (progress.courses.length === 0) return progress;
  }
  return advance(progress, (course) => {
    const seen = tracked ? course : track(course);
    const back = undone ? seen : undoTranslation(seen, destinationHooks.has(hook));
    return going(hook === 'forward' ? back : endOfNat(back, hook));
  });
}
