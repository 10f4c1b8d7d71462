import { familyOf, type IP, type Mac } from '../../net/address.ts';
import type { DesiredLink, VethLink, VxlanLink } from '../../plan/desired.ts';
import { type Message, type MessageWriter, readAttributes, readIP, readMac, readText } from './message.ts';

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_REPLACE = 0x100;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_NET_NS_FD = 28;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 8;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_INFO_SLAVE_DATA = 5;
const IFLA_BRPORT_MODE = 4;
const VETH_INFO_PEER = 1;
const IFLA_VXLAN_ID = 1;
const IFLA_VXLAN_LINK = 3;
const IFLA_VXLAN_LOCAL = 4;
const IFLA_VXLAN_LEARNING = 7;
const IFLA_VXLAN_PORT = 15;
const IFLA_VXLAN_LOCAL6 = 17;
const IFLA_VXLAN_GBP = 23;
const IFF_UP = 1;

/** struct ifinfomsg. */
export function ifinfomsg(options: { index?: number; up?: boolean; family?: number } = {}): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt8(options.family ?? 0, 0);
  bytes.writeInt32LE(options.index ?? 0, 4);
  if (options.up !== undefined) {
    bytes.writeUInt32LE(options.up ? IFF_UP : 0, 8);
    bytes.writeUInt32LE(IFF_UP, 12);
  }
  return bytes;
}

/** What a link needs from outside its own description. */
export interface LinkContext {
  /** Index of a link of the same namespace. */
  readonly index: (name: string) => number;
  /** Of a veth pair: the other end, and a descriptor of its namespace. */
  readonly peer?: { readonly link: VethLink; readonly netnsFd: number };
}

/** Body of RTM_NEWLINK that makes the link with its master set; up, unless it is one of a veth pair. */
export function fillNewLink(writer: MessageWriter, link: DesiredLink, context: LinkContext): void {
  writer.fixed(ifinfomsg(link.kind === 'veth' ? {} : { up: true }));
  fillCommon(writer, link);
  if (link.master !== undefined) writer.u32(IFLA_MASTER, context.index(link.master));
  writer.nest(IFLA_LINKINFO, (info) => {
    info.text(IFLA_INFO_KIND, link.kind);
    fillInfoData(info, link, context);
  });
}

function fillCommon(writer: MessageWriter, link: DesiredLink): void {
  writer.text(IFLA_IFNAME, link.name);
  if (link.mtu !== undefined) writer.u32(IFLA_MTU, link.mtu);
  if (link.mac !== undefined) writer.mac(IFLA_ADDRESS, link.mac);
}

const infoData: Record<DesiredLink['kind'], (writer: MessageWriter, link: DesiredLink, context: LinkContext) => void> =
  {
    bridge: (_writer, _link) => {},
    veth: (writer, _link, { peer }) => {
      if (peer === undefined) return;
      writer.nest(IFLA_INFO_DATA, (data) =>
        data.nest(VETH_INFO_PEER, (inner) => {
          inner.fixed(ifinfomsg());
          fillCommon(inner, peer.link);
          inner.u32(IFLA_NET_NS_FD, peer.netnsFd);
        }),
      );
    },
    vxlan: (writer, link, { index }) => {
      const vxlan = link as VxlanLink;
      writer.nest(IFLA_INFO_DATA, (data) => {
        data.u32(IFLA_VXLAN_ID, vxlan.vni);
        data.u32(IFLA_VXLAN_LINK, index(vxlan.device));
        data.ip(familyOf(vxlan.local) === 'ipv4' ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, vxlan.local);
        data.u8(IFLA_VXLAN_LEARNING, vxlan.learning ? 1 : 0);
        data.u16be(IFLA_VXLAN_PORT, vxlan.port);
        if (vxlan.gbp) data.bytes(IFLA_VXLAN_GBP, new Uint8Array());
      });
    },
  };

function fillInfoData(writer: MessageWriter, link: DesiredLink, context: LinkContext): void {
  infoData[link.kind](writer, link, context);
}

/** Changes of a link that exists. */
export interface LinkChange {
  readonly up?: boolean;
  readonly mtu?: number;
  readonly mac?: Mac;
  /** Empty: takes the link out of its bridge. */
  readonly master?: string;
  /** Of a bridge port: whether frames may leave where they came in. */
  readonly hairpin?: boolean;
}

