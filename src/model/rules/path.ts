import { hostPort } from '../../net/address.ts';
import { certain, multiply } from '../fraction.ts';
import { advance, assuming, type Course, ended, type Progress, withHappening } from './course.ts';
import { passHook } from './hooks.ts';
import { schedule } from './ipvs/schedule.ts';
import { assumedLocalnet, isSet, loopbackLeaves, martian, unheard } from './martian.ts';
import type { NodeDump } from './node.ts';
import type { Packet, RouteAnswer, RouteQuestion, World } from './types.ts';

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

/** Whether the packet stays on the node. What the node itself sends to a group leaves by the route's device. */
function staysHere({ type, device }: RouteAnswer, ofOwn: boolean): boolean {
  if (type === 'broadcast' || type === 'multicast') return !ofOwn || device === 'lo';
  return type === 'local' || type === 'anycast';
}

function routed(course: Course, route: RouteAnswer, ofOwn: boolean): Course {
  const { outInterface: _, ...packet } = course.packet;
  const local = staysHere(route, ofOwn);
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
    const next = routed(course, route, ofOwn);
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

/** Whether the node forwards from the interface; undefined when the dump does not tell. */
function forwards({ family, inInterface = 'all' }: Packet, world: World): boolean | undefined {
  if (family === 'ipv6') return isSet(world, 'net.ipv6.conf.all.forwarding');
  const own = world.sysctl(`net.ipv4.conf.${inInterface}.forwarding`);
  return own === undefined ? isSet(world, 'net.ipv4.ip_forward') : own !== '0';
}

function deliverLocally(course: Course, ground: Ground): Progress {
  const input = passHook(course, 'input', ground.node, ground.world);
  return advance(input, (one) => {
    const scheduled = schedule({ ...one, natted: course.natted }, ground.node);
    return scheduled === undefined
      ? deliver(one, ground)
      : advance(scheduled, (chosen) => toRealServer(chosen, ground));
  });
}

function deliver(course: Course, ground: Ground): Progress {
  const { destination, destinationPort, socket } = course.packet;
  const deaf = unheard(course.packet, ground.world);
  if (deaf !== undefined) return ended(course, 'dropped', deaf);
  const to = socket ?? { address: destination, port: destinationPort };
  const text = to.port === undefined ? to.address : hostPort(to.address, to.port);
  return ended(course, 'delivered', `a process of the node gets it at ${text}, if one listens there`, { local: true });
}

/** What IPVS has chosen a real server for goes there through OUTPUT and POSTROUTING (ip_vs_nat_xmit). */
function toRealServer(course: Course, ground: Ground): Progress {
  const { inInterface: _, ...packet } = course.packet;
  return withRoutes({ ...course, packet }, ground.world.route(questionOf(packet, false)), true, (next, route) => {
    if (staysHere(route, true)) return deliver(next, ground);
    const output = passHook(next, 'output', ground.node, ground.world);
    return advance(output, (one) => leave(one, route, ground));
  });
}

function forward(course: Course, route: RouteAnswer, ground: Ground): Progress {
  if (course.packet.socket !== undefined)
    return ended(course, 'dropped', 'TPROXY gave it to a local socket, but routing does not keep it on the node');
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

/** Packets to groups are for the node itself before any table is asked (ip_route_input_noref). */
function incomingRoutes(packet: Packet, world: World): readonly RouteAnswer[] {
  const { destination } = packet;
  const type = world.addressType(destination);
  if (type === 'multicast' || destination === '255.255.255.255')
    return [{ type, share: certain, text: `${destination} is for every host that listens to it` }];
  return world.route(questionOf(packet, true));
}

/** A packet that arrives on an interface: PREROUTING, routing, then INPUT, or FORWARD and POSTROUTING. */
function arrive(start: Course, ground: Ground): Progress {
  const { node, world } = ground;
  return advance(passHook(start, 'prerouting', node, world), (course) => {
    const assumed = assumedLocalnet(course.packet, world);
    const odd = assumed === undefined ? martian(course.packet, world) : undefined;
    if (odd !== undefined) return ended(course, 'dropped', `the kernel drops it as a martian: ${odd}`);
    const taken = assuming(course, assumed);
    return withRoutes(taken, incomingRoutes(course.packet, world), false, (next, route) => {
      if (!staysHere(route, false)) return forward(next, route, ground);
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

function sendOut(course: Course, route: RouteAnswer, ground: Ground): Progress {
  if (!staysHere(route, true)) {
    const { held, assumed } = loopbackLeaves(course.packet, ground.node, ground.world);
    return held === undefined ? leave(assuming(course, assumed), route, ground) : ended(course, 'unreachable', held);
  }
  const { node, world } = ground;
  return advance(passHook(course, 'postrouting', node, world), (one) => loopBack(one, ground));
}

/** A packet that the node makes: routing, OUTPUT, routing again if rules changed it, POSTROUTING. */
function send(start: Course, ground: Ground): Progress {
  const { node, world } = ground;
  return withRoutes(start, world.route(questionOf(start.packet, false)), true, (course, route) =>
    advance(passHook(course, 'output', node, world), (next) => {
      const scheduled = schedule(next, node);
      if (scheduled !== undefined) return advance(scheduled, (chosen) => toRealServer(chosen, ground));
      if (next.reroute !== true) return sendOut(next, route, ground);
      const again = world.route(questionOf(next.packet, false));
      return withRoutes(next, again, true, (one, other) => sendOut(one, other, ground));
    }),
  );
}

/** Starts the course where its packet comes from. */
export function begin(course: Course, ground: Ground): Progress {
  return course.packet.inInterface === undefined ? send(course, ground) : arrive(course, ground);
}
