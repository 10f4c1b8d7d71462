import { LabError } from '../../errors.ts';
import { invalid } from '../../kinds/check/invalid.ts';
import type { Service, ServicePort } from '../../kinds/types/service.ts';
import { familyOf, type IP, tryParseIP } from '../../net/address.ts';
import { clusterIPRefusal, nextClusterIP } from '../allocators/cluster-ip.ts';
import { nextNodePort, nodePortRefusal } from '../allocators/node-port.ts';
import { type ClusterIndex, nodePortsOf } from '../cluster-index.ts';
import { type Key, keyOf, namespacedName, parseKey } from '../keys.ts';
import { invalidFault } from './fault.ts';
import type { ServiceRanges } from './ranges.ts';
import { chooseFamilies, familyPolicy, hasClusterIP, needsHealthCheckNodePort, needsNodePorts } from './service.ts';

/** A Service of the request, on its way into the store. */
export interface PendingService {
  /** Its place in the request. */
  readonly index: number;
  readonly service: Service;
  readonly old: Service | undefined;
}

const isAddress = (text: string): text is IP => tryParseIP(text) !== undefined;
const addressesOf = ({ spec }: Service) => (hasClusterIP(spec) ? (spec.clusterIPs ?? []).filter(isAddress) : []);

function holderText(key: Key): string {
  const { namespace, name } = parseKey(key);
  return `Service ${namespace}/${name}`;
}

/** Gives the Services of one request their addresses and ports: kept ones first, then asked ones, then free ones. */
export class ServiceAllocation {
  readonly #ranges: ServiceRanges;
  readonly #index: ClusterIndex;
  readonly #pending: ReadonlySet<Key>;
  readonly #addresses = new Map<IP, Key>();
  readonly #ports = new Map<number, Key>();
  readonly faults: LabError[] = [];

  constructor(ranges: ServiceRanges, index: ClusterIndex, pending: readonly PendingService[]) {
    this.#ranges = ranges;
    this.#index = index;
    this.#pending = new Set(pending.map(({ service }) => keyOf(service)));
    for (const item of pending) this.#keep(item);
    for (const item of pending) this.#reserve(item);
  }

  /** The Service with every address and port that it needs; faults are collected. */
  complete(item: PendingService): Service {
    try {
      return this.#withPorts(this.#withAddresses(item));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      const options = { object: item.index, ...(error.hint === undefined ? {} : { hint: error.hint }) };
      this.faults.push(new LabError(error.code, `${namespacedName(item.service)}: ${error.message}`, options));
      return item.service;
    }
  }

