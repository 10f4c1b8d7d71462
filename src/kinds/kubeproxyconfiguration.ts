import { tryParseIP } from '../net/address.ts';
import { checkCidr } from './check/addresses.ts';
import { tryParseDuration } from './check/duration.ts';
import { type Invalid, invalid, required } from './check/invalid.ts';
import { defineKind } from './definition.ts';
import { at } from './path.ts';
import { objectMeta } from './schema/meta.ts';
import { anything, flag, flagMap, int, list, oneOf, struct, text, texts } from './schema/struct.ts';
import type { KubeProxyConfiguration } from './types/kubeproxyconfiguration.ts';
import type { ObjectOf } from './types/object.ts';

type Stored = ObjectOf<'KubeProxyConfiguration'>;

const modes = () => ({
  iptables: struct({
    masqueradeBit: int,
    masqueradeAll: flag,
    localhostNodePorts: flag,
    syncPeriod: text,
    minSyncPeriod: text,
  }),
  nftables: struct({ masqueradeBit: int, masqueradeAll: flag, syncPeriod: text, minSyncPeriod: text }),
  ipvs: struct({
    syncPeriod: text,
    minSyncPeriod: text,
    scheduler: text,
    excludeCIDRs: texts,
    strictARP: flag,
    tcpTimeout: text,
    tcpFinTimeout: text,
    udpTimeout: text,
  }),
});

/** types.go of kube-proxy's config/v1alpha1 as of 1.36, and the fields that earlier releases had. */
function schema() {
  return struct({
    apiVersion: text,
    kind: text,
    metadata: objectMeta,
    mode: oneOf('', 'iptables', 'nftables', 'ipvs'),
    ...modes(),
    winkernel: anything,
    clusterCIDR: text,
    detectLocalMode: oneOf('', 'ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'),
    detectLocal: struct({ bridgeInterface: text, interfaceNamePrefix: text }),
    nodePortAddresses: texts,
    hostnameOverride: text,
    bindAddress: text,
    bindAddressHardFail: flag,
    healthzBindAddress: text,
    metricsBindAddress: text,
    enableProfiling: flag,
    showHiddenMetricsForVersion: text,
    featureGates: flagMap,
    clientConnection: struct({
      kubeconfig: text,
      acceptContentTypes: text,
      contentType: text,
      qps: anything,
      burst: int,
    }),
    logging: struct({
      format: text,
      flushFrequency: anything,
      verbosity: int,
      vmodule: list(anything),
      options: anything,
    }),
    conntrack: struct({
      max: int,
      maxPerCore: int,
      min: int,
      tcpEstablishedTimeout: text,
      tcpCloseWaitTimeout: text,
      tcpBeLiberal: flag,
      udpTimeout: text,
      udpStreamTimeout: text,
    }),
    configSyncPeriod: text,
    oomScoreAdj: int,
    portRange: text,
    udpIdleTimeout: text,
    resourceContainer: text,
    windowsRunAsService: flag,
  });
}

/** What kube-proxy takes for a syncPeriod left out; milliseconds. */
const defaultSyncPeriod = 30_000;

function* checkDuration(field: string, value: string | undefined): Generator<Invalid> {
  if (value !== undefined && value !== '' && tryParseDuration(value) === undefined) {
    yield invalid(field, value, 'must be a duration', 'Write it like 30s, 1m or 2h22m.');
  }
}

function* checkMode(field: string, options: KubeProxyConfiguration['iptables']): Generator<Invalid> {
  const bit = options?.masqueradeBit;
  if (bit !== undefined && (bit < 0 || bit > 31))
    yield invalid(`${field}.masqueradeBit`, bit, 'must be within the range [0, 31]');
  const { syncPeriod, minSyncPeriod } = options ?? {};
  yield* checkDuration(`${field}.syncPeriod`, syncPeriod);
  yield* checkDuration(`${field}.minSyncPeriod`, minSyncPeriod);
  const least = tryParseDuration(minSyncPeriod ?? '') ?? 0;
  const period = tryParseDuration(syncPeriod || '0');
  if (period !== undefined && (period || defaultSyncPeriod) < least) {
    const why = `must be greater than or equal to ${field}.minSyncPeriod`;
    yield invalid(`${field}.syncPeriod`, syncPeriod ?? '30s', why);
  }
}

