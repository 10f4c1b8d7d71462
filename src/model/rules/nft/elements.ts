import type { Datum } from './data-types.ts';
import type { Pattern, Verdict } from './values.ts';

/** One element of a set or map. */
export interface Element {
  readonly line: number;
  /** One pattern for each part of the key. */
  readonly key: readonly Pattern[];
  readonly verdict?: Verdict;
  /** Of a map: one pattern for each part of the value. */
  readonly value?: readonly Pattern[];
}

function exactKey(values: readonly Datum[]): Datum {
  const [first = ''] = values;
  return values.length === 1 ? first : values.join('|');
}

function exactValues(key: readonly Pattern[]): Datum[] | undefined {
  const values: Datum[] = [];
  for (const pattern of key) {
    if (pattern.kind !== 'exact') return undefined;
    values.push(pattern.value);
  }
  return values;
}

/** Whether the value is what the pattern asks for. */
export function fits(pattern: Pattern, value: Datum): boolean {
  if (pattern.kind === 'exact') return pattern.value === value;
  if (pattern.kind === 'range') return value >= pattern.low && value <= pattern.high;
  return typeof value === 'string' && value.startsWith(pattern.text);
}

/** The elements of a set or map: exact ones in a hash map, single ranges in order, and the few others in a list. */
export class ElementTable {
  readonly #exact = new Map<Datum, Element>();
  readonly #ranges: { readonly low: Datum; readonly high: Datum; readonly element: Element }[] = [];
  readonly #others: Element[] = [];
  #sorted = true;
  /** The element `*`, for all keys that no other has. */
  catchAll: Element | undefined;

  /** Adds an element; false when an equal one is there already. */
  add(element: Element): boolean {
    const values = exactValues(element.key);
    const [first] = element.key;
    if (values !== undefined) {
      const key = exactKey(values);
      if (this.#exact.has(key)) return false;
      this.#exact.set(key, element);
    } else if (element.key.length === 1 && first?.kind === 'range') {
      this.#ranges.push({ low: first.low, high: first.high, element });
      this.#sorted = false;
    } else this.#others.push(element);
    return true;
  }

  /** The element that holds these values. */
  find(values: readonly Datum[]): Element | undefined {
    return this.#exact.get(exactKey(values)) ?? this.#inRange(values) ?? this.#among(values) ?? this.catchAll;
  }

  /** All elements, in no particular order. */
  *all(): Generator<Element> {
    yield* this.#exact.values();
    for (const { element } of this.#ranges) yield element;
    yield* this.#others;
    if (this.catchAll !== undefined) yield this.catchAll;
  }

  /** Number of elements. */
  get size(): number {
    return this.#exact.size + this.#ranges.length + this.#others.length + (this.catchAll === undefined ? 0 : 1);
  }

  #among(values: readonly Datum[]): Element | undefined {
    return this.#others.find(({ key }) => key.every((pattern, at) => fits(pattern, values[at] ?? '')));
  }

  /** The range that begins last before the value; ranges of one set do not overlap. */
  #inRange([value]: readonly Datum[]): Element | undefined {
    if (value === undefined || this.#ranges.length === 0) return undefined;
    if (!this.#sorted) this.#ranges.sort((a, b) => (a.low < b.low ? -1 : 1));
    this.#sorted = true;
    let from = 0;
    let to = this.#ranges.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const range = this.#ranges[middle];
      if (range !== undefined && range.low <= value) from = middle + 1;
      else to = middle;
    }
    const candidate = this.#ranges[from - 1];
    return candidate !== undefined && candidate.high >= value ? candidate.element : undefined;
  }
}
