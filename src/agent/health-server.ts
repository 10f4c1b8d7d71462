import { createServer, type Server } from 'node:http';
import { withNetns } from '../kernel/netns.ts';
import type { IP } from '../net/address.ts';
import type { HealthAnswer } from './health-answers.ts';
import { openListening } from './listening-socket.ts';

/** HTTP servers of one port on some addresses of a node; `answer` is asked at each request. */
export class HealthServer {
  readonly #servers: Server[] = [];

  /**
   * Listens in the network namespace at the path, on every address or on none. Throws `kernel`, with EADDRINUSE when the
   * port is taken. Equivalent command: `ip netns exec NAME nc -lk ADDRESS PORT`.
   */
  constructor(netns: string, addresses: readonly IP[], port: number, answer: (path: string) => HealthAnswer) {
    try {
      withNetns(netns, () => {
        for (const address of addresses)
          this.#servers.push(serve(openListening({ protocol: 'tcp', address, port }), answer));
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Stops listening and ends all connections. */
  close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** Serves what connects to the descriptor, with the headers that Go's server would send. */
function serve(fd: number, answer: (path: string) => HealthAnswer): Server {
  const server = createServer((request, response) => {
    const { status, headers, body } = answer((request.url ?? '/').replace(/[?#].*$/s, ''));
    response.removeHeader('Connection');
    response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
    request.resume();
  });
  server.on('error', () => undefined);
  server.listen({ fd });
  return server;
}
