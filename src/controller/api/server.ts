import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';

type Fetch = (request: Request) => Response | Promise<Response>;

/** A server that already listens; requests wait until `handle` says who answers them. */
export interface Listening {
  readonly handle: (fetch: Fetch) => void;
}

/** Listens on a unix socket. Rejects when the path cannot be bound. */
export async function serve(path: string): Promise<Listening> {
  const answer = Promise.withResolvers<Fetch>();
  const server = createServer(getRequestListener(async (request) => (await answer.promise)(request)));
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
  return { handle: answer.resolve };
}
