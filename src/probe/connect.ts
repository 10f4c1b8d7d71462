import { Socket } from 'node:net';
import { withNetns } from '../kernel/netns.ts';
import type { Outcome } from '../model/types.ts';
import type { IP } from '../net/address.ts';
import { openSocket } from './open.ts';
import { outcomeOfErrno } from './outcome.ts';

/**
 * Makes one TCP connection, says nothing on it, and closes it. Throws `kernel` when the namespace cannot be entered.
 * Equivalent command: `nc -z ADDRESS PORT`.
 */
export function tryConnect(options: {
  readonly netns: string;
  readonly address: IP;
  readonly port: number;
  readonly timeoutMs: number;
}): Promise<Outcome> {
  const { netns, address, port, timeoutMs } = options;
  const opened = withNetns(netns, () => openSocket('tcp', address, port));
  if ('errno' in opened) return Promise.resolve(outcomeOfErrno(opened.errno) ?? 'dropped');
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const socket = new Socket({ fd: opened.fd, readable: true, writable: true });
  const finish = (outcome: Outcome): void => {
    clearTimeout(timer);
    resolve(outcome);
    socket.destroy();
  };
  const timer = setTimeout(finish, timeoutMs, 'dropped');
  socket.on('error', (error: NodeJS.ErrnoException) => finish(outcomeOfErrno(error.code ?? '') ?? 'dropped'));
  socket.write('', (error) => {
    if (error === null || error === undefined) finish('delivered');
  });
  return promise;
}
