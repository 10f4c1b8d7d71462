import type { Family } from '../../../net/address.ts';
import { damagedLine } from '../damaged.ts';
import { type Network, networkHas, parseNetwork } from '../network.ts';
import { protocolName } from '../protocols.ts';
import type { RouteQuestion, Section } from '../types.ts';
import { tableName } from './routes.ts';

/** One rule of `ip rule`: who is it for, and which table is asked. */
export interface PolicyRule {
  readonly priority: number;
  readonly line: number | undefined;
  readonly text: string;
  readonly meets: (question: RouteQuestion) => boolean;
  readonly action:
    | { readonly kind: 'table'; readonly table: string; readonly suppressPrefix?: number }
    | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit' | 'nop' }
    | { readonly kind: 'goto'; readonly priority: number };
}

/** Whether a command prints rules of policy routing. */
export function isPolicyCommand(command: string): boolean {
  return /^ip\b.*\s(ru|rul|rule)\b/.test(command) && !/\s-j(son)?\b/.test(command);
}

/** `ip rule show` if the text looks like its output. */
export function recognisePolicy(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  return /^\d+:\s+(not )?from /.test(first) ? 'ip rule show' : undefined;
}

function after(words: readonly string[], ...names: readonly string[]): string | undefined {
  const at = words.findIndex((word) => names.includes(word));
  return at < 0 ? undefined : words[at + 1];
}

type Condition = (question: RouteQuestion) => boolean;

function networkCondition(text: string | undefined, key: 'source' | 'destination'): Condition[] {
  const network: Network | undefined = text === undefined || text === 'all' ? undefined : parseNetwork(text);
  if (network === undefined) return [];
  return [
    (question) => {
      const address = question[key];
      return address !== undefined && networkHas(network, address);
    },
  ];
}

function portCondition(text: string | undefined, key: 'sourcePort' | 'destinationPort'): Condition[] {
  if (text === undefined) return [];
  const [first = 0, last = first] = text.split('-').map(Number);
  return [
    (question) => {
      const port = question[key];
      return port !== undefined && port >= first && port <= last;
    },
  ];
}

function conditionsOf(words: readonly string[]): Condition[] {
  const fwmark = after(words, 'fwmark');
  const [value = 0, mask = 0xffffffff] = (fwmark ?? '').split('/').map(Number);
  const iif = after(words, 'iif', 'dev');
  const oif = after(words, 'oif');
  const protocol = after(words, 'ipproto');
  const none: Condition[] = [];
  return [
    ...networkCondition(after(words, 'from'), 'source'),
    ...networkCondition(after(words, 'to'), 'destination'),
    ...(fwmark === undefined ? none : [({ mark = 0 }: RouteQuestion) => (mark & mask) >>> 0 === value]),
    ...(iif === undefined ? none : [({ inInterface = 'lo' }: RouteQuestion) => inInterface === iif]),
    ...(oif === undefined ? none : [({ outInterface }: RouteQuestion) => outInterface === oif]),
    ...(protocol === undefined ? none : [(question: RouteQuestion) => question.protocol === protocolName(protocol)]),
    ...portCondition(after(words, 'sport'), 'sourcePort'),
    ...portCondition(after(words, 'dport'), 'destinationPort'),
  ];
}

function actionOf(words: readonly string[]): PolicyRule['action'] | undefined {
  const table = after(words, 'lookup', 'table');
  const suppress = after(words, 'suppress_prefixlength');
  if (table !== undefined) {
    const known = { kind: 'table', table: tableName(table) } as const;
    return suppress === undefined ? known : { ...known, suppressPrefix: Number(suppress) };
  }
  const target = after(words, 'goto');
  if (target !== undefined) return { kind: 'goto', priority: Number(target) };
  const kind = (['blackhole', 'unreachable', 'prohibit', 'nop'] as const).find((word) => words.includes(word));
  return kind === undefined ? undefined : { kind };
}

/** The rules that `ip rule show` prints, by priority. Throws `usage` for a line that is none. */
export function parsePolicy(section: Section): PolicyRule[] {
  const rules = section.text.split('\n').flatMap((line, at): PolicyRule[] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const [, priority, rest = ''] = /^(\d+):\s+(.*)$/.exec(line.trim()) ?? [];
    const words = rest.trim().split(/\s+/);
    const action = actionOf(words);
    if (priority === undefined) throw damagedLine(section, at, `"${line.slice(0, 60)}" is no rule of ip rule`);
    if (action === undefined) return [];
    const conditions = conditionsOf(words);
    const turned = words[0] === 'not';
    const meets = (question: RouteQuestion) => conditions.every((condition) => condition(question)) !== turned;
    return [{ priority: Number(priority), line: section.line + at, text: line.trim(), meets, action }];
  });
  return rules.sort((a, b) => a.priority - b.priority);
}

/** The rules that a kernel begins with: local, main, default; IPv6 has no default table. */
export function defaultPolicy(family: Family): PolicyRule[] {
  const tables = [['local', 0] as const, ['main', 32766] as const, ['default', 32767] as const];
  return tables.slice(0, family === 'ipv4' ? 3 : 2).map(([table, priority]) => ({
    priority,
    line: undefined,
    text: `${priority}: from all lookup ${table}`,
    meets: () => true,
    action: { kind: 'table', table },
  }));
}
