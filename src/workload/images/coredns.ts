import { Responder, type Response } from '../../dns/responder.ts';
import { createFrameReader, frame } from '../../dns/wire/frames.ts';
import { tryParseIP } from '../../net/address.ts';
import { clusterNames } from '../cluster-names.ts';
import type { Identity, ImageDefinition } from './types.ts';

/** Bytes for the client; a name that another server would have to be asked about fails: none can be reached from here. */
function bytesOf(response: Response): Buffer | undefined {
  if (response === undefined || Buffer.isBuffer(response)) return response;
  return response.finish(undefined);
}

function responderFor({ ip, ipv6 = '' }: Identity): Responder {
  const localIPs = [ip, ipv6].map(tryParseIP).filter((address) => address !== undefined);
  const { zone, options, outside } = clusterNames();
  return new Responder(zone, { ...options, localIPs }, outside);
}

const text = (body: string) => ({ headers: [['Content-Type', 'text/plain; charset=utf-8']] as const, body });

/** CoreDNS with the Corefile of kubeadm: DNS on port 53, its health and its readiness. There are no metrics. */
export const coredns: ImageDefinition = {
  names: ['coredns'],
  entrypoints: ['coredns'],
  ports: () => [
    { protocol: 'UDP', port: 53, behaviour: 'dns' },
    { protocol: 'TCP', port: 53, behaviour: 'dns' },
    { protocol: 'TCP', port: 8080, behaviour: 'dns-health' },
    { protocol: 'TCP', port: 8181, behaviour: 'dns-health' },
  ],
  behaviours: {
    dns: (identity) => {
      const responder = responderFor(identity);
      return {
        datagram: (message) => bytesOf(responder.respond(message, 'udp')),
        session: () => {
          const read = createFrameReader();
          return {
            receive: (chunk) => {
              const replies = read(chunk).flatMap((message) => bytesOf(responder.respond(message, 'tcp')) ?? []);
              return replies.length === 0 ? undefined : { data: Buffer.concat(replies.map(frame)) };
            },
          };
        },
      };
    },
    'dns-health': () => ({ http: () => text('OK') }),
  },
};
