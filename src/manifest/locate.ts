import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { PathStep } from '../kinds/path.ts';
import { isMerge } from './convert.ts';

type Targets = ReadonlyMap<Alias, Node>;

function follow(node: unknown, targets: Targets): unknown {
  return isAlias(node) ? targets.get(node) : node;
}

function keyText(pair: Pair, targets: Targets): string | undefined {
  const key = follow(pair.key, targets);
  return isScalar(key) ? String(key.value) : undefined;
}

function findPair(map: YAMLMap, key: string, targets: Targets): Pair | undefined {
  const own = map.items.find((pair) => !isMerge(pair) && keyText(pair, targets) === key);
  if (own !== undefined) return own;
  for (const pair of map.items.filter(isMerge)) {
    const value = follow(pair.value, targets);
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = follow(source, targets);
      const found = isMap(merged) ? findPair(merged, key, targets) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Fields that Kubernetes keeps twice: a fault of the list is often in the single one, which is what was written. */
const singular: Readonly<Record<string, string>> = { clusterIPs: 'clusterIP', podCIDRs: 'podCIDR' };

/** The pair of a key, or of the field that stands for it. */
function findField(map: YAMLMap, key: string, targets: Targets): Pair | undefined {
  const other = singular[key];
  return findPair(map, key, targets) ?? (other === undefined ? undefined : findPair(map, other, targets));
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** Offset of the field at a path: of its key, or of an entry of a list; of the nearest parent there is, otherwise. */
export function offsetAt(root: Node | null, steps: readonly PathStep[], targets: Targets): number {
  let here: unknown = root;
  let offset = offsetOf(root) ?? 0;
  for (const step of steps) {
    const node = follow(here, targets);
    if (isSeq(node) && typeof step === 'number') {
      here = node.items[step];
      if (here === undefined) return offset;
      offset = offsetOf(here) ?? offset;
    } else if (isMap(node)) {
      const pair = findField(node, String(step), targets);
      if (pair === undefined) return offset;
      offset = offsetOf(pair.key) ?? offset;
      here = pair.value;
    } else return offset;
  }
  return offset;
}
