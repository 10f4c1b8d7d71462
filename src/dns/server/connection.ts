import type { Socket } from 'node:net';
import type { Responder } from '../responder.ts';
import { createFrameReader, frame } from '../wire/frames.ts';
import type { Forwarder } from './forwarder.ts';

/** What answers DNS messages. */
export interface DnsServer {
  readonly responder: Responder;
  readonly forwarder: Forwarder;
}

/** CoreDNS ends a connection that says nothing for so long. */
const idleMs = 10_000;

/** Answers the messages of one TCP connection until its client has no more (RFC 7766). `first` came in already. */
export function serveDnsConnection(socket: Socket, { responder, forwarder }: DnsServer, first?: Buffer): void {
  const read = createFrameReader();
  const send = (message: Buffer): void => {
    if (socket.writable && !socket.write(frame(message))) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  };
  let waiting = 0;
  const endWhenDone = (): void => {
    if (socket.readableEnded && waiting === 0) socket.end();
  };
  const receive = (chunk: Buffer): void => {
    for (const message of read(chunk)) {
      const response = responder.respond(message, 'tcp');
      if (response === undefined) continue;
      if (Buffer.isBuffer(response)) send(response);
      else {
        waiting++;
        void forwarder.forward(response).then((reply) => {
          waiting--;
          send(reply);
          endWhenDone();
        });
      }
    }
  };
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('data', receive);
  socket.on('end', endWhenDone);
  socket.on('error', () => socket.destroy());
  if (first !== undefined) receive(first);
}

/** The answer to a datagram, if it gets one; a promise of it when somebody else has to be asked first. */
export function answerDnsDatagram(
  message: Buffer,
  { responder, forwarder }: DnsServer,
): Buffer | Promise<Buffer> | undefined {
  const response = responder.respond(message, 'udp');
  return response === undefined || Buffer.isBuffer(response) ? response : forwarder.forward(response);
}