  /** What the Service has already and keeps. */
  #keep({ service, old }: PendingService): void {
    if (old === undefined) return;
    const key = keyOf(service);
    const had = new Set(addressesOf(old));
    const hadPorts = new Set(nodePortsOf(old));
    for (const ip of addressesOf(service)) if (had.has(ip)) this.#addresses.set(ip, key);
    for (const port of nodePortsOf(service)) if (hadPorts.has(port)) this.#ports.set(port, key);
  }

  #reserve(item: PendingService): void {
    const key = keyOf(item.service);
    for (const ip of addressesOf(item.service)) {
      if (this.#addresses.get(ip) === key) continue;
      const refusal = clusterIPRefusal(this.#ranges.clusterIPs, ip, (wanted) => this.#addressHolder(wanted));
      if (refusal === undefined) this.#addresses.set(ip, key);
      else this.#refuse(item, 'spec.clusterIPs', item.service.spec.clusterIPs, refusal);
    }
    const { ports = [], healthCheckNodePort = 0 } = item.service.spec;
    for (const [i, { nodePort = 0 }] of ports.entries()) this.#reservePort(item, `spec.ports[${i}].nodePort`, nodePort);
    this.#reservePort(item, 'spec.healthCheckNodePort', healthCheckNodePort);
  }

  #reservePort(item: PendingService, field: string, port: number): void {
    const key = keyOf(item.service);
    if (port === 0 || this.#ports.get(port) === key) return;
    const refusal = nodePortRefusal(this.#ranges.nodePorts, port, (wanted) => this.#portHolder(wanted));
    if (refusal === undefined) this.#ports.set(port, key);
    else this.#refuse(item, field, port, refusal);
  }

  #refuse({ service, index }: PendingService, field: string, value: unknown, why: string): void {
    this.faults.push(invalidFault(service, index, invalid(field, value, why)));
  }

  /** Who has the address after this request: a Service of it, or one that it leaves alone. */
  #addressHolder(ip: IP): string | undefined {
    const key = this.#addresses.get(ip) ?? this.#untouched(this.#index.servicesByClusterIP.get(ip));
    return key === undefined ? undefined : holderText(key);
  }

  #portHolder(port: number): string | undefined {
    const key = this.#ports.get(port) ?? this.#untouched(this.#index.servicesByNodePort.get(String(port)));
    return key === undefined ? undefined : holderText(key);
  }

  #untouched(keys: ReadonlySet<Key>): Key | undefined {
    for (const key of keys) if (!this.#pending.has(key)) return key;
    return undefined;
  }

  #withAddresses(item: PendingService): Service {
    const { service } = item;
    if (service.spec.type === 'ExternalName') return service;
    const families = chooseFamilies(service.spec, this.#ranges.families);
    if ('field' in families) {
      this.faults.push(invalidFault(service, item.index, families));
      return service;
    }
    const spec = {
      ...service.spec,
      ipFamilies: families,
      ipFamilyPolicy: familyPolicy(service.spec),
    };
    if (!hasClusterIP(spec)) return { ...service, spec: { ...spec, clusterIPs: ['None'] } };
    const given = new Map(addressesOf(service).map((ip) => [familyOf(ip), ip]));
    const clusterIPs = families.map((name) => {
      const family = name === 'IPv6' ? 'ipv6' : 'ipv4';
      return given.get(family) ?? this.#drawAddress(service, family);
    });
    return { ...service, spec: { ...spec, clusterIP: clusterIPs[0] ?? '', clusterIPs } };
  }

  #drawAddress(service: Service, family: 'ipv4' | 'ipv6'): IP {
    const ranges = this.#ranges.clusterIPs.filter((range) => familyOf(range) === family);
    const ip = nextClusterIP(ranges, namespacedName(service), (taken) => this.#addressHolder(taken) !== undefined);
    this.#addresses.set(ip, keyOf(service));
    return ip;
  }

  #withPorts(service: Service): Service {
    const { spec } = service;
    const ports = needsNodePorts(spec) ? this.#drawPorts(service) : spec.ports;
    const health =
      needsHealthCheckNodePort(spec) && (spec.healthCheckNodePort ?? 0) === 0
        ? { healthCheckNodePort: this.#drawPort(service, 'health') }
        : {};
    return { ...service, spec: { ...spec, ...(ports === undefined ? {} : { ports }), ...health } };
  }

  /** Ports with the same number and different protocols share their nodePort, as in the API server. */
  #drawPorts(service: Service): readonly ServicePort[] {
    const drawn = new Map<number, { readonly nodePort: number; readonly protocols: Set<string> }>();
    return (service.spec.ports ?? []).map((port) => {
      const shared = drawn.get(port.port);
      const given = (port.nodePort ?? 0) === 0 ? undefined : port.nodePort;
      const reusable = shared?.protocols.has(port.protocol) === false ? shared.nodePort : undefined;
      const nodePort = given ?? reusable ?? this.#drawPort(service, `${port.protocol}/${port.port}`);
      const protocols = shared?.nodePort === nodePort ? shared.protocols : new Set<string>();
      drawn.set(port.port, { nodePort, protocols: protocols.add(port.protocol) });
      return { ...port, nodePort };
    });
  }

  #drawPort(service: Service, what: string): number {
    const seed = `${namespacedName(service)}/${what}`;
    const port = nextNodePort(this.#ranges.nodePorts, seed, (taken) => this.#portHolder(taken) !== undefined);
    this.#ports.set(port, keyOf(service));
    return port;
  }
}
