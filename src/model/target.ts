import type { ClusterView } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { familyOf, hostPort, type IP, tryParseIP } from '../net/address.ts';
import { listeningPorts } from '../workload/ports.ts';
import { allClaims, claimsAt, clusterIPsOf, nodePortClaims, serviceName } from './claims.ts';
import { isHostName, namedTo } from './named-to.ts';
import { notFound } from './names.ts';
import { schemeOfPod, schemeOfService } from './scheme.ts';
import { isNodeAddress, podIPs, podName, type Topology, topologyOf } from './topology.ts';
import type { From, NamedTo, To } from './types.ts';

const forms = 'Write pod/NAME, pod/NAMESPACE/NAME, NODE or client/NAME.';

/** The text of a sender: `pod/NAMESPACE/NAME`, `node/NAME`, `client/NAME`. */
export function formatFrom(from: From): string {
  return from.kind === 'pod' ? `pod/${from.namespace}/${from.name}` : `${from.kind}/${from.name}`;
}

/** The text of a destination as a URL: `http://10.96.0.1:80/path`, `icmp://10.96.0.1`. */
export function formatTo(to: To | NamedTo): string {
  const { scheme, port, path } = to;
  if ('name' in to) return `${scheme}://${to.name}${port === undefined ? '' : `:${port}`}${path ?? ''}`;
  const { address } = to;
  const host = port === undefined ? (familyOf(address) === 'ipv6' ? `[${address}]` : address) : hostPort(address, port);
  return `${scheme}://${host}${path ?? ''}`;
}

