import type { FlannelConfig } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import type { Cidr, Family, IP, IPv4, IPv6 } from '../net/address.ts';
import { backends, isBackendType } from './backends/registry.ts';
import type { BackendConfig } from './backends/types.ts';
import { type Pool, poolOf } from './families.ts';
import { type Fields, readFields } from './json-fields.ts';
import { type JsonObject, type JsonSource, parseJsonText, placeOf } from './json-text.ts';
import { defaultSubnetMax, defaultSubnetMin, readPool } from './pool.ts';

/** What flanneld takes from elsewhere than net-conf.json. */
export interface NetConfOptions {
  /** flanneld's flag -ip-masq, which the stock manifest sets; default true. */
  readonly ipMasq?: boolean;
  /** Name that errors give to the text. */
  readonly file?: string;
}

const keys = [
  'Network',
  'IPv6Network',
  'EnableIPv4',
  'EnableIPv6',
  'EnableNFTables',
  'SubnetLen',
  'SubnetMin',
  'SubnetMax',
  'IPv6SubnetLen',
  'IPv6SubnetMin',
  'IPv6SubnetMax',
  'Backend',
];

const defaultBackend: BackendConfig = {
  type: 'vxlan',
  vni: 1,
  port: 8472,
  directRouting: false,
  learning: false,
  gbp: false,
};

function refuseUnsupported(fields: Fields): void {
  if (fields.boolean('EnableIPv4') === false) {
    fields.fault('EnableIPv4', 'is false', 'The nodes of a lab always have IPv4; leave it out.');
  }
  if (fields.boolean('EnableNFTables') === true) {
    fields.fault(
      'EnableNFTables',
      'is true',
      'svclab writes the rules of flannel with iptables only; set it to false.',
    );
  }
}

/** A pool whose addresses are known to be of one family, since readPool was asked for that one. */
type PoolFields<A extends IP> = Pool & { readonly subnetMin: A; readonly subnetMax: A };

interface Context {
  readonly source: JsonSource;
  readonly faults: LabError[];
}

function readBackend(context: Context, node: JsonObject, families: readonly Family[]): BackendConfig {
  const inside = { ...context, path: 'Backend.' };
  const known = Object.keys(backends);
  const typeMember = node.members.filter((member) => member.key.toLowerCase() === 'type');
  const typeOnly = readFields({ ...inside, faults: [] }, { ...node, members: typeMember }, ['Type']);
  const type = typeOnly.string('Type') ?? 'vxlan';
  if (!isBackendType(type)) {
    const place = placeOf(context.source, typeMember[0]?.value.offset ?? node.offset);
    context.faults.push(
      new LabError('invalid-object', `Backend.Type is ${JSON.stringify(type)}, which svclab does not build`, {
        field: 'Backend.Type',
        place,
        hint: `Use ${known.join(' or ')}.`,
      }),
    );
    return defaultBackend;
  }
  const fields = readFields(inside, node, ['Type', ...backends[type].keys]);
  fields.string('Type');
  return backends[type].configure(fields, families);
}

