import { hostPort, type IP } from '../../net/address.ts';
import { multiply } from '../fraction.ts';
import { advance, assuming, type Course, ended, type Progress, withHappening } from './course.ts';
import { isOtherForRouting, passHook } from './hooks.ts';
import { networkHas, parseNetwork } from './network.ts';
import type { NodeDump } from './node.ts';
import type { Packet, RouteAnswer, RouteQuestion, World } from './types.ts';

const loopback = parseNetwork('127.0.0.0/8');

function isLoopback(ip: IP): boolean {
  return loopback !== undefined && networkHas(loopback, ip);
}

/** Where packets walk: the node and what it knows. */
export interface Ground {
  readonly node: NodeDump;
  readonly world: World;
}

function questionOf(packet: Packet, incoming: boolean): RouteQuestion {
  const { destination, source, mark, protocol, sourcePort, destinationPort, inInterface } = packet;
  return {
    destination,
    source,
    mark,
    protocol,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
    ...(incoming && inInterface !== undefined ? { inInterface } : {}),
  };
}

function isLocalAnswer({ type }: RouteAnswer): boolean {
  return type === 'local' || type === 'broadcast' || type === 'multicast' || type === 'anycast';
}

function routed(course: Course, route: RouteAnswer): Course {
  const { outInterface: _, ...packet } = course.packet;
  const local = isLocalAnswer(route);
  const device = local ? 'lo' : route.device;
  const moved: Packet = { ...packet, ...(device === undefined ? {} : { outInterface: device }) };
  const share = route.share.numerator === route.share.denominator ? course.share : multiply(course.share, route.share);
  return assuming(
    withHappening(
      { ...course, packet: moved, share },
      {
        kind: 'route',
        text: route.text,
        local,
        ...(route.line === undefined ? {} : { line: route.line }),
        ...(route.device === undefined ? {} : { device: route.device }),
      },
    ),
    route.assumed,
  );
}

/** What each answer of routing makes of the course; answers that end it tell how. */
function withRoutes(
  course: Course,
  routes: readonly RouteAnswer[],
  ofOwn: boolean,
  step: (course: Course, route: RouteAnswer) => Progress,
): Progress {
  const all = routes.map((route): Progress => {
    const next = routed(course, route);
    switch (route.type) {
      case 'blackhole':
        return ended(next, ofOwn ? 'unreachable' : 'dropped', `the route "${route.text}" swallows the packet`);
      case 'unreachable':
      case 'prohibit':
      case 'unspec':
        return ended(
          next,
          'unreachable',
          route.text === 'no route'
            ? `no route to ${course.packet.destination}`
            : `the route "${route.text}" refuses the packet`,
        );
      default:
        return step(next, route);
    }
  });
  return { courses: all.flatMap(({ courses }) => courses), endings: all.flatMap(({ endings }) => endings) };
}

function isSet(world: World, ...names: readonly string[]): boolean | undefined {
  const values = names.map((name) => world.sysctl(name)).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.some((value) => value !== '0');
}

function localnetSysctl(device: string): readonly string[] {
  return ['net.ipv4.conf.all.route_localnet', `net.ipv4.conf.${device}.route_localnet`];
}

/** An answer to 127.0.0.1 that is taken although the dump does not tell whether it is. */
function assumedLocalnet({ destination, inInterface, connection }: Packet, world: World): string | undefined {
  if (inInterface === undefined || inInterface === 'lo' || connection.direction === 'original') return undefined;
  if (!isLoopback(destination) || isSet(world, ...localnetSysctl(inInterface)) !== undefined) return undefined;
  return `net.ipv4.conf.${inInterface}.route_localnet is 1, as kube-proxy sets it.`;
}

/** Why the kernel takes no packet from this sender on this interface (martians, rp_filter); undefined when it does. */
function martian({ source, destination, inInterface, family, mark }: Packet, world: World): string | undefined {
  if (inInterface === undefined || inInterface === 'lo') return undefined;
  if (family === 'ipv6')
    return destination === '::1' ? `${destination} comes in on ${inInterface}; IPv6 has no route_localnet` : undefined;
  const localnet = isSet(world, ...localnetSysctl(inInterface));
  if (isLoopback(destination) && localnet !== true)
    return `${destination} comes in on ${inInterface}, and net.ipv4.conf.${inInterface}.route_localnet is ${localnet === undefined ? 'taken to be 0' : '0'}`;
  if (isLoopback(source) && localnet !== true) return `the sender ${source} comes in on ${inInterface}`;
  const acceptLocal = isSet(world, 'net.ipv4.conf.all.accept_local', `net.ipv4.conf.${inInterface}.accept_local`);
  if (world.addressType(source) === 'local' && acceptLocal !== true)
    return `the sender ${source} is the node itself, but the packet comes in on ${inInterface}`;
  return reversePath({ source, inInterface, mark }, world);
}

/** net.ipv4.conf.*.rp_filter: the greater of `all` and the interface's counts. */
function reversePath(
  { source, inInterface, mark }: { readonly source: IP; readonly inInterface: string; readonly mark: number },
  world: World,
): string | undefined {
  const values = ['all', inInterface].map((name) => Number(world.sysctl(`net.ipv4.conf.${name}.rp_filter`) ?? 0));
  const mode = Math.max(...values);
  if (mode === 0) return undefined;
  const usesMark = isSet(world, 'net.ipv4.conf.all.src_valid_mark', `net.ipv4.conf.${inInterface}.src_valid_mark`);
  const routes = world.route({ destination: source, mark: usesMark === true ? mark : 0 });
  const reachable = routes.some(({ type }) => type === 'unicast');
  const back = routes.some(
    ({ type, device }) => type === 'unicast' && (device === undefined || device === inInterface),
  );
  if (mode === 1 ? back : reachable) return undefined;
  return `answers to ${source} would not leave by ${inInterface} (rp_filter is ${mode})`;
}

