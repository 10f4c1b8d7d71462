import { flagValue } from './flags.ts';
import type { ImageDefinition } from './types.ts';

function listenPort(args: readonly string[]): number {
  const port = Number(/:(\d+)$/.exec(flagValue(args, 'listen') ?? ':5678')?.[1]);
  return port > 0 && port < 65536 ? port : 5678;
}

/** hashicorp/http-echo: answers every request with the text of its `-text` flag. */
export const httpEcho: ImageDefinition = {
  names: ['http-echo'],
  entrypoints: ['http-echo'],
  ports: (args) => [
    { protocol: 'TCP', port: listenPort(args), behaviour: `http-echo:${flagValue(args, 'text') ?? 'hello-world'}` },
  ],
  behaviours: {
    'http-echo': (_identity, text) => ({
      http: () => ({
        headers: [
          ['X-App-Name', 'http-echo'],
          ['X-App-Version', '1.0.0'],
          ['Date', new Date().toUTCString()],
          ['Content-Type', 'text/plain; charset=utf-8'],
        ],
        body: `${text}\n`,
      }),
    }),
  },
};
