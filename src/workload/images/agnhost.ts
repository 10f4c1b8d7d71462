import { hostPort, type IP } from '../../net/address.ts';
import { boolFlag, portFlag } from './flags.ts';
import { headerValue, parseTarget } from './query.ts';
import type { Ends, HttpRequest, HttpResponse, Identity, ImageDefinition, ImagePort } from './types.ts';

const plain = [['Content-Type', 'text/plain; charset=utf-8']] as const;

function clientIP(ends: Ends): string {
  return hostPort(ends.remoteAddress as IP, ends.remotePort);
}

function echo(query: URLSearchParams): HttpResponse {
  const code = Number(query.get('code') ?? 200);
  const status = Number.isInteger(code) && code >= 200 && code <= 599 ? code : 200;
  return { status, headers: plain, body: query.get('msg') ?? '' };
}

function netexecHttp(request: HttpRequest, ends: Ends, identity: Identity): HttpResponse {
  const { path, query } = parseTarget(request.target);
  const text = (body: string): HttpResponse => ({ headers: plain, body });
  switch (path) {
    case '/hostname':
    case '/hostName':
      return text(identity.hostname);
    case '/clientip':
      return text(clientIP(ends));
    case '/echo':
      return echo(query);
    case '/header':
      return text(headerValue(request.headers, query.get('key') ?? '') ?? '');
    case '/healthz':
      return text('');
    default:
      return text(`NOW: ${new Date().toISOString()}`);
  }
}

function netexecDatagram(message: Buffer, ends: Ends, identity: Identity): string | undefined {
  const command = message.toString('utf8').trim().toLowerCase();
  if (command === 'hostname') return identity.hostname;
  if (command === 'clientip') return clientIP(ends);
  if (command.startsWith('echo ')) return command.slice('echo '.length);
  return undefined;
}

function netexecPorts(args: readonly string[]): ImagePort[] {
  const http = portFlag(args, 'http-port', 8080);
  const udp = portFlag(args, 'udp-port', 8081);
  return [
    ...(http === undefined ? [] : [{ protocol: 'TCP', port: http, behaviour: 'netexec' } as const]),
    ...(udp === undefined ? [] : [{ protocol: 'UDP', port: udp, behaviour: 'netexec' } as const]),
  ];
}

/** Ports of `serve-hostname`, the agnhost command and the older image of its own. */
export function serveHostnamePorts(args: readonly string[]): ImagePort[] {
  const port = portFlag(args, 'port', 9376);
  if (port === undefined) return [];
  const tcp = boolFlag(args, 'tcp', false);
  const http = boolFlag(args, 'http', true);
  return [
    ...(http || tcp ? [{ protocol: 'TCP', port, behaviour: http ? 'hostname' : 'hostname-raw' } as const] : []),
    ...(boolFlag(args, 'udp', false) ? [{ protocol: 'UDP', port, behaviour: 'hostname' } as const] : []),
  ];
}

function ports(args: readonly string[]): readonly ImagePort[] {
  const [command, ...rest] = args;
  switch (command) {
    case 'netexec':
      return netexecPorts(rest);
    case 'serve-hostname':
      return serveHostnamePorts(rest);
    case 'test-webserver':
      return [{ protocol: 'TCP', port: portFlag(rest, 'port', 80) ?? 80, behaviour: 'netexec' }];
    default:
      return [];
  }
}

/** agnhost of the Kubernetes end-to-end tests: `netexec` and `serve-hostname` as the real one has them. */
export const agnhost: ImageDefinition = {
  names: ['agnhost'],
  entrypoints: ['agnhost'],
  ports,
  declared: 'netexec',
  behaviours: {
    netexec: (identity) => ({
      http: (request, ends) => netexecHttp(request, ends, identity),
      datagram: (message, ends) => netexecDatagram(message, ends, identity),
    }),
  },
};

/** The older image that is agnhost's `netexec` alone. */
export const netexec: ImageDefinition = {
  names: ['netexec'],
  entrypoints: ['netexec'],
  ports: netexecPorts,
  declared: 'netexec',
  behaviours: {},
};
