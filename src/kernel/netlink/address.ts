import { familyOf, type IP } from '../../net/address.ts';
import type { DesiredAddress } from '../../plan/desired.ts';
import { type Message, type MessageWriter, readAttributes, readIP } from './message.ts';
import { addressFamily } from './route.ts';
import type { NetlinkSocket } from './socket.ts';

export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
const RTM_GETADDR = 22;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_F_NODAD = 2;

/** Body of RTM_NEWADDR and RTM_DELADDR. */
export function fillAddress(writer: MessageWriter, wanted: DesiredAddress, index: (name: string) => number): void {
  const header = Buffer.alloc(8);
  header.writeUInt8(addressFamily(familyOf(wanted.address)), 0);
  header.writeUInt8(wanted.prefix, 1);
  header.writeUInt8(familyOf(wanted.address) === 'ipv6' ? IFA_F_NODAD : 0, 2);
  header.writeUInt32LE(index(wanted.device), 4);
  writer.fixed(header).ip(IFA_LOCAL, wanted.address).ip(IFA_ADDRESS, wanted.address);
}

/** An address as the kernel has it; the device by its index. */
export interface ObservedAddress {
  readonly index: number;
  readonly address: IP;
  readonly prefix: number;
}

/** All addresses of the socket's namespace, of both families. Throws `kernel`. Equivalent command: `ip address`. */
export function dumpAddresses(socket: NetlinkSocket): readonly ObservedAddress[] {
  const messages = socket.dump(RTM_GETADDR, (writer) => writer.fixed(new Uint8Array(8)));
  return messages.map(readAddress).filter((entry) => entry !== undefined);
}

/** The address in an RTM_NEWADDR message. */
export function readAddress(message: Message): ObservedAddress | undefined {
  const attributes = readAttributes(message.body.subarray(8));
  const address = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  if (address === undefined) return undefined;
  return { index: message.body.readUInt32LE(4), prefix: message.body.readUInt8(1), address: readIP(address) };
}
