import type { DesiredAddress, DesiredFile, DesiredLab, DesiredLink, DesiredNetns, VethLink } from './desired.ts';
import { addressKey, fdbKey, neighbourKey, routeKey, routeValue, ruleKey } from './keys.ts';
import type { LinkChanges, Operation } from './operations.ts';
import { rulesetOperations } from './rulesets/operations.ts';

/** What a namespace holds before anything is made in it. */
export function emptyNetns(name: string): DesiredNetns {
  return {
    name,
    sysctls: [],
    links: [],
    addresses: [],
    routes: [],
    rules: [],
    neighbours: [],
    fdb: [],
    rulesets: [],
    files: [],
  };
}

/**
 * The operations that turn the one state into the other, in an order that works: what goes goes first; then namespaces,
 * then links, then what hangs on links, then Netfilter rules.
 */
export function diffLab(previous: DesiredLab | undefined, next: DesiredLab): Operation[] {
  const before = new Map(previous?.namespaces.map((netns) => [netns.name, netns]));
  const after = new Map(next.namespaces.map((netns) => [netns.name, netns]));
  const changed = next.namespaces.filter((netns) => before.get(netns.name) !== netns);
  const peers = (netns: string, name: string): VethLink | undefined => {
    const link = after.get(netns)?.links.find((candidate) => candidate.name === name);
    return link?.kind === 'veth' ? link : undefined;
  };
  const phases = changed.map((netns) => diffNetns(before.get(netns.name) ?? emptyNetns(netns.name), netns, peers));
  return [
    ...phases.flatMap((phase) => phase.removals),
    ...[...before.keys()].filter((name) => !after.has(name)).map((netns) => ({ op: 'netns-delete', netns }) as const),
    ...changed.filter(({ name }) => !before.has(name)).map(({ name }) => ({ op: 'netns-add', netns: name }) as const),
    ...phases.flatMap((phase) => phase.links),
    ...phases.flatMap((phase) => phase.entries),
    ...phases.flatMap((phase) => phase.rules),
  ];
}

/** The operations of one namespace, in the phases of diffLab. */
export interface NetnsDiff {
  readonly removals: readonly Operation[];
  readonly links: readonly Operation[];
  readonly entries: readonly Operation[];
  /** Netfilter rules and files. */
  readonly rules: readonly Operation[];
}

/** What turns one state of a namespace into another; `peers` finds the far end of a veth pair that is to be made. */
function diffNetns(
  before: DesiredNetns,
  after: DesiredNetns,
  peers: (netns: string, name: string) => VethLink | undefined,
): NetnsDiff {
  const netns = after.name;
  const links = diffLinks(before, after, peers);
  const addressKind: EntryKind<DesiredAddress> = {
    key: addressKey,
    add: (address) => ({ netns, op: 'address-add', address }),
    remove: (address) => ({ netns, op: 'address-delete', address }),
  };
  const { removed } = diffEntries(before.addresses, after.addresses, links.gone, addressKind);
  const lost = devicesOf(removed);
  const addresses = diffEntries(before.addresses, after.addresses, links.gone, { ...addressKind, lost });
  const kinds = [
    addresses,
    diffEntries(before.rules, after.rules, links.gone, {
      key: ruleKey,
      add: (rule) => ({ netns, op: 'rule-add', rule }),
      remove: (rule) => ({ netns, op: 'rule-delete', rule }),
    }),
    diffEntries(before.neighbours, after.neighbours, links.gone, {
      key: neighbourKey,
      value: ({ mac }) => mac,
      add: (neighbour) => ({ netns, op: 'neighbour-replace', neighbour }),
      remove: (neighbour) => ({ netns, op: 'neighbour-delete', neighbour }),
    }),
    diffEntries(before.fdb, after.fdb, links.gone, {
      key: fdbKey,
      value: ({ destination }) => destination,
      add: (entry) => ({ netns, op: 'fdb-replace', entry }),
      remove: (entry) => ({ netns, op: 'fdb-delete', entry }),
    }),
    diffEntries(before.routes, after.routes, links.gone, {
      lost,
      key: routeKey,
      value: routeValue,
      add: (route) => ({ netns, op: 'route-replace', route }),
      remove: (route) => ({ netns, op: 'route-delete', route }),
    }),
  ];
  return {
    removals: [...kinds.flatMap(({ removed }) => removed), ...links.removed],
    links: [...diffSysctls(before, after), ...links.added],
    entries: kinds.flatMap(({ added }) => added),
    rules: [...rulesetOperations(netns, before.rulesets, after.rulesets), ...diffFiles(before, after)],
  };
}

/** How entries of one kind are told apart and changed. */
interface EntryKind<T> {
  readonly key: (entry: T) => string;
  readonly value?: (entry: T) => string;
  readonly add: (entry: T) => Operation;
  readonly remove: (entry: T) => Operation;
  /** Devices whose entries the kernel may have taken away with something else. */
  readonly lost?: ReadonlySet<string>;
}

