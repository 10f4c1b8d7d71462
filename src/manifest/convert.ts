import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

/** A fault of a document's YAML, at an offset of the text. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
  /** Offset of the other place that the message tells of; its line replaces `%s` in the message. */
  readonly other?: number;
}

/** A YAML document as plain data. */
export interface Converted {
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

const deepest = 100;
const aliasBudget = 100_000;

/** Thrown inside a conversion that cannot go on. */
class Abort extends Error {
  readonly fault: YamlFault;
  constructor(fault: YamlFault) {
    super(fault.message);
    this.fault = fault;
  }
}

interface State {
  readonly anchors: Map<string, Node>;
  readonly targets: Map<Alias, Node>;
  readonly open: Set<Node>;
  readonly faults: YamlFault[];
  aliasDepth: number;
  expanded: number;
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function targetOf(alias: Alias, state: State): Node {
  const target = state.targets.get(alias) ?? state.anchors.get(alias.source);
  if (target === undefined) {
    const hint = 'The anchor must stand before the alias; a text that begins with * needs quotes.';
    throw new Abort({ offset: offsetOf(alias), message: `alias *${alias.source} without an anchor`, hint });
  }
  if (state.open.has(target)) {
    throw new Abort({ offset: offsetOf(alias), message: `alias *${alias.source} holds itself` });
  }
  state.targets.set(alias, target);
  return target;
}

/** The key as a string, as Kubernetes' YAML library makes JSON keys of numbers and booleans. */
function keyOf(key: unknown, state: State): string | undefined {
  const node = isAlias(key) ? targetOf(key, state) : key;
  if (isScalar(node) && node.value !== null && typeof node.value !== 'object') return String(node.value);
  const hint = 'A text in double braces is a template: render it first (helm template, kustomize build).';
  state.faults.push({ offset: offsetOf(key), message: 'a key must be a string', ...(isMap(node) ? { hint } : {}) });
  return undefined;
}

/** Whether the pair is a merge key: `<<`, not quoted. */
export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

function define(into: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function spend(node: unknown, count: number, state: State): void {
  if (state.aliasDepth === 0) return;
  state.expanded += count;
  if (state.expanded <= aliasBudget) return;
  const message = `aliases expand to more than ${aliasBudget.toLocaleString('en')} values`;
  throw new Abort({ offset: offsetOf(node), message, hint: 'Write the repeated parts out, or generate the file.' });
}

function mergeInto(into: Record<string, unknown>, value: unknown, depth: number, state: State): void {
  const node = isAlias(value) ? targetOf(value, state) : value;
  const sources = isSeq(node) ? node.items : [value];
  for (const source of sources) {
    const merged = convert(source, depth + 1, state);
    if (typeof merged !== 'object' || merged === null || Array.isArray(merged)) {
      throw new Abort({ offset: offsetOf(source), message: 'a merge key (<<) takes a mapping or a list of mappings' });
    }
    for (const [key, entry] of Object.entries(merged)) if (!Object.hasOwn(into, key)) define(into, key, entry);
  }
}

function convertMap(map: YAMLMap, depth: number, state: State): unknown {
  const into: Record<string, unknown> = {};
  const seen = new Map<string, unknown>();
  for (const pair of map.items) {
    if (isMerge(pair)) continue;
    const key = keyOf(pair.key, state);
    const value = convert(pair.value, depth + 1, state);
    if (key === undefined) continue;
    if (seen.has(key)) {
      const fault = { offset: offsetOf(pair.key), message: `duplicate key "${key}" (first on line %s)` };
      state.faults.push({ ...fault, other: offsetOf(seen.get(key)), hint: 'Remove one of the two.' });
      continue;
    }
    seen.set(key, pair.key);
    define(into, key, value);
  }
  for (const pair of map.items) if (isMerge(pair)) mergeInto(into, pair.value, depth, state);
  return into;
}

function convertInner(node: Node, depth: number, state: State): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => convert(item, depth + 1, state));
  return isMap(node) ? convertMap(node, depth, state) : null;
}

function convertAlias(alias: Alias, depth: number, state: State): unknown {
  const target = targetOf(alias, state);
  state.aliasDepth++;
  const value = convert(target, depth, state);
  state.aliasDepth--;
  return value;
}

function convert(value: unknown, depth: number, state: State): unknown {
  if (value === null || value === undefined) return null;
  const node = value as Node;
  if (depth > deepest) throw new Abort({ offset: offsetOf(node), message: `nested deeper than ${deepest} levels` });
  spend(node, 1, state);
  if (isAlias(node)) return convertAlias(node, depth, state);
  if (!isScalar(node)) state.open.add(node);
  const { anchor } = node as { anchor?: string };
  if (anchor !== undefined && state.aliasDepth === 0) state.anchors.set(anchor, node);
  const converted = convertInner(node, depth, state);
  state.open.delete(node);
  return converted;
}

/**
 * Plain data of a YAML node. Aliases and merge keys are written out, within limits that stop documents made to explode;
 * a key given twice is a fault, and the first one counts. Names such as __proto__ are keys like any other.
 */
export function convertNode(root: Node | null): Converted {
  const state: State = {
    anchors: new Map(),
    targets: new Map(),
    open: new Set(),
    faults: [],
    aliasDepth: 0,
    expanded: 0,
  };
  try {
    return { value: convert(root, 0, state), faults: state.faults, targets: state.targets };
  } catch (error) {
    if (!(error instanceof Abort)) throw error;
    return { value: undefined, faults: [...state.faults, error.fault], targets: state.targets };
  }
}
