import { familyOf, type IP, type Mac } from '../../../src/net/address.ts';
import type { VxlanLink } from '../../../src/plan/desired.ts';
import { hasAddress, type LabMap, type Port } from './lab-map.ts';

/** Where a frame arrives: at an interface that takes it in, and who sent it there. */
export interface Arrival extends Port {
  readonly sender: Mac | undefined;
  /** The bridge's port that it came by, for one that came in by a bridge. */
  readonly port?: Port;
}

/** The interface at the other end of a bridge's port, if it has the address. */
function neighbours(map: LabMap, bridge: Port): readonly { readonly port: Port; readonly peer: Port }[] {
  const links = map.namespaces.get(bridge.netns)?.links ?? [];
  return links
    .filter(({ master }) => master === bridge.device)
    .flatMap(({ name: device }) => {
      const port = { netns: bridge.netns, device };
      const peer = map.peer(port);
      return peer === undefined ? [] : [{ port, peer }];
    });
}

/** Out of a port of the bridge, where the address is. Back out of the port that it came by only with hairpin mode. */
function throughBridge(map: LabMap, bridge: Port, to: IP, cameBy: Port | undefined): Port | undefined {
  for (const { port, peer } of neighbours(map, bridge)) {
    if (!hasAddress(map, peer, to)) continue;
    const back = cameBy?.device === port.device;
    return back && map.link(port)?.hairpin !== true ? undefined : peer;
  }
  return undefined;
}

function throughTunnel(map: LabMap, port: Port, link: VxlanLink, to: IP): Arrival | undefined {
  const own = map.namespaces.get(port.netns);
  const mac = own?.neighbours.find(({ device, address }) => device === port.device && address === to)?.mac;
  const entry = own?.fdb.find((one) => one.device === port.device && one.mac === mac);
  if (mac === undefined || entry === undefined) return undefined;
  for (const [netns, { links }] of map.namespaces) {
    for (const other of links) {
      if (other.kind !== 'vxlan' || other.local !== entry.destination) continue;
      if (other.vni !== link.vni || other.port !== link.port || other.mac !== mac) continue;
      return { netns, device: other.name, sender: link.mac };
    }
  }
  return undefined;
}

/** Whether what passes between the bridge's ports goes through the rules of its namespace, as what is routed does. */
function passesRules(map: LabMap, { netns }: Port, to: IP): boolean {
  const key = `net.bridge.bridge-nf-call-${familyOf(to) === 'ipv4' ? 'ip' : 'ip6'}tables`;
  return map.namespaces.get(netns)?.sysctls.some((sysctl) => sysctl.key === key && sysctl.value === '1') === true;
}

/**
 * Where a packet that leaves by the interface arrives, if its next hop has this address. Undefined when nobody has it.
 * `cameBy` is the bridge's port that has brought the packet, when the bridge itself sends it on. What passes a bridge
 * whose namespace has rules for that (bridge-nf) arrives at the bridge first.
 */
export function nextArrival(map: LabMap, port: Port, to: IP, cameBy?: Port): Arrival | undefined {
  const link = map.link(port);
  if (link?.kind === 'vxlan') return throughTunnel(map, port, link, to);
  const sender = link?.mac;
  if (link?.kind === 'bridge') {
    const peer = throughBridge(map, port, to, cameBy);
    return peer && { ...peer, sender };
  }
  const peer = map.peer(port);
  if (peer === undefined) return undefined;
  const { master } = map.link(peer) ?? {};
  if (master === undefined) return { ...peer, sender };
  const bridge = { netns: peer.netns, device: master };
  if (hasAddress(map, bridge, to) || passesRules(map, bridge, to)) return { ...bridge, sender, port: peer };
  const beyond = throughBridge(map, bridge, to, peer);
  return beyond && { ...beyond, sender };
}
