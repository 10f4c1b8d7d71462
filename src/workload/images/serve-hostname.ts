import { serveHostnamePorts } from './agnhost.ts';
import type { ImageDefinition } from './types.ts';

/** serve_hostname: answers with the Pod's hostname, no newline. */
export const serveHostname: ImageDefinition = {
  names: ['serve_hostname', 'serve-hostname'],
  entrypoints: ['serve_hostname', 'serve-hostname'],
  ports: (args) => serveHostnamePorts(args),
  declared: 'hostname',
  behaviours: {
    hostname: (identity) => ({
      http: () => ({ headers: [['Content-Type', 'text/plain; charset=utf-8']], body: identity.hostname }),
      datagram: () => identity.hostname,
    }),
    'hostname-raw': (identity) => ({
      session: () => ({ greeting: { data: identity.hostname, end: true } }),
      datagram: () => identity.hostname,
    }),
  },
};
