import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { svclabPath } from '../../../scenarios/testing/scratch.ts';
import { requestJSON } from '../../../src/api/http.ts';
import { labLocation } from '../../../src/api/locate.ts';
import { timeSvclab } from '../command.ts';
import type { Bench } from '../types.ts';

/** One line of dns-follow-watch.ts: an answer that differs from the one before. */
export interface DnsFollowLine {
  /** How many addresses it has. */
  readonly addresses: number;
  /** When it came, on the clock of the machine, in milliseconds. */
  readonly at: number;
}

const pod = (name: string, labels: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { ${labels} } }
spec: { containers: [{ name: main, image: busybox }] }
`;

const lab = [
  'apiVersion: svclab.dev/v1\nkind: Lab\nmetadata: { name: follow }\nspec: { dns: true }\n',
  'apiVersion: v1\nkind: Service\nmetadata: { name: peers }\nspec: { clusterIP: None, selector: { app: peer } }\n',
  pod('peer-1', 'app: peer'),
  pod('peer-2', 'app: none'),
  pod('box', 'app: box'),
].join('---\n');

/** How soon a changed endpoint is in a headless Service's answer. */
export const dnsFollow: Bench = {
  name: 'dns-follow',
  how: 'In a lab of 3 nodes, a Pod’s label is changed through the API, so that it becomes an endpoint of a headless Service, or none any more. A program in another Pod asks kube-dns about that Service every millisecond: the time from the request to the first answer that has the change.',
  run: async ({ scratch, quick }) => {
    const name = 'follow';
    await timeSvclab(scratch, 'up', '-f', scratch.file(lab), '--name', name);
    const location = labLocation(name, scratch.runDirectory);
    const program = fileURLToPath(new URL('./dns-follow-watch.ts', import.meta.url));
    const argv = ['exec', '--lab', name, 'pod/box', '--', process.execPath, program];
    const watch = spawn(svclabPath, argv, { env: scratch.env, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: watch.stdout });
    const next = async () => JSON.parse(((await once(lines, 'line')) as [string])[0]) as DnsFollowLine;
    await next();
    const values: number[] = [];
    for (let round = quick ? 6 : 40; round > 0; round--) {
      const app = round % 2 === 0 ? 'peer' : 'none';
      const seen = next();
      const startedAt = Number(process.hrtime.bigint()) / 1e6;
      await requestJSON(location, {
        method: 'PATCH',
        path: '/api/v1/namespaces/default/pods/peer-2',
        body: { metadata: { labels: { app } } },
        contentType: 'application/merge-patch+json',
      });
      const { addresses, at } = await seen;
      if (addresses !== (app === 'peer' ? 2 : 1)) throw new Error(`an answer of ${addresses} addresses`);
      values.push(at - startedAt);
      await sleep(100);
    }
    watch.kill();
    await timeSvclab(scratch, 'down', '--lab', name);
    return {
      rows: [
        {
          what: 'a changed endpoint, until a headless Service’s answer has it',
          unit: 'ms',
          values,
          reach: { of: 'value', sense: 'at most', limit: 50 },
        },
      ],
    };
  },
};
