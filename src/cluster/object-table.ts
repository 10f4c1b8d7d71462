import type { LabObject } from '../kinds/types/object.ts';
import { type Key, keyOf } from './keys.ts';

/** Position of the key in a list sorted by key, or where it would be inserted. */
function position(sorted: readonly LabObject[], key: Key): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const object = sorted[middle];
    if (object !== undefined && keyOf(object) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Above this share of changed objects, sorting anew is cheaper than inserting one by one. */
const rebuildShare = 0.02;

/** All objects of one kind; its list is in the order of namespace and name, and the same array until something changes. */
export class ObjectTable {
  readonly #objects = new Map<Key, LabObject>();
  readonly #changed = new Set<Key>();
  #sorted: readonly LabObject[] = [];

  /** The object, if there is one. */
  get(key: Key): LabObject | undefined {
    return this.#objects.get(key);
  }

  /** All objects, those created first before others. */
  byAge(): readonly LabObject[] {
    return [...this.#objects.values()];
  }

  /** Puts the object at the key, or removes what is there. */
  put(key: Key, object: LabObject | undefined): void {
    if (object === undefined) this.#objects.delete(key);
    else this.#objects.set(key, object);
    this.#changed.add(key);
  }

  /** All objects, sorted by key. */
  list(): readonly LabObject[] {
    if (this.#changed.size === 0) return this.#sorted;
    const few = this.#changed.size <= 8 || this.#changed.size < this.#objects.size * rebuildShare;
    this.#sorted = few ? this.#patched() : this.#rebuilt();
    this.#changed.clear();
    return this.#sorted;
  }

  #patched(): readonly LabObject[] {
    const sorted = [...this.#sorted];
    for (const key of this.#changed) {
      const at = position(sorted, key);
      const there = sorted[at];
      const known = there !== undefined && keyOf(there) === key;
      const object = this.#objects.get(key);
      sorted.splice(at, known ? 1 : 0, ...(object === undefined ? [] : [object]));
    }
    return sorted;
  }

  #rebuilt(): readonly LabObject[] {
    return [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }
}
