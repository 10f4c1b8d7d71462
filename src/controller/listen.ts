import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** A server that already listens; requests wait until `handle` says who answers them. */
export interface Listening {
  readonly handle: (listener: RequestListener) => void;
}

/** Listens on a unix socket. Rejects when the path cannot be bound. */
export async function listenAt(path: string): Promise<Listening> {
  const listener = Promise.withResolvers<RequestListener>();
  const server = createServer(async (request, response) => (await listener.promise)(request, response));
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  server.listen(path);
  await once(server, 'listening');
  return { handle: listener.resolve };
}
