import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { withLab } from './testing/lab.ts';
import { childrenOf, nameOf } from './testing/processes.ts';
import { root } from './testing/scratch.ts';

const test = anyTest as TestFn;

const lab = `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: fuzz }
spec:
  nodes: [{ name: node1 }, { name: node2 }]
  dns: { upstreams: [203.0.113.53], stubDomains: [{ domain: example.com, servers: ["10.96.0.10:53"] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: box }
spec: { nodeName: node2, containers: [{ name: box, image: busybox }] }
`;

const program = join(root, 'scenarios/testing/dns-fuzz.ts');

test('broken messages end no DNS server and keep none from answering, also where it asks itself and nobody', async (t) => {
  const seed = randomInt(2 ** 32);
  t.log(`seed ${seed}`);
  await withLab(t, [lab], async (running) => {
    const { pid } = await running.status();
    const helpers = () => childrenOf(pid).filter((child) => nameOf(child) === 'svclab-helper');
    const before = helpers();
    t.is(before.length, 1);
    const { exitCode, stdout, stderr } = await running.svclab(
      ...['exec', 'pod/box', '--', process.execPath, program, '10.96.0.10', String(seed), '4000'],
    );
    t.is(stdout, 'sound\n', stderr);
    t.is(exitCode, 0);
    t.deepEqual(helpers(), before);
  });
});