/** Whether the node forwards from the interface; undefined when the dump does not tell. */
function forwards({ family, inInterface = 'all' }: Packet, world: World): boolean | undefined {
  if (family === 'ipv6') return isSet(world, 'net.ipv6.conf.all.forwarding');
  const own = world.sysctl(`net.ipv4.conf.${inInterface}.forwarding`);
  return own === undefined ? isSet(world, 'net.ipv4.ip_forward') : own !== '0';
}

function deliverLocally(course: Course, ground: Ground): Progress {
  const input = passHook(course, 'input', ground.node, ground.world);
  return advance(input, (one) => {
    const { destination, destinationPort, socket } = one.packet;
    const device = addressDevice(ground.node, destination);
    if (device === 'kube-ipvs0') {
      return ended(one, 'unknown', 'unknown from here on: IPVS of the kernel chooses the endpoint (ipvsadm -Sn)');
    }
    const to = socket ?? { address: destination, port: destinationPort };
    const text = to.port === undefined ? to.address : hostPort(to.address, to.port);
    return ended(one, 'delivered', `a process of the node gets it at ${text}, if one listens there`, { local: true });
  });
}

function addressDevice(node: NodeDump, address: IP): string | undefined {
  return node.interfaces?.addresses.find((one) => one.address === address)?.device;
}

function forward(course: Course, route: RouteAnswer, ground: Ground): Progress {
  const allowed = forwards(course.packet, ground.world);
  const name = course.packet.family === 'ipv4' ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  if (allowed === false) return ended(course, 'dropped', `the node forwards nothing: ${name} is 0`);
  const next = allowed === undefined ? assuming(course, `${name} is 1.`) : course;
  return advance(passHook(next, 'forward', ground.node, ground.world), (one) => leave(one, route, ground));
}

function leave(course: Course, route: RouteAnswer, { node, world }: Ground): Progress {
  return advance(passHook(course, 'postrouting', node, world), (one) => {
    const { device, gateway } = route;
    const way =
      device === undefined
        ? 'it leaves the node'
        : `it leaves by ${device}${gateway === undefined ? '' : ` to ${gateway}`}`;
    return ended(one, 'delivered', way, { device, ...(gateway === undefined ? {} : { gateway }) });
  });
}

/** A packet that arrives on an interface: PREROUTING, routing, then INPUT, or FORWARD and POSTROUTING. */
function arrive(start: Course, ground: Ground): Progress {
  const { node, world } = ground;
  return advance(passHook(start, 'prerouting', node, world), (course) => {
    const assumed = assumedLocalnet(course.packet, world);
    const odd = assumed === undefined ? martian(course.packet, world) : undefined;
    if (odd !== undefined) return ended(course, 'dropped', `the kernel drops it as a martian: ${odd}`);
    const taken = assuming(course, assumed);
    return withRoutes(taken, world.route(questionOf(course.packet, true)), false, (next, route) => {
      if (!isLocalAnswer(route)) return forward(next, route, ground);
      const { outInterface: _, ...packet } = next.packet;
      return deliverLocally({ ...next, packet }, ground);
    });
  });
}

/** A packet of the node that stays: it comes back in by the loopback device; NAT is not asked again. */
function loopBack(course: Course, ground: Ground): Progress {
  const { outInterface: _, ...packet } = course.packet;
  const inside = { ...course, packet: { ...packet, inInterface: 'lo' } };
  return advance(passHook(inside, 'prerouting', ground.node, ground.world), (one) => deliverLocally(one, ground));
}

/** Why the kernel sends nothing from this address by this device. */
function loopbackLeaves({ source, outInterface, family }: Packet, world: World): string | undefined {
  if (family === 'ipv6' || !isLoopback(source) || outInterface === 'lo') return undefined;
  const name = `net.ipv4.conf.${outInterface ?? 'all'}.route_localnet`;
  if (isSet(world, 'net.ipv4.conf.all.route_localnet', name) !== false) return undefined;
  return `nothing may leave from ${source}: ${name} is 0`;
}

function sendOut(course: Course, route: RouteAnswer, ground: Ground): Progress {
  if (!isLocalAnswer(route)) {
    const held = loopbackLeaves(course.packet, ground.world);
    return held === undefined ? leave(course, route, ground) : ended(course, 'unreachable', held);
  }
  const { node, world } = ground;
  return advance(passHook(course, 'postrouting', node, world), (one) => loopBack(one, ground));
}

/** A packet that the node makes: routing, OUTPUT, routing again if rules changed it, POSTROUTING. */
function send(start: Course, ground: Ground): Progress {
  const { node, world } = ground;
  return withRoutes(start, world.route(questionOf(start.packet, false)), true, (course, route) =>
    advance(passHook(course, 'output', node, world), (next) => {
      if (!isOtherForRouting(course.packet, next.packet)) return sendOut(next, route, ground);
      const again = world.route(questionOf(next.packet, false));
      return withRoutes(next, again, true, (one, other) => sendOut(one, other, ground));
    }),
  );
}

/** Starts the course where its packet comes from. */
export function begin(course: Course, ground: Ground): Progress {
  return course.packet.inInterface === undefined ? send(course, ground) : arrive(course, ground);
}