/** Body of RTM_NEWLINK that changes a link; the kernel finds it by its name. */
export function fillSetLink(
  writer: MessageWriter,
  name: string,
  change: LinkChange,
  index: (name: string) => number,
): void {
  writer.fixed(ifinfomsg(change.up === undefined ? {} : { up: change.up })).text(IFLA_IFNAME, name);
  if (change.mtu !== undefined) writer.u32(IFLA_MTU, change.mtu);
  if (change.mac !== undefined) writer.mac(IFLA_ADDRESS, change.mac);
  if (change.master !== undefined) writer.u32(IFLA_MASTER, change.master === '' ? 0 : index(change.master));
  if (change.hairpin !== undefined) fillHairpin(writer, change.hairpin);
}

function fillHairpin(writer: MessageWriter, on: boolean): void {
  writer.nest(IFLA_LINKINFO, (info) => {
    info.text(IFLA_INFO_SLAVE_KIND, 'bridge');
    info.nest(IFLA_INFO_SLAVE_DATA, (data) => data.u8(IFLA_BRPORT_MODE, on ? 1 : 0));
  });
}

/** Body of RTM_DELLINK. */
export function fillDeleteLink(writer: MessageWriter, name: string): void {
  writer.fixed(ifinfomsg()).text(IFLA_IFNAME, name);
}

/** Body of RTM_GETLINK that asks for one link, without its counters. */
export function fillGetLink(writer: MessageWriter, name: string): void {
  writer.fixed(ifinfomsg()).text(IFLA_IFNAME, name).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

/** Index of the link in an RTM_NEWLINK message. */
export function readLinkIndex(message: Message): number {
  return message.body.readInt32LE(4);
}

/** A link as the kernel has it. */
export interface ObservedLink {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly mac: Mac;
  /** Index of the bridge that it is a port of, 0 for none. */
  readonly master: number;
  readonly kind: string;
  readonly hairpin?: boolean;
  readonly vxlan?: Pick<VxlanLink, 'vni' | 'port' | 'local' | 'learning'> & { readonly deviceIndex: number };
}

/** The link in an RTM_NEWLINK message. */
export function readLink(message: Message): ObservedLink {
  const attributes = readAttributes(message.body.subarray(16));
  const info = readAttributes(attributes.get(IFLA_LINKINFO) ?? empty);
  const kind = readText(info.get(IFLA_INFO_KIND) ?? empty);
  const mac = attributes.get(IFLA_ADDRESS) ?? empty;
  const port =
    readText(info.get(IFLA_INFO_SLAVE_KIND) ?? empty) === 'bridge' ? info.get(IFLA_INFO_SLAVE_DATA) : undefined;
  return {
    index: message.body.readInt32LE(4),
    name: readText(attributes.get(IFLA_IFNAME) ?? empty),
    up: (message.body.readUInt32LE(8) & IFF_UP) !== 0,
    mtu: attributes.get(IFLA_MTU)?.readUInt32LE() ?? 0,
    mac: readMac(mac),
    master: attributes.get(IFLA_MASTER)?.readUInt32LE() ?? 0,
    kind,
    ...(port === undefined ? {} : { hairpin: readAttributes(port).get(IFLA_BRPORT_MODE)?.[0] === 1 }),
    ...(kind === 'vxlan' ? { vxlan: readVxlan(readAttributes(info.get(IFLA_INFO_DATA) ?? empty)) } : {}),
  };
}

function readVxlan(data: Map<number, Buffer>): NonNullable<ObservedLink['vxlan']> {
  return {
    vni: data.get(IFLA_VXLAN_ID)?.readUInt32LE() ?? 0,
    deviceIndex: data.get(IFLA_VXLAN_LINK)?.readUInt32LE() ?? 0,
    local: readIP(data.get(IFLA_VXLAN_LOCAL) ?? data.get(IFLA_VXLAN_LOCAL6) ?? Buffer.alloc(4)) as IP,
    learning: data.get(IFLA_VXLAN_LEARNING)?.[0] === 1,
    port: data.get(IFLA_VXLAN_PORT)?.readUInt16BE() ?? 0,
  };
}

const empty = Buffer.alloc(0);
