import { applyObjects, waitSettled } from '../../src/api/client.ts';
import { requestJSON } from '../../src/api/http.ts';
import type { LabLocation } from '../../src/api/locate.ts';
import type { Connection } from '../../src/api/types.ts';
import { LabError } from '../../src/errors.ts';
import type { Pod } from '../../src/kinds/types/pod.ts';
import { keyOf, objectName } from '../../src/scenario/object-name.ts';
import { untilContent } from '../../src/scenario/patience.ts';
import { Session } from '../../src/scenario/session.ts';
import { ScratchLab } from '../scratch-lab.ts';
import type { Change, Difference, Manifest, Story } from './types.ts';

/** Milliseconds until changes have to be in the kernel. */
const patience = 120_000;

const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

function runs({ spec, status }: Pod): boolean {
  const running = status.containerStatuses?.filter(({ state }) => state === 'running') ?? [];
  return running.length === spec.containers.length;
}

/** Waits until the servers of every Pod that has a node listen and all rules are in. Throws Mismatch and `timeout`. */
async function atRest(lab: LabLocation): Promise<void> {
  await waitSettled(lab, patience);
  await untilContent(async () => {
    const { items } = await requestJSON<{ items: readonly Pod[] }>(lab, { path: '/api/v1/pods' });
    const waiting = items
      .filter((pod) => pod.spec.nodeName !== undefined && !runs(pod))
      .map(({ metadata }) => metadata.name);
    return waiting.length === 0 ? undefined : `${waiting.join(', ')} do not run`;
  });
  await waitSettled(lab, patience);
}

function differenceOf({ from, to, about = '', difference = '' }: Connection, at: number): Difference {
  return { at, from, to, about, difference };
}

/** A lab that runs, in which stories of one ground are played one after another. */
export class LiveLab {
  readonly #scratch: ScratchLab;
  readonly #session: Session;
  #objects: readonly string[] = [];
  #pods = new Map<string, string>();
  /** Clusters verified so far: each point of a story is one. */
  clusters = 0;
  /** Connections tried so far. */
  connections = 0;

  private constructor(scratch: ScratchLab) {
    this.#scratch = scratch;
    this.#session = new Session(scratch.location);
  }

  get #lab(): LabLocation {
    return this.#scratch.location;
  }

  /** Starts a lab on this ground, in a run directory of its own. Throws what `startLab` throws. */
  static async start(ground: readonly Manifest[]): Promise<LiveLab> {
    const scratch = await ScratchLab.start('hunt', async (lab) => {
      await applyObjects(lab, { objects: ground });
      await atRest(lab);
    });
    return new LiveLab(scratch);
  }

  /** Ends the lab; nothing is left of it. */
  close(): Promise<void> {
    return this.#scratch.close();
  }

  /** Plays the story up to the first point where kernel and model disagree, and tells all differences there. */
  async play({ objects, changes }: Story): Promise<readonly Difference[]> {
    await this.#become(objects);
    const first = await this.#verify(0);
    if (first.length > 0) return first;
    for (const [at, change] of changes.entries()) {
      await this.#change(change);
      const found = await this.#verify(at + 1);
      if (found.length > 0) return found;
    }
    return [];
  }

  async #remove(names: readonly string[], gracePeriodSeconds?: number): Promise<void> {
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    const objects = names.map(objectName).map(keyOf);
    const body = { objects, ignoreNotFound: true, ...grace };
    await requestJSON(this.#lab, { method: 'POST', path: '/lab/v1/delete', body });
  }

  /** Brings the lab from the last story's objects to these. What cannot become what it should be is made anew. */
  async #become(objects: readonly Manifest[]): Promise<void> {
    const wanted = new Set(objects.map(nameOf));
    const pods = new Map(objects.filter(({ kind }) => kind === 'Pod').map((pod) => [nameOf(pod), JSON.stringify(pod)]));
    const gone = this.#objects.filter((name) => !wanted.has(name) || this.#pods.get(name) !== pods.get(name));
    await this.#remove(gone, 0);
    try {
      await applyObjects(this.#lab, { objects });
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      await this.#remove([...wanted], 0);
      await applyObjects(this.#lab, { objects });
    }
    this.#objects = [...wanted];
    this.#pods = pods;
    await atRest(this.#lab);
  }

  async #change(change: Change): Promise<void> {
    if ('apply' in change) {
      await applyObjects(this.#lab, { objects: change.apply });
      this.#objects = [...new Set([...this.#objects, ...change.apply.map(nameOf)])];
      for (const name of change.apply.map(nameOf)) this.#pods.set(name, 'changed');
    } else {
      await this.#remove([change.delete], change.gracePeriodSeconds);
      const { definition, name } = objectName(change.delete);
      this.#pods.set(`${definition.kind}/${name}`, 'changed');
    }
    await atRest(this.#lab);
  }

  async #verify(at: number): Promise<readonly Difference[]> {
    const { connections } = await this.#session.verify({});
    this.clusters++;
    this.connections += connections.length;
    return connections.filter(({ agrees }) => !agrees).map((one) => differenceOf(one, at));
  }
}
