import { isPodFinished, withReadiness } from '../../src/cluster/pods/status.ts';
import type { ObjectStore } from '../../src/cluster/store.ts';
import { LabError } from '../../src/errors.ts';
import type { Pod } from '../../src/kinds/types/pod.ts';
import { applyToLab, deleteFromLab } from '../../src/lab/changes.ts';
import { type LabRound, LabState } from '../../src/lab/state.ts';
import { keyOf, objectName } from '../../src/scenario/object-name.ts';
import type { Change, Manifest, Story } from './types.ts';

/** What the kubelet of a lab would write about a Pod whose servers run: it is ready unless a gate keeps it from that. */
function run(store: ObjectStore, pod: Pod): void {
  if (pod.status.podIP === undefined || isPodFinished(pod)) return;
  const containerStatuses = pod.spec.containers.map(
    ({ name }) => ({ name, ready: true, restartCount: 0, state: 'running' }) as const,
  );
  const status = { ...pod.status, phase: 'Running' as const, containerStatuses };
  store.update<Pod>({ ...pod, status: withReadiness(pod, status, store.now()) });
}

/** A lab on paper: the same objects, controllers, leases and rules as in a real one, and no kernel. */
class PaperLab {
  readonly #state = new LabState('hunt', () => new Date('2000-01-01T00:00:00Z'));

  /** Creates or changes the objects, all or none. Throws what an API server refuses. */
  apply(objects: readonly Manifest[]): void {
    applyToLab(this.#state, { objects });
  }

  /** Makes one change. Throws what an API server refuses, and `not-found`. */
  change(change: Change): void {
    if ('apply' in change) this.apply(change.apply);
    else {
      const { delete: name, gracePeriodSeconds } = change;
      const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
      deleteFromLab(this.#state, { objects: [keyOf(objectName(name))], ...grace });
    }
  }

  /** What the objects come to once controllers and kubelets are at rest. */
  round(): LabRound {
    const { store } = this.#state;
    for (;;) {
      const before = store.resourceVersion;
      const round = this.#state.round();
      for (const pod of store.list('Pod')) run(store, pod);
      if (store.resourceVersion === before) return round;
    }
  }
}

/** What the story comes to at its beginning and after each change. Throws what an API server refuses. */
export function roundsOf({ ground, objects, changes }: Story): readonly LabRound[] {
  const lab = new PaperLab();
  lab.apply([...ground, ...objects]);
  const rounds = [lab.round()];
  for (const change of changes) {
    lab.change(change);
    rounds.push(lab.round());
  }
  return rounds;
}

function accepted<T>(items: readonly T[], work: (item: T) => void): readonly T[] {
  return items.filter((item) => {
    try {
      work(item);
      return true;
    } catch (error) {
      if (error instanceof LabError) return false;
      throw error;
    }
  });
}

/** The story without what an API server refuses, such as a port that is taken or a Pod that is not there to delete. */
export function playable(story: Story): Story {
  const lab = new PaperLab();
  lab.apply(story.ground);
  lab.round();
  const objects = accepted(story.objects, (object) => lab.apply([object]));
  lab.round();
  const changes = accepted(story.changes, (change) => {
    lab.change(change);
    lab.round();
  });
  return { ...story, objects, changes };
}
