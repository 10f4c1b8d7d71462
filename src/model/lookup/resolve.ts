import type { ClusterView } from '../../cluster/view.ts';
import { parseResolvConf, type ResolverSettings, searchedNames } from '../../dns/search-list.ts';
import { hostPort, type IP } from '../../net/address.ts';
import { serviceName } from '../claims.ts';
import { formatFrom } from '../target.ts';
import { topologyOf } from '../topology.ts';
import type { From, Step } from '../types.ts';
import { advise, type NameFailure, type NameSought } from './advice.ts';
import { addressesInHosts } from './hosts-file.ts';
import { addressOrder } from './order.ts';
import { ownerOfName, reasonOf } from './owner.ts';
import { chanceOfAnswer, type ServerWay, serverWays, silentServer } from './servers.ts';
import type { NameAnswer, NameService } from './types.ts';

/** What becomes of a look-up. */
export interface Resolution {
  readonly steps: readonly Step[];
  /** The addresses in the order in which they are tried, those that are liked alike together; none for nxdomain. */
  readonly groups: readonly (readonly IP[])[];
  /** Chance that all questions on the way are answered; without an answer there is no address. */
  readonly chance: number;
}

interface Asking extends NameSought {
  readonly names: NameService;
  /** Where it happens, in steps. */
  readonly where: string;
}