/** The settings of connection tracking; each is checked as its type says before. */
function* checkConntrack(conntrack: unknown): Generator<Invalid> {
  for (const [name, value] of Object.entries(conntrack ?? {})) {
    if (typeof value === 'string') yield* checkDuration(`conntrack.${name}`, value);
    if (typeof value === 'number' && value < 0) {
      yield invalid(`conntrack.${name}`, value, 'must be greater than or equal to 0');
    }
  }
}

function* checkDetectLocal({ detectLocalMode, detectLocal }: KubeProxyConfiguration): Generator<Invalid> {
  const wanted = { BridgeInterface: 'bridgeInterface', InterfaceNamePrefix: 'interfaceNamePrefix' } as const;
  if (detectLocalMode !== 'BridgeInterface' && detectLocalMode !== 'InterfaceNamePrefix') return;
  const key = wanted[detectLocalMode];
  const value = detectLocal?.[key] ?? '';
  if (value === '') yield required(`detectLocal.${key}`, `detectLocalMode ${detectLocalMode} needs it.`);
  else if (value.length > 15) yield invalid(`detectLocal.${key}`, value, 'must be no more than 15 characters');
}

function* validate(object: Stored): Generator<Invalid> {
  const networks = (object.clusterCIDR ?? '').split(',').filter((part) => part !== '');
  for (const network of networks) yield* checkCidr('clusterCIDR', network.trim());
  const ipv6 = networks.filter((network) => network.includes(':')).length;
  if (ipv6 > 1 || networks.length - ipv6 > 1)
    yield invalid('clusterCIDR', object.clusterCIDR, 'may hold at most one network of each family');
  const addresses = object.nodePortAddresses ?? [];
  for (const [index, entry] of addresses.entries()) {
    const field = at('nodePortAddresses', index);
    if (entry !== 'primary') yield* checkCidr(field, entry);
    else if (addresses.length > 1) yield invalid(field, entry, "can't use both 'primary' and CIDR blocks");
  }
  yield* checkMode('iptables', object.iptables);
  yield* checkMode('nftables', object.nftables);
  yield* checkMode('ipvs', object.ipvs);
  yield* checkConntrack(object.conntrack);
  yield* checkDetectLocal(object);
  const { bindAddress } = object;
  if (typeof bindAddress === 'string' && bindAddress !== '' && tryParseIP(bindAddress) === undefined) {
    yield invalid('bindAddress', bindAddress, 'must be a valid IP address');
  }
}

/** KubeProxyConfiguration, kubeproxy.config.k8s.io/v1alpha1. It has no metadata; svclab calls it `kube-proxy`. */
export const kubeProxyConfigurationKind = defineKind<'KubeProxyConfiguration'>({
  kind: 'KubeProxyConfiguration',
  versions: ['kubeproxy.config.k8s.io/v1alpha1'],
  shortNames: ['kubeproxy'],
  namespaced: false,
  schema,
  normalize: (draft) =>
    ({
      ...draft,
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      metadata: { ...draft.metadata, name: 'kube-proxy' },
    }) as Stored,
  validate,
  columns: {
    headers: ['NAME', 'MODE', 'CLUSTER-CIDR'],
    wide: ['DETECT-LOCAL'],
    row: ({ metadata, mode, clusterCIDR, detectLocalMode }) => [
      metadata.name,
      mode || 'iptables',
      clusterCIDR || '<none>',
      detectLocalMode || 'ClusterCIDR',
    ],
  },
});