/** With an address the kernel removes the routes through it, and its subnet's other addresses when it came first. */
function devicesOf(operations: readonly Operation[]): ReadonlySet<string> {
  return new Set(
    operations.flatMap((operation) => (operation.op === 'address-delete' ? operation.address.device : [])),
  );
}

function diffEntries<T extends object>(
  before: readonly T[],
  after: readonly T[],
  gone: ReadonlySet<string>,
  { key, value = () => '', add, remove, lost = new Set() }: EntryKind<T>,
): { added: Operation[]; removed: Operation[] } {
  if (before === after && gone.size + lost.size === 0) return { added: [], removed: [] };
  const isOn = (devices: ReadonlySet<string>) => (entry: T) => 'device' in entry && devices.has(String(entry.device));
  const left = before.filter((entry) => !isOn(gone)(entry));
  const had = new Map(left.filter((entry) => !isOn(lost)(entry)).map((entry) => [key(entry), value(entry)]));
  const kept = new Set(after.map(key));
  return {
    added: after.filter((entry) => had.get(key(entry)) !== value(entry)).map(add),
    removed: left.filter((entry) => !kept.has(key(entry))).map(remove),
  };
}

function diffSysctls(before: DesiredNetns, after: DesiredNetns): Operation[] {
  const had = new Map(before.sysctls.map(({ key, value }) => [key, value]));
  return after.sysctls
    .filter(({ key, value }) => had.get(key) !== value)
    .map((sysctl) => ({ netns: after.name, op: 'sysctl', sysctl }));
}

function diffFiles(before: DesiredNetns, after: DesiredNetns): Operation[] {
  const key = ({ owner = '', path }: DesiredFile) => `${owner} ${path}`;
  const had = new Map(before.files.map((file) => [key(file), file.content]));
  return after.files
    .filter((file) => had.get(key(file)) !== file.content)
    .map((file) => ({ netns: after.name, op: 'file-write', file }));
}

/** What cannot be changed on a link that exists: with another value here it is another link. */
function linkIdentity(link: DesiredLink): string {
  if (link.kind === 'veth') return `veth ${link.peer?.netns ?? ''} ${link.peer?.name ?? ''}`;
  if (link.kind === 'bridge') return 'bridge';
  return ['vxlan', link.vni, link.port, link.local, link.device, link.learning === true, link.gbp === true].join(' ');
}

function diffLinks(
  before: DesiredNetns,
  after: DesiredNetns,
  peers: (netns: string, name: string) => VethLink | undefined,
): { added: Operation[]; removed: Operation[]; gone: ReadonlySet<string> } {
  const netns = after.name;
  const had = new Map(before.links.map((link) => [link.name, link]));
  const wanted = new Map(after.links.map((link) => [link.name, link]));
  const gone = new Set<string>();
  const removed: Operation[] = [];
  for (const link of before.links) {
    const next = wanted.get(link.name);
    if (next !== undefined && linkIdentity(next) === linkIdentity(link)) continue;
    gone.add(link.name);
    if (link.kind !== 'veth' || link.peer !== undefined) removed.push({ netns, op: 'link-delete', name: link.name });
  }
  const added = after.links.flatMap((link): Operation[] => {
    const old = gone.has(link.name) ? undefined : had.get(link.name);
    if (old !== undefined) return changeLink(netns, old, link);
    return addLink(netns, link, peers);
  });
  return { added, removed, gone };
}

/** A veth end cannot be set up before its pair is complete, so that is an operation of its own; others are made up. */
function addLink(
  netns: string,
  link: DesiredLink,
  peers: (netns: string, name: string) => VethLink | undefined,
): Operation[] {
  const { name } = link;
  if (link.kind !== 'veth') return [{ netns, op: 'link-add', link }];
  const up: Operation = { netns, op: 'link-set', name, changes: { up: true } };
  if (link.peer === undefined) return [up];
  const far = peers(link.peer.netns, link.peer.name);
  const peer = far === undefined ? {} : { peer: { netns: link.peer.netns, link: far } };
  const hairpin: Operation[] = link.hairpin ? [{ netns, op: 'link-set', name, changes: { hairpin: true } }] : [];
  return [{ netns, op: 'link-add', link, ...peer }, up, ...hairpin];
}

function changeLink(netns: string, old: DesiredLink, link: DesiredLink): Operation[] {
  const { name } = link;
  const changes: LinkChanges = {
    ...(old.down ? { up: true } : {}),
    ...(link.mtu !== undefined && link.mtu !== old.mtu ? { mtu: link.mtu } : {}),
    ...(link.mac !== undefined && link.mac !== old.mac ? { mac: link.mac } : {}),
    ...(link.master !== old.master ? { master: link.master ?? '' } : {}),
  };
  const hairpin = link.master === undefined ? undefined : link.hairpin === true;
  return [
    ...(Object.keys(changes).length === 0 ? [] : [{ netns, op: 'link-set', name, changes } as const]),
    ...(hairpin === undefined || hairpin === (old.hairpin === true)
      ? []
      : [{ netns, op: 'link-set', name, changes: { hairpin } } as const]),
  ];
}
