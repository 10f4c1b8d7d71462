import type { LabObject } from '../kinds/types/object.ts';
import type { Key } from './keys.ts';
import type { Change } from './store.ts';

const none: ReadonlySet<Key> = new Set();

/** Finds objects by a text derived from them, such as a label or an owner's uid; kept up to date change by change. */
export class SetIndex {
  readonly #entriesOf: (object: LabObject) => readonly string[];
  readonly #keys = new Map<string, Set<Key>>();

  constructor(entriesOf: (object: LabObject) => readonly string[]) {
    this.#entriesOf = entriesOf;
  }

  /** Keys of the objects that have the entry. */
  get(entry: string): ReadonlySet<Key> {
    return this.#keys.get(entry) ?? none;
  }

  /** Keys of the objects that have the entry, sorted. */
  sorted(entry: string): readonly Key[] {
    return [...this.get(entry)].sort();
  }

  /** Some object that has the entry. */
  first(entry: string): Key | undefined {
    for (const key of this.get(entry)) return key;
    return undefined;
  }

  /** All entries that some object has. */
  entries(): Iterable<string> {
    return this.#keys.keys();
  }

  /** Takes note of a change of the store. */
  update({ key, before, after }: Change): void {
    const old = before === undefined ? [] : this.#entriesOf(before);
    const now = after === undefined ? [] : this.#entriesOf(after);
    if (old.length === now.length && old.every((entry, i) => entry === now[i])) return;
    for (const entry of old) this.#remove(entry, key);
    for (const entry of now) this.#add(entry, key);
  }

  #add(entry: string, key: Key): void {
    const keys = this.#keys.get(entry);
    if (keys === undefined) this.#keys.set(entry, new Set([key]));
    else keys.add(key);
  }

  #remove(entry: string, key: Key): void {
    const keys = this.#keys.get(entry);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(entry);
  }
}
