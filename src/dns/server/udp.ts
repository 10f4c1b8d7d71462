import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Where a datagram came from. */
interface Sender {
  readonly address: string;
  readonly port: number;
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/** A UDP socket for addresses of the family of `address`, which never looks up names. */
export function udpSocket(address: string): Socket {
  const family = isIPv6(address) ? 6 : 4;
  const lookup = (host: string, _options: unknown, callback: LookupCallback) => callback(null, host, family);
  return createSocket({ type: family === 6 ? 'udp6' : 'udp4', lookup, recvBufferSize: 4 * 1024 * 1024 });
}

/** Sends a datagram back; a client that cannot be written to, or a socket that is closed by now, is no fault. */
export function answerTo(socket: Socket, message: string | Uint8Array, { address, port }: Sender): void {
  try {
    socket.send(message, port, address, ignore);
  } catch {
    // Port 0, which nobody can be reached at, or a closed socket.
  }
}

function ignore(): void {}
