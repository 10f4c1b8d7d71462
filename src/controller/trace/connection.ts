import { createSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { withNetns } from '../../kernel/netns.ts';
import { run } from '../../kernel/run.ts';
import { requireTool } from '../../kernel/tools.ts';
import type { Outcome, To } from '../../model/types.ts';
import { whoRequest } from '../../probe/identity.ts';
import { openSocket } from '../../probe/open.ts';
import { outcomeOfErrno } from '../../probe/outcome.ts';
import { parsePing } from '../../probe/ping.ts';
import { traceDscp } from '../../trace/marking.ts';

/** Milliseconds after which a connection counts as dropped. A missing neighbour is reported after 3 s. */
const timeoutMs = 4_000;

function outcomeOf(error: NodeJS.ErrnoException): Outcome {
  return outcomeOfErrno(error.code ?? '') ?? 'dropped';
}

function connectTcp(fd: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const socket = new Socket({ fd, readable: true, writable: true });
  const finish = (outcome: Outcome): void => {
    clearTimeout(timer);
    resolve(outcome);
    socket.destroy();
  };
  const timer = setTimeout(finish, timeoutMs, 'dropped');
  socket.on('error', (error) => finish(outcomeOf(error)));
  socket.write('', (error) => {
    if (error === null || error === undefined) finish('delivered');
  });
  return promise;
}

function askUdp(fd: number, address: string): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const finish = (outcome: Outcome): void => {
    clearTimeout(timer);
    resolve(outcome);
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.close();
  };
  const timer = setTimeout(finish, timeoutMs, 'dropped');
  socket.on('message', () => finish('delivered'));
  socket.on('error', (error) => finish(outcomeOf(error)));
  socket.bind({ fd });
  return promise;
}

async function ping(netns: string, to: To): Promise<Outcome> {
  const args = ['-n', '-c', '1', '-W', String(timeoutMs / 1000), '-Q', String(traceDscp << 2), to.address];
  const { stdout, stderr } = await run(requireTool('ping'), args, { netns, accept: [0, 1, 2] });
  return parsePing(stdout, stderr).outcome;
}

/**
 * Makes one connection from the namespace at the path, whose packets carry the code point of traces: a TCP connection
 * that is closed as soon as it is made, a datagram that waits for an answer, or a ping. Throws `kernel`, `missing-tool`.
 */
export async function connectMarked(netns: string, to: To): Promise<Outcome> {
  if (to.scheme === 'icmp') return ping(netns, to);
  const kind = to.scheme === 'udp' ? 'udp' : 'tcp';
  const datagram = kind === 'udp' ? Buffer.from(whoRequest) : undefined;
  const port = to.port ?? (to.scheme === 'http' ? 80 : 0);
  const opened = withNetns(netns, () => openSocket(kind, to.address, port, datagram, traceDscp));
  if ('errno' in opened) return outcomeOfErrno(opened.errno) ?? 'dropped';
  return kind === 'udp' ? askUdp(opened.fd, to.address) : connectTcp(opened.fd);
}
