import { LabError } from '../errors.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';

type Kind = 'string' | 'boolean' | 'number' | 'strings' | 'any';
/** A field: its type, and whether it changes anything in a lab. */
type Field = { readonly kind: Kind; readonly effect: boolean; readonly oneOf?: readonly string[] };
type Fields = { readonly [name: string]: Field | Fields };

const used = (kind: Kind, oneOf?: readonly string[]): Field => ({
  kind,
  effect: true,
  ...(oneOf === undefined ? {} : { oneOf }),
});
const unused = (kind: Kind): Field => ({ kind, effect: false });

const syncFields = {
  masqueradeAll: used('boolean'),
  masqueradeBit: used('number'),
  syncPeriod: used('string'),
  minSyncPeriod: used('string'),
} as const;

/** Every field of kubeproxy.config.k8s.io/v1alpha1, with those that only older releases had. */
const fields: Fields = {
  apiVersion: used('string'),
  kind: used('string'),
  metadata: used('any'),
  mode: used('string', ['', 'iptables', 'nftables', 'ipvs']),
  clusterCIDR: used('string'),
  detectLocalMode: used('string', ['', 'ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix']),
  detectLocal: { bridgeInterface: used('string'), interfaceNamePrefix: used('string') },
  hostnameOverride: used('string'),
  bindAddress: used('string'),
  nodePortAddresses: used('strings'),
  iptables: { ...syncFields, localhostNodePorts: used('boolean') },
  nftables: syncFields,
  ipvs: {
    syncPeriod: used('string'),
    minSyncPeriod: used('string'),
    scheduler: used('string'),
    strictARP: used('boolean'),
    excludeCIDRs: used('strings'),
    tcpTimeout: unused('string'),
    tcpFinTimeout: unused('string'),
    udpTimeout: unused('string'),
  },
  conntrack: {
    max: unused('number'),
    maxPerCore: unused('number'),
    min: unused('number'),
    tcpEstablishedTimeout: used('string'),
    tcpCloseWaitTimeout: used('string'),
    tcpBeLiberal: used('boolean'),
    udpTimeout: used('string'),
    udpStreamTimeout: used('string'),
  },
  featureGates: unused('any'),
  clientConnection: unused('any'),
  logging: unused('any'),
  winkernel: unused('any'),
  healthzBindAddress: unused('string'),
  metricsBindAddress: unused('string'),
  bindAddressHardFail: unused('boolean'),
  enableProfiling: unused('boolean'),
  showHiddenMetricsForVersion: unused('string'),
  oomScoreAdj: unused('number'),
  configSyncPeriod: unused('string'),
  portRange: unused('string'),
  resourceContainer: unused('string'),
  udpIdleTimeout: unused('string'),
  windowsRunAsService: unused('boolean'),
};

type Values = Readonly<Record<string, unknown>>;

function isField(entry: Field | Fields): entry is Field {
  return typeof entry.kind === 'string';
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fits(kind: Kind, value: unknown): boolean {
  if (kind === 'any') return true;
  if (kind === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === kind;
}

function checkField(path: string, field: Field, value: unknown): void {
  if (!fits(field.kind, value)) {
    const wanted = field.kind === 'strings' ? 'a list of strings' : `a ${field.kind}`;
    throw new LabError('invalid-object', `KubeProxyConfiguration: ${path} is not ${wanted}`, { field: path });
  }
  if (field.oneOf !== undefined && !field.oneOf.includes(String(value))) {
    throw new LabError('invalid-object', `KubeProxyConfiguration: ${path}: "${String(value)}" is unknown`, {
      field: path,
      hint: `Use one of ${field.oneOf.filter((word) => word !== '').join(', ')}.`,
    });
  }
}

function checkLevel(known: Fields, values: Values, prefix: string): void {
  for (const [name, value] of Object.entries(values)) {
    const path = prefix + name;
    const entry = known[name];
    if (entry === undefined || !Object.hasOwn(known, name)) {
      throw new LabError('unknown-field', `KubeProxyConfiguration has no field ${path}`, {
        field: path,
        hint: `Fields there: ${Object.keys(known).join(', ')}.`,
      });
    }
    if (value === undefined || value === null) continue;
    if (isField(entry)) checkField(path, entry, value);
    else if (isValues(value)) checkLevel(entry, value, `${path}.`);
    else throw new LabError('invalid-object', `KubeProxyConfiguration: ${path} is not an object`, { field: path });
  }
}

/** Checks names and types of all fields. Throws `unknown-field` and `invalid-object`. */
export function checkConfigFields(object: KubeProxyConfiguration): void {
  checkLevel(fields, object, '');
}

function listIneffective(known: Fields, values: Values, prefix: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const entry = known[name];
    if (entry === undefined || value === undefined || value === null) return [];
    if (isField(entry)) return entry.effect ? [] : [prefix + name];
    return isValues(value) ? listIneffective(entry, value, `${prefix}${name}.`) : [];
  });
}

/** Paths of the given fields that a lab accepts and that change nothing in it, sections of other modes included. */
export function ineffectiveFields(object: KubeProxyConfiguration, mode: string): readonly string[] {
  const others = ['iptables', 'nftables', 'ipvs'].filter(
    (name) => name !== mode && name !== (object.mode || 'iptables') && isValues(object[name]),
  );
  return [...listIneffective(fields, object, ''), ...others].sort();
}
