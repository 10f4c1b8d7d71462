import { isDeepStrictEqual } from 'node:util';
import type { ObjectStore } from '../cluster/store.ts';
import { isZoneObject, type ZoneChange, zoneChange } from '../dns/zone-item.ts';
import type { LabDns } from '../kinds/types/lab.ts';
import type { Helper } from '../workload/supervisor.ts';

type NamesRequest = Parameters<Helper['tell']>[0];

/** Tells the helper process of the lab's names, as CoreDNS's watch of the API server would, if the lab has cluster DNS. */
export class ClusterNames {
  readonly #store: ObjectStore;
  readonly #tell: Helper['tell'];
  #changes: ZoneChange[] = [];
  /** The configuration that the helper process was told of. */
  #told: LabDns | undefined;
  #planned = false;

  constructor(store: ObjectStore, tell: Helper['tell']) {
    this.#store = store;
    this.#tell = tell;
    store.watch(({ type, object }) => {
      if (isZoneObject(object)) this.#changes.push(zoneChange(object, type === 'DELETED'));
      else if (object.kind !== 'Lab') return;
      if (!this.#planned) setImmediate(() => this.send());
      this.#planned = true;
    });
  }

  get #dns(): LabDns | undefined {
    return this.#store.list('Lab')[0]?.spec.dns || undefined;
  }

  /** What a helper process that knows nothing has to be told before it starts servers. */
  everything(): readonly NamesRequest[] {
    this.#changes = [];
    const dns = this.#dns;
    this.#told = dns;
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
    const dns = this.#dns;
    const changes = this.#changes;
    this.#changes = [];
    this.#planned = false;
    if (dns === undefined) return;
    if (this.#told === undefined) for (const request of this.everything()) this.#tell(request);
    else {
      if (!isDeepStrictEqual(this.#told, dns)) this.#tell({ op: 'dns', dns });
      if (changes.length > 0) this.#tell({ op: 'zone', changes, time: this.#time() });
    }
    this.#told = dns;
  }

  #time(): number {
    return Math.floor(this.#store.now().getTime() / 1000);
  }
}