function summary(faults: readonly LabError[], file: string): LabError {
  const [first, ...others] = faults;
  if (first === undefined) return new LabError('internal', `${file} was refused without a reason`);
  if (others.length === 0) return first;
  return new LabError('invalid-object', `${faults.length} faults in ${file}; the first: ${first.message}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    ...(first.field === undefined ? {} : { field: first.field }),
    ...(first.place === undefined ? {} : { place: first.place }),
    all: faults,
  });
}

/**
 * flannel's net-conf.json with all defaults filled in; keys are matched without regard to case.
 *
 * Checks and defaults are those of flannel's etcd manager (pkg/subnet/config.go, v0.28). Different on purpose: an
 * absent `Backend` is vxlan, as flannel's documents say (its code falls back to udp); unknown keys, keys given twice
 * and a SubnetMin after SubnetMax are errors; only the backends of `backends/registry.ts` are accepted.
 *
 * Throws `invalid-object` (or `unknown-field`) with field, place and hint; several faults come as one error with `all`.
 */
export function parseNetConf(text: string, options: NetConfOptions = {}): FlannelConfig {
  const source = { file: options.file ?? 'net-conf.json', text };
  const node = parseJsonText(source);
  if (node.kind !== 'object') {
    throw new LabError('invalid-object', `net-conf.json must be an object, not a ${node.kind}`, {
      place: placeOf(source, node.offset),
      hint: 'The smallest one is { "Network": "10.244.0.0/16" }.',
    });
  }
  const context: Context = { source, faults: [] };
  const fields = readFields({ ...context, path: '' }, node, keys);
  refuseUnsupported(fields);
  const pool = readPool(fields, 'ipv4');
  const dualStack = fields.boolean('EnableIPv6') ?? false;
  const poolV6 = dualStack ? readPool(fields, 'ipv6') : undefined;
  const backendNode = fields.object('Backend');
  const families: readonly Family[] = dualStack ? ['ipv4', 'ipv6'] : ['ipv4'];
  const backend = backendNode === undefined ? defaultBackend : readBackend(context, backendNode, families);
  if (context.faults.length > 0 || pool === undefined) throw summary(context.faults, source.file);
  return {
    ...(pool as PoolFields<IPv4>),
    ...(poolV6 === undefined ? {} : { ipv6: poolV6 as PoolFields<IPv6> }),
    ipMasq: options.ipMasq ?? true,
    backend,
  };
}

const defaultIPv6: NonNullable<FlannelConfig['ipv6']> = {
  network: 'fd00:10:244::/56' as Cidr,
  subnetLen: 64,
  subnetMin: 'fd00:10:244:1::' as IPv6,
  subnetMax: 'fd00:10:244:ff::' as IPv6,
};

/**
 * What a lab has when no net-conf.json is given: 10.244.0.0/16 in /24 subnets over vxlan with VNI 1, and with IPv6
 * fd00:10:244::/56 in /64 subnets beside it.
 */
export function defaultFlannelConfig({ ipv6 = false } = {}): FlannelConfig {
  return {
    ...(ipv6 ? { ipv6: defaultIPv6 } : {}),
    network: '10.244.0.0/16' as Cidr,
    subnetLen: 24,
    subnetMin: '10.244.1.0' as IPv4,
    subnetMax: '10.244.255.0' as IPv4,
    ipMasq: true,
    backend: defaultBackend,
  };
}

function poolKeys(config: FlannelConfig, family: Family): Record<string, unknown> {
  const pool = poolOf(config, family);
  if (pool === undefined) return {};
  const prefix = family === 'ipv4' ? '' : 'IPv6';
  return {
    [`${prefix}SubnetLen`]: pool.subnetLen,
    ...(pool.subnetMin === defaultSubnetMin(pool) ? {} : { [`${prefix}SubnetMin`]: pool.subnetMin }),
    ...(pool.subnetMax === defaultSubnetMax(pool) ? {} : { [`${prefix}SubnetMax`]: pool.subnetMax }),
  };
}

function backendKeys(backend: BackendConfig): Record<string, unknown> {
  if (backend.type === 'host-gw') return { Type: backend.type };
  return {
    Type: backend.type,
    ...(backend.vni === 1 ? {} : { VNI: backend.vni }),
    ...(backend.port === 8472 ? {} : { Port: backend.port }),
    ...(backend.mtu === undefined ? {} : { MTU: backend.mtu }),
    ...(backend.gbp ? { GBP: true } : {}),
    ...(backend.learning ? { Learning: true } : {}),
    ...(backend.directRouting ? { DirectRouting: true } : {}),
  };
}

/** The value of flannel's etcd key `config`: compact JSON without what is default; parseNetConf reads it back. */
export function netConfText(config: FlannelConfig): string {
  return JSON.stringify({
    ...(config.ipv6 === undefined ? {} : { EnableIPv6: true }),
    Network: config.network,
    ...(config.ipv6 === undefined ? {} : { IPv6Network: config.ipv6.network }),
    ...poolKeys(config, 'ipv4'),
    ...poolKeys(config, 'ipv6'),
    Backend: backendKeys(config.backend),
  });
}
