import type { Ends, Identity, ImageDefinition } from './types.ts';

function line(identity: Identity, ends: Ends): string {
  const { namespace, pod, node, image, ip } = identity;
  return `${namespace}/${pod} (${ip}:${ends.localPort}) on ${node}, image ${image}, answers ${ends.remoteAddress}\n`;
}

/** An image that svclab does not know: one line that names the Pod, to HTTP requests, to raw lines, to datagrams. */
export const generic: ImageDefinition = {
  names: [],
  ports: () => [],
  declared: 'generic',
  behaviours: {
    generic: (identity) => ({
      http: (_request, ends) => ({
        headers: [['Content-Type', 'text/plain; charset=utf-8']],
        body: line(identity, ends),
      }),
      session: (ends) => ({
        receive: (chunk) => {
          const lines = chunk.reduce((sum, byte) => (byte === 10 ? sum + 1 : sum), 0);
          return lines === 0 ? undefined : { data: line(identity, ends).repeat(Math.min(lines, 64)) };
        },
      }),
      datagram: (_message, ends) => line(identity, ends),
    }),
  },
};
