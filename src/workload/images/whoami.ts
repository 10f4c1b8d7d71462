import { hostPort, type IP } from '../../net/address.ts';
import { portFlag } from './flags.ts';
import type { ImageDefinition } from './types.ts';

/** traefik/whoami: hostname, addresses, and the request. */
export const whoami: ImageDefinition = {
  names: ['whoami'],
  entrypoints: ['whoami'],
  ports: (args) => [{ protocol: 'TCP', port: portFlag(args, 'port', 80) ?? 80, behaviour: 'whoami' }],
  declared: 'whoami',
  behaviours: {
    whoami: (identity) => ({
      http: (request, ends) => ({
        headers: [
          ['Date', new Date().toUTCString()],
          ['Content-Type', 'text/plain; charset=utf-8'],
        ],
        body: `${[
          `Hostname: ${identity.hostname}`,
          'IP: 127.0.0.1',
          `IP: ${identity.ip}`,
          `RemoteAddr: ${hostPort(ends.remoteAddress as IP, ends.remotePort)}`,
          `${request.method} ${request.target} HTTP/${request.version}`,
          ...request.headers.map(([name, value]) => `${name}: ${value}`),
          '',
        ].join('\n')}\n`,
      }),
    }),
  },
};
