import { buildView } from '../cluster/build-view.ts';
import { reconcile } from '../cluster/reconcile.ts';
import { ObjectStore } from '../cluster/store.ts';
import type { ClusterView, FlannelConfig } from '../cluster/view.ts';
import { buildDesired } from '../plan/build.ts';
import type { DesiredLab } from '../plan/desired.ts';
import { PodAddresses } from './addresses.ts';
import { flannelConfigOf, LeaseBook } from './leases.ts';
import { NodeProxies } from './proxies.ts';

/** What the objects of a lab come to at one moment. */
export interface LabRound {
  readonly view: ClusterView;
  readonly desired: DesiredLab;
}

/** A lab without a kernel: its objects, and what they come to. */
export class LabState {
  readonly name: string;
  readonly store: ObjectStore;
  readonly leases: LeaseBook;
  readonly #addresses = new PodAddresses();
  readonly #proxies = new NodeProxies();
  /** flanneld reads its configuration when it starts, and never again. */
  #flannel: FlannelConfig | undefined;

  constructor(name: string, clock: () => Date) {
    this.name = name;
    this.store = new ObjectStore({ clock });
    this.leases = new LeaseBook(name);
  }

  /**
   * One round: objects → controllers → leases and addresses → view → desired state of every network namespace. Throws
   * `invalid-object` and `environment` when the networks are too small.
   */
  round(): LabRound {
    const view = this.#view();
    return { view, desired: buildDesired(view, (node) => this.#proxies.of(view, node)) };
  }

  /** A round without rules, for a lab in which no Pod runs yet. Throws as `round` does. */
  roundWithoutRules(): LabRound {
    const view = this.#view();
    const { namespaces } = buildDesired(view, () => ({ rulesets: [], sysctls: [] }));
    return { view, desired: { namespaces: namespaces.map((netns) => ({ ...netns, rulesets: [] })) } };
  }

  #view(): ClusterView {
    const now = this.store.now();
    reconcile(this.store, { now });
    this.#flannel ??= flannelConfigOf(this.store);
    const leases = this.leases.update(this.store, this.#flannel, now);
    this.#addresses.assign(this.store, leases);
    reconcile(this.store, { now });
    return buildView(this.store, { flannel: this.#flannel, leases });
  }
}
