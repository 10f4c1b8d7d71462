import type { ObjectStore } from '../cluster/store.ts';
import { isZoneObject, type ZoneChange, zoneChange } from '../dns/zone-item.ts';
import type { LabDns } from '../kinds/types.ts';
import type { Helper } from '../workload/supervisor.ts';

type NamesRequest = Parameters<Helper['tell']>[0];

/** Tells the helper process of the lab's names, as CoreDNS's watch of the API server would, if the lab has cluster DNS. */
export class ClusterNames {
  readonly #store: ObjectStore;
  readonly #tell: Helper['tell'];
  #changes: ZoneChange[] = [];
  #known = false;

  constructor(store: ObjectStore, tell: Helper['tell']) {
    this.#store = store;
    this.#tell = tell;
    store.watch(({ type, object }) => {
      if (!isZoneObject(object)) return;
      if (this.#changes.length === 0) setImmediate(() => this.send());
      this.#changes.push(zoneChange(object, type === 'DELETED'));
    });
  }

  get #dns(): LabDns | undefined {
    return this.#store.list('Lab')[0]?.spec.dns;
  }

  /** What a helper process that knows nothing has to be told before it starts servers. */
  everything(): readonly NamesRequest[] {
    this.#changes = [];
    const dns = this.#dns;
    this.#known = dns !== undefined;
    if (dns === undefined) return [];
    const objects = [
      ...this.#store.list('Namespace'),
      ...this.#store.list('Service'),
      ...this.#store.list('EndpointSlice'),
    ];
    return [
      { op: 'dns', dns },
      { op: 'zone', changes: objects.map((object) => zoneChange(object)), time: this.#time() },
    ];
  }

  /** Tells what has changed since the last time; changes that nobody sends go out by themselves when the work is done. */
  send(): void {
    const changes = this.#changes;
    this.#changes = [];
    if (this.#dns === undefined) return;
    if (!this.#known) for (const request of this.everything()) this.#tell(request);
    else if (changes.length > 0) this.#tell({ op: 'zone', changes, time: this.#time() });
  }

  #time(): number {
    return Math.floor(this.#store.now().getTime() / 1000);
  }
}
