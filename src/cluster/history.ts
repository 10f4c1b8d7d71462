import { LabError } from '../errors.ts';
import type { LabObject } from '../kinds/types/object.ts';

/** One committed change, as a watch delivers it. A DELETED event carries the last state under the version of the deletion. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: LabObject;
  readonly resourceVersion: number;
}

/** The latest committed events, so that a watch that was cut can go on where it stopped. */
export class EventHistory {
  readonly #limit: number;
  #events: StoreEvent[] = [];
  #forgottenUpTo = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps the events; the oldest ones are forgotten beyond the limit. */
  add(events: readonly StoreEvent[]): void {
    for (const event of events) this.#events.push(event);
    if (this.#events.length <= 2 * this.#limit) return;
    const forgotten = this.#events.splice(0, this.#events.length - this.#limit);
    this.#forgottenUpTo = forgotten.at(-1)?.resourceVersion ?? this.#forgottenUpTo;
  }

  /**
   * Events after the version, oldest first. Throws `expired` when some of them are forgotten, as the API server
   * answers 410 Gone, and `usage` when the text is no version.
   */
  since(resourceVersion: string, current: number): readonly StoreEvent[] {
    const from = Number(resourceVersion);
    if (!/^\d+$/.test(resourceVersion) || from > current) {
      throw new LabError('usage', `Invalid resource version "${resourceVersion}"`, {
        hint: `The latest is ${current}.`,
      });
    }
    if (from < this.#forgottenUpTo) {
      throw new LabError('expired', `too old resource version: ${from} (${this.#forgottenUpTo})`, {
        hint: 'List again and watch from the version of the list.',
      });
    }
    let at = this.#events.length;
    while (at > 0 && (this.#events[at - 1]?.resourceVersion ?? 0) > from) at--;
    return this.#events.slice(at);
  }
}