function splitName(text: string, namespace: string): { namespace: string; name: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { namespace, name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

function findPod(topology: Topology, text: string, namespace = 'default'): Pod {
  const wanted = splitName(text, namespace);
  const pod = topology.pod(wanted.namespace, wanted.name);
  if (pod !== undefined) return pod;
  throw notFound('Pod', `${wanted.namespace}/${wanted.name}`, topology.view.pods.map(podName));
}

/**
 * Who connects: `pod/web-0` (of namespace default), `pod/ns/web-0`, `node1`, `node/node1`, `client/laptop`. Throws
 * `not-found` with near names for what the lab does not have, `usage` for an empty text.
 */
export function parseFrom(text: string, view: ClusterView): From {
  const topology = topologyOf(view);
  const slash = text.indexOf('/');
  const kind = slash < 0 ? '' : text.slice(0, slash);
  const name = text.slice(slash + 1);
  if (name === '') throw new LabError('usage', `"${text}" names nobody who could connect`, { hint: forms });
  if (kind === 'pod' || kind === 'pods') {
    const { metadata } = findPod(topology, name);
    return { kind: 'pod', namespace: metadata.namespace ?? 'default', name: metadata.name };
  }
  if (kind === 'client') {
    if (topology.client(name) !== undefined) return { kind, name };
    throw notFound(
      'client',
      name,
      view.lab.clients.map((client) => client.name),
    );
  }
  if (kind !== '' && kind !== 'node')
    throw new LabError('usage', `"${text}" is no Pod, node or client`, { hint: forms });
  if (topology.node(name) !== undefined) return { kind: 'node', name };
  throw notFound('node', name, [
    ...view.nodes.map((node) => node.name),
    ...view.lab.clients.map((client) => `client/${client.name}`),
    ...view.pods.map((pod) => `pod/${podName(pod)}`),
  ]);
}

interface Parts {
  readonly scheme: To['scheme'] | undefined;
  /** `HOST`, `HOST:PORT`, `svc/…`. */
  readonly host: string;
  readonly path: string | undefined;
}

const schemes: Readonly<Record<string, To['scheme']>> = {
  http: 'http',
  tcp: 'tcp',
  udp: 'udp',
  ping: 'icmp',
  icmp: 'icmp',
};

function cannotConnect(scheme: string): LabError {
  return new LabError('usage', `svclab cannot connect with "${scheme}"`, { hint: 'Use http, tcp, udp or ping.' });
}

function schemeOf(text: string): To['scheme'] {
  const scheme = schemes[text.toLowerCase()];
  if (scheme === undefined) throw cannotConnect(text);
  return scheme;
}

function splitUrl(text: string): Parts {
  const match = /^([a-z]+):\/\/((?:(?:node|client)\/)?[^/?]+)([/?].*)?$/i.exec(text);
  if (match === null && /^[a-z]+:\/\//i.test(text)) {
    throw new LabError('usage', `"${text}" names no host`, { hint: 'Write it like http://10.96.0.10:80.' });
  }
  if (match === null) return { scheme: undefined, host: text, path: undefined };
  return { scheme: schemeOf(match[1] ?? ''), host: match[2] ?? '', path: match[3] };
}

function portNumber(text: string | undefined): number | undefined {
  const port = Number(text);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new LabError('usage', `"${text}" is not a port`, { hint: 'Ports are numbers from 1 to 65535.' });
}

function splitPort(host: string): { name: string; port: string | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(host);
  if (bracketed !== null) return { name: bracketed[1] ?? '', port: bracketed[2] };
  if (tryParseIP(host) !== undefined) return { name: host, port: undefined };
  const colon = host.lastIndexOf(':');
  return colon < 0 ? { name: host, port: undefined } : { name: host.slice(0, colon), port: host.slice(colon + 1) };
}

function serviceTo(topology: Topology, text: string, parts: Parts, namespace: string): To {
  const { name: path, port: wanted } = splitPort(text);
  const own = splitName(path, namespace);
  const { services } = topology.view;
  const find = (ns: string) => services.find(({ metadata: m }) => m.namespace === ns && m.name === own.name);
  const service = find(own.namespace) ?? (path.includes('/') ? undefined : find('default'));
  if (service === undefined) throw notFound('Service', path, services.map(serviceName));
  const [address] = clusterIPsOf(service);
  if (address === undefined) {
    const hint = 'Connect to one of its Pods: pod/NAME:PORT.';
    throw new LabError('usage', `Service ${serviceName(service)} has no ClusterIP to connect to`, { hint });
  }
  if (parts.scheme === 'icmp') return { scheme: 'icmp', address };
  const ports = service.spec.ports ?? [];
  const port = wanted === undefined ? ports[0] : ports.find((p) => p.name === wanted || String(p.port) === wanted);
  const number = port?.port ?? portNumber(wanted);
  if (number === undefined) throw new LabError('usage', `Service ${serviceName(service)} has no port`);
  if (parts.scheme === undefined && port?.protocol === 'SCTP') throw cannotConnect('sctp');
  const scheme =
    parts.scheme ?? (port === undefined ? 'tcp' : schemeOfService(topology, service, port, familyOf(address)));
  return withPath({ scheme, address, port: number }, parts.path);
}

function withPath<T extends To | NamedTo>(to: T, path: string | undefined): T {
  return path === undefined || path === '/' || to.scheme !== 'http' ? to : { ...to, path };
}

function podTo(topology: Topology, text: string, parts: Parts, namespace: string): To {
  const { name, port: wanted } = splitPort(text);
  const pod = findPod(topology, name, namespace);
  const [address] = podIPs(pod);
  if (address === undefined)
    throw new LabError('not-found', `Pod ${podName(pod)} has no address yet`, { hint: 'Try again when it runs.' });
  if (parts.scheme === 'icmp') return { scheme: 'icmp', address };
  const port = portNumber(wanted) ?? listeningPorts(pod)[0]?.port;
  if (port === undefined) throw portMissing(`pod/${name}`);
  const protocol = listeningPorts(pod).find((socket) => socket.port === port)?.protocol ?? 'TCP';
  return withPath({ scheme: parts.scheme ?? schemeOfPod(pod, protocol, port), address, port }, parts.path);
}

function portMissing(name: string): LabError {
  return new LabError('usage', `"${name}" needs a port`, { hint: `Write ${name}:PORT, or ping://${name}.` });
}

/** How to talk to an address and port nobody gave a scheme for: as to the Service or Pod that is there. */
function guessScheme(topology: Topology, address: IP, port: number, from: From): To['scheme'] {
  const { view } = topology;
  const node = from.kind === 'node' ? topology.node(from.name) : undefined;
  const host =
    topology.nodeAt(address) ?? (node !== undefined && isNodeAddress(view, node, address) ? node : undefined);
  for (const protocol of ['TCP', 'UDP'] as const) {
    const direct = claimsAt(view, protocol, address, port);
    const [claim] = [...direct, ...(host === undefined ? [] : nodePortClaims(view, protocol, port, familyOf(address)))];
    if (claim !== undefined) return schemeOfService(topology, claim.service, claim.port, familyOf(address));
    const own = from.kind === 'pod' ? topology.pod(from.namespace, from.name) : undefined;
    const pods = [topology.podAt(address) ?? own ?? [], host === undefined ? [] : topology.hostPods(host.name)].flat();
    const pod = pods.find((p) => listeningPorts(p).some((s) => s.protocol === protocol && s.port === port));
    if (pod !== undefined) return schemeOfPod(pod, protocol, port);
  }
  if (claimsAt(view, 'SCTP', address, port).length > 0) throw cannotConnect('sctp');
  return 'tcp';
}

function hostAddress(topology: Topology, name: string): IP | undefined {
  if (name === 'localhost') return '127.0.0.1' as IP;
  const ip = tryParseIP(name);
  if (ip !== undefined) return ip;
  const short = name.replace(/^(node|client)\//, '');
  const node = name.startsWith('client/') ? undefined : topology.node(short);
  const client = name.startsWith('node/') ? undefined : topology.client(short);
  return node?.ip ?? tryParseIP(client?.ip ?? '');
}

/** A Pod that says the bare name of a Service of its namespace means that, although a node or an outside host has it too. */
function meansService({ view }: Topology, from: From, name: string): boolean {
  const isMeant = ({ metadata }: Service) =>
    from.kind === 'pod' && metadata.namespace === from.namespace && metadata.name === name.toLowerCase();
  return name !== 'localhost' && view.services.some(isMeant);
}

function unknownHost({ view }: Topology, name: string): LabError {
  const services = new Set(allClaims(view).map(({ service }) => `svc/${serviceName(service)}`));
  const names = [...view.nodes.map((n) => n.name), ...services, ...view.pods.map((p) => `pod/${podName(p)}`)];
  return notFound('address or name', name, names);
}

/**
 * Where to connect: `http://10.96.0.1:80/path`, `tcp://`, `udp://`, `ping://10.96.0.1` (or `icmp://`), `10.96.0.1:80`,
 * `svc/NAME:PORT` (its ClusterIP; PORT a number or name, the first port when absent), `pod/NAME:PORT`, `node1:30080`,
 * `localhost:PORT`, `web.default:80` (a name that the sender looks up). Without a scheme, what is known to be there
 * decides between http, tcp and udp; names without a namespace are of the sender's. Throws `usage` for what cannot be
 * read and `not-found`, with near names, for what the lab does not have and no name can be.
 */
export function parseDestination(text: string, view: ClusterView, from: From): To | NamedTo {
  const topology = topologyOf(view);
  const namespace = from.kind === 'pod' ? from.namespace : 'default';
  const named = /^(?:([a-z]+):\/\/)?(svc|service|pod|pods)\/(.+)$/i.exec(text);
  if (named !== null) {
    const scheme = named[1] === undefined ? undefined : schemeOf(named[1]);
    const parts: Parts = { scheme, host: named[3] ?? '', path: undefined };
    const resolve = named[2]?.startsWith('s') === true ? serviceTo : podTo;
    return resolve(topology, parts.host, parts, namespace);
  }
  const parts = splitUrl(text);
  const { name, port: wanted } = splitPort(parts.host);
  const address = meansService(topology, from, name) ? undefined : hostAddress(topology, name);
  if (address === undefined) {
    if (!isHostName(name)) throw unknownHost(topology, name);
    if (wanted === undefined && (parts.scheme === 'tcp' || parts.scheme === 'udp')) throw portMissing(text);
    return withPath(namedTo(topology, from, { scheme: parts.scheme, name, port: portNumber(wanted) }), parts.path);
  }
  if (parts.scheme === 'icmp') return { scheme: 'icmp', address };
  const port = portNumber(wanted) ?? (parts.scheme === 'http' ? 80 : undefined);
  if (port === undefined) throw portMissing(text);
  return withPath({ scheme: parts.scheme ?? guessScheme(topology, address, port, from), address, port }, parts.path);
}

/** The same, for addresses alone: throws `not-found` for a name that somebody would have to look up. */
export function parseTo(text: string, view: ClusterView, from: From): To {
  const to = parseDestination(text, view, from);
  if ('name' in to) throw unknownHost(topologyOf(view), to.name);
  return to;
}
