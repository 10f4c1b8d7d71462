import type { ObjectKey } from '../../src/api/types.ts';
import { reconcile } from '../../src/cluster/reconcile.ts';
import { Kernel } from '../../src/kernel/apply.ts';
import type { KubeObject } from '../../src/kinds/types/meta.ts';
import { applyToLab, deleteFromLab } from '../../src/lab/changes.ts';
import { LabState } from '../../src/lab/state.ts';
import type { DesiredLab, Ruleset } from '../../src/plan/desired.ts';
import { diffLab } from '../../src/plan/diff.ts';
import { loaderOf } from '../../src/plan/rulesets/registry.ts';
import { type BenchMode, labObjects } from './cluster.ts';

const nothing: DesiredLab = { namespaces: [] };

/** Name of the network namespace of the one node. */
export const nodeNetns = 'node1';

/**
 * A lab of one node and many Services without Pods, brought into the kernel by the very functions that a lab's
 * controller calls, in its order (see Lab in src/controller/lab.ts). It has to run in a worker.
 */
export class World {
  readonly #state = new LabState('bench', () => new Date());
  readonly #kernel = new Kernel();
  #applied: DesiredLab = nothing;

  /** The objects are there; the kernel is not touched yet. */
  constructor(mode: BenchMode, services: number) {
    this.apply(labObjects(mode, services));
  }

  /** Creates or changes objects, as `svclab apply` does, and lets the cluster's controllers do their work. */
  apply(objects: readonly KubeObject[]): void {
    applyToLab(this.#state, { objects });
    this.#reconcile();
  }

  /** Deletes objects, as `svclab delete` does, and lets the cluster's controllers do their work. */
  delete(objects: readonly ObjectKey[]): void {
    deleteFromLab(this.#state, { objects });
    this.#reconcile();
  }

  #reconcile(): void {
    reconcile(this.#state.store, { now: this.#state.store.now() });
  }

  /** Brings the kernel to what the objects come to. */
  async converge(): Promise<void> {
    const { desired } = this.#state.round();
    await this.#kernel.apply(diffLab(this.#applied, desired));
    this.#applied = desired;
  }

  /** The proxy's rules that the kernel was last brought to. */
  get rules(): Ruleset {
    return proxyRules(this.#applied);
  }

  /**
   * Takes the objects as they are for what the kernel holds, for somebody else to bring it there; gives the proxy's
   * rules before and after.
   */
  skip(): { readonly before: Ruleset; readonly after: Ruleset } {
    const before = this.rules;
    this.#applied = this.#state.round().desired;
    return { before, after: this.rules };
  }

  /** Texts that would put right what the dump of the node's rules shows to differ. */
  repairs(saved: string): readonly string[] {
    return loaderOf(this.rules).repair(saved, this.rules);
  }

  /** Removes everything from the kernel. */
  async end(): Promise<void> {
    await this.#kernel.apply(diffLab(this.#applied, nothing));
    this.#applied = nothing;
  }
}

function proxyRules({ namespaces }: DesiredLab): Ruleset {
  const node = namespaces.find(({ name }) => name === nodeNetns);
  const rules = node?.rulesets.find(({ owner }) => owner === 'kube-proxy');
  if (rules === undefined) throw new Error('the lab has no rules of kube-proxy');
  return rules;
}