function listed(items: readonly string[], word: 'and' | 'or'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

function howAsked(name: string, { searches, ndots }: ResolverSettings): string {
  if (name.endsWith('.')) return 'The dot at its end says that it is complete: the search list is not used.';
  if (searches.length === 0) return 'There is no search list: the name is asked for as it is.';
  const dots = name.split('.').length - 1;
  const has = `It has ${dots === 1 ? '1 dot' : `${dots} dots`}`;
  return dots < ndots
    ? `${has}, fewer than ${ndots}: the names of the search list are tried before the name as it is.`
    : `${has}, not fewer than ${ndots}: it is tried as it is, and then with the search list.`;
}

function firstStep({ name, where }: Asking, settings: ResolverSettings): Step {
  const { nameservers, searches, ndots } = settings;
  const conf = [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...(nameservers.length === 0 ? ['no nameserver'] : nameservers.map((server) => `nameserver ${server}`)),
    ...(ndots === 1 ? [] : [`options ndots:${ndots}`]),
  ];
  return {
    where,
    text: `${name} is a name: it is looked up first. ${howAsked(name, settings)}`,
    because: `/etc/resolv.conf: ${conf.join('; ')}`,
  };
}

function serviceOf(view: ClusterView, server: IP): string {
  const service = view.services.find(({ spec }) => spec.clusterIPs?.includes(server) ?? spec.clusterIP === server);
  return service === undefined ? server : `${server}, the ClusterIP of Service ${serviceName(service)}`;
}

function queryStep({ view, from, where }: Asking, { server, explanation }: ServerWay): Step {
  const answering = explanation.predicted.flatMap(({ outcome, pod, endpoint }) =>
    outcome === 'delivered' ? [`${pod} (${endpoint})`] : [outcome],
  );
  const text = `Each query is a datagram to ${serviceOf(view, server)}, UDP port 53. ${listed(answering, 'or')} answers.`;
  const url = `udp://${hostPort(server, 53)}`;
  return { where, text, because: `its way: svclab explain ${formatFrom(from)} ${url}` };
}

function unanswered(asking: Asking, ways: readonly ServerWay[], nobodyNamed: boolean): Resolution {
  const { view, where } = asking;
  const failure: NameFailure = nobodyNamed ? 'no server' : 'no answer';
  const to = listed(
    ways.map(({ server }) => serviceOf(view, server)),
    'and',
  );
  const asked = nobodyNamed ? `No server is named, so ${to} is asked` : `The query goes to ${to}`;
  const steps: Step[] = [
    { where, text: `${asked}, UDP port 53.`, ...(nobodyNamed ? { because: 'resolv.conf(5)' } : {}) },
    ...(ways.at(-1)?.explanation.steps ?? []),
    { where, text: `Nobody answers, so the name leads to no address. ${advise(asking, failure)}` },
  ];
  return { steps, groups: [], chance: 0 };
}

interface Tried {
  readonly full: string;
  readonly answers: readonly NameAnswer[];
}

const addressesOf = ({ answers }: Tried) => answers.flatMap(({ addresses }) => addresses);
/** A name that is an alias is found, even if its alias leads to no address. */
const isFound = (tried: Tried) => tried.answers.some(({ addresses, aliases }) => addresses.length + aliases.length > 0);

/** A resolver asks its next server about such a name. */
const isPassedOn = ({ answers }: Tried) =>
  answers.every(({ rcode, forwardedTo }) => forwardedTo === undefined && rcode !== 'NOERROR' && rcode !== 'NXDOMAIN');

function answerText(tried: Tried, clusterDomain: string): string {
  const { full, answers } = tried;
  const [first] = answers;
  const addresses = addressesOf(tried);
  const aliases = [...new Set(answers.flatMap((one) => one.aliases))];
  const way = [...aliases, ...(addresses.length === 0 ? [] : [listed(addresses, 'and')])].join(', which is ');
  const [handedTo] = answers.flatMap(({ forwardedTo }) => forwardedTo ?? []);
  if (handedTo !== undefined && addresses.length === 0) {
    const what = aliases.length === 0 ? 'the name is not of the cluster' : `it is another name for ${way}`;
    return `${full}: ${what}, and is asked of ${handedTo}, of which svclab does not know what it answers.`;
  }
  if (addresses.length > 0) return `${full} is ${way}.`;
  if (aliases.length > 0) return `${full} is another name for ${way}, which nobody knows an address of.`;
  if (first?.rcode === 'NOERROR') return `${full} exists, but has no address (NODATA).`;
  if (first?.rcode === 'NXDOMAIN') return `${full} does not exist (NXDOMAIN).`;
  return `${full} is not below ${clusterDomain}, and the server has nobody to ask (${first?.rcode}).`;
}

function triedStep({ view, names, where }: Asking, tried: Tried, silent: IP | undefined): Step {
  const owner = isFound(tried) ? ownerOfName(view, tried.full, names.clusterDomain) : undefined;
  const answer = answerText(tried, names.clusterDomain);
  const waits = isPassedOn(tried) && silent !== undefined;
  const text = waits ? `${answer} The next one, ${silent}, keeps silent; svclab does not wait so long.` : answer;
  return owner === undefined ? { where, text } : { where, text, because: reasonOf(owner) };
}

/** The end of a look-up without addresses. */
function inVain(asking: Asking, tried: readonly Tried[]): string {
  const isHandedOn = tried.at(-1)?.answers.some(({ forwardedTo }) => forwardedTo !== undefined) === true;
  return isHandedOn
    ? 'That answer decides; without it nxdomain is predicted. A Lab says what a name leads to with spec.dns.hosts.'
    : `The name leads to no address. ${advise(asking, 'unknown')}`;
}

function ask(asking: Asking, settings: ResolverSettings, silent: IP | undefined): readonly Tried[] {
  const tried: Tried[] = [];
  for (const full of searchedNames(asking.name, settings)) {
    const one = { full, answers: (['A', 'AAAA'] as const).map((type) => asking.names.answer(full, type)) };
    tried.push(one);
    if (isFound(one) || (isPassedOn(one) && silent !== undefined)) break;
  }
  return tried;
}

/**
 * What a look-up by a program of the sender comes to: /etc/hosts, then the servers and the search list of
 * /etc/resolv.conf, as getaddrinfo(3) goes about it. Queries go the way of any datagram. Equivalent command:
 * `getent ahosts NAME`.
 */
export function resolve(view: ClusterView, from: From, name: string, names: NameService): Resolution {
  const where = from.kind === 'node' ? from.name : formatFrom(from);
  const { clusterDomain } = names;
  const asking: Asking = { view, from, name, names, where, clusterDomain };
  const topology = topologyOf(view);
  const fixed = addressesInHosts(names.hosts(from), name);
  if (fixed.length > 0) {
    const text = `${name} is a name that the sender knows itself: ${listed(fixed, 'and')}. DNS is not asked.`;
    return { steps: [{ where, text, because: '/etc/hosts' }], groups: addressOrder(topology, from, fixed), chance: 1 };
  }
  const settings = parseResolvConf(names.resolvConf(from));
  const ways = serverWays(view, from, settings.nameservers);
  const perQuery = chanceOfAnswer(ways);
  const first = firstStep(asking, settings);
  if (perQuery === 0) {
    const { steps, ...rest } = unanswered(asking, ways, settings.nameservers.length === 0);
    return { ...rest, steps: [first, ...steps] };
  }
  const silent = silentServer(ways);
  const tried = ask(asking, settings, silent);
  const groups = addressOrder(topology, from, tried.flatMap(addressesOf));
  const way = ways.find(({ answered }) => answered > 0);
  const steps = [
    first,
    ...(way === undefined ? [] : [queryStep(asking, way)]),
    ...tried.map((one) => triedStep(asking, one, silent)),
    ...(groups.length > 0 ? [] : [{ where, text: inVain(asking, tried) }]),
  ];
  return { steps, groups, chance: perQuery ** tried.length };
}
