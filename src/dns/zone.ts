import { type IP, tryParseIP } from '../net/address.ts';
import type { ZoneChange, ZoneEndpoints, ZoneItem, ZoneService } from './zone-item.ts';

interface Named {
  service?: ZoneService;
  readonly endpoints: Set<ZoneEndpoints>;
}

function addTo<T>(index: Map<string, T[]>, key: string, value: T): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, [value]);
  else values.push(value);
}

function removeFrom<T>(index: Map<string, T[]>, key: string, value: T): void {
  const rest = index.get(key)?.filter((one) => one !== value) ?? [];
  if (rest.length === 0) index.delete(key);
  else index.set(key, rest);
}

/**
 * The data of a cluster's zone, found by Service and by address. Names of records are made when somebody asks for them,
 * so that a change costs no more than the object that changed.
 */
export class Zone {
  readonly #items = new Map<string, ZoneItem>();
  readonly #namespaces = new Set<string>();
  readonly #services = new Map<string, Named>();
  readonly #byClusterIP = new Map<string, ZoneService[]>();
  readonly #byEndpoint = new Map<string, ZoneEndpoints[]>();
  #version = 0;
  #serial = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Serial of the SOA: the Unix time of the last change, in seconds. */
  get serial(): number {
    return this.#serial;
  }

  /** Takes in changes, made at that Unix time in seconds. */
  apply(changes: readonly ZoneChange[], time: number): void {
    for (const { key, item } of changes) {
      const before = this.#items.get(key);
      if (before !== undefined) this.#remove(before);
      if (item === undefined) this.#items.delete(key);
      else {
        this.#items.set(key, item);
        this.#add(item);
      }
    }
    this.#version++;
    this.#serial = Math.floor(time) % 2 ** 32;
  }

  /** Whether the namespace exists. */
  hasNamespace(name: string): boolean {
    return this.#namespaces.has(name);
  }

  /** All namespaces. */
  namespaces(): readonly string[] {
    return [...this.#namespaces].sort();
  }

  /** All Services. */
  services(): readonly ZoneService[] {
    return [...this.#services.values()].flatMap(({ service }) => service ?? []);
  }

  /** The Service, if there is one. */
  service(namespace: string, name: string): ZoneService | undefined {
    return this.#services.get(`${namespace}/${name}`)?.service;
  }

  /** What the slices of a Service give. */
  endpoints(namespace: string, name: string): Iterable<ZoneEndpoints> {
    return this.#services.get(`${namespace}/${name}`)?.endpoints ?? [];
  }

  /** The Services with this cluster IP: one, as a rule. */
  withClusterIP(ip: string): readonly ZoneService[] {
    return this.#byClusterIP.get(ip) ?? [];
  }

  /** The slices with this ready endpoint. */
  withEndpoint(ip: string): readonly ZoneEndpoints[] {
    return this.#byEndpoint.get(ip) ?? [];
  }

  /** All cluster IPs and ready endpoints. */
  addresses(): readonly IP[] {
    const texts = new Set([...this.#byClusterIP.keys(), ...this.#byEndpoint.keys()]);
    return [...texts].map(tryParseIP).filter((ip) => ip !== undefined);
  }

  /** All changes that make an empty zone this one. */
  contents(): readonly ZoneChange[] {
    return [...this.#items].map(([key, item]) => ({ key, item }));
  }

  #named(key: string): Named {
    const known = this.#services.get(key) ?? { endpoints: new Set() };
    this.#services.set(key, known);
    return known;
  }

  #add(item: ZoneItem): void {
    if (item.kind === 'namespace') this.#namespaces.add(item.namespace);
    else if (item.kind === 'service') {
      this.#named(`${item.namespace}/${item.name}`).service = item;
      for (const ip of item.clusterIPs) addTo(this.#byClusterIP, ip, item);
    } else {
      this.#named(`${item.namespace}/${item.service}`).endpoints.add(item);
      for (const { ip } of item.addresses) addTo(this.#byEndpoint, ip, item);
    }
  }

  #remove(item: ZoneItem): void {
    if (item.kind === 'namespace') this.#namespaces.delete(item.namespace);
    else if (item.kind === 'service') {
      for (const ip of item.clusterIPs) removeFrom(this.#byClusterIP, ip, item);
      const key = `${item.namespace}/${item.name}`;
      const named = this.#named(key);
      delete named.service;
      this.#forget(key, named);
    } else {
      for (const { ip } of item.addresses) removeFrom(this.#byEndpoint, ip, item);
      const key = `${item.namespace}/${item.service}`;
      const named = this.#named(key);
      named.endpoints.delete(item);
      this.#forget(key, named);
    }
  }

  #forget(key: string, { service, endpoints }: Named): void {
    if (service === undefined && endpoints.size === 0) this.#services.delete(key);
  }
}
