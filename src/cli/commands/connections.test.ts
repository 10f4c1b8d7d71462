import test from 'ava';
import { type Answer, makeRunDir, startFakeLab } from '../../api/testing/fake-lab.ts';
import { sampleExplanation, sampleStatus, svclab } from '../testing/svclab.ts';

async function withLab(answer: Answer, work: (runDir: string, received: readonly unknown[]) => Promise<void>) {
  const { runDir, remove } = makeRunDir();
  const fake = await startFakeLab(runDir, 'demo', answer);
  await work(runDir, fake.received).finally(async () => {
    await fake.end();
    remove();
  });
}

const { steps: _, ...described } = sampleExplanation;

function curlAnswer(agrees: boolean): Answer {
  const answers = [1, 2, 1].map((at) => ({
    outcome: 'delivered',
    endpoint: `10.244.${at}.2:80`,
    pod: `default/httpd-${at}`,
    source: '10.244.1.7',
  }));
  const events = [
    ...answers.map((observation) => ({
      event: 'answer',
      observation: { ...observation, count: 1 },
      milliseconds: 1.23,
      body: 'It works!\n',
    })),
    {
      event: 'done',
      connection: {
        ...described,
        observed: [
          { ...answers[0], count: 2 },
          { outcome: 'refused', count: 1 },
        ],
        agrees,
        ...(agrees ? {} : { difference: 'one was refused' }),
      },
    },
  ];
  return () => ({ body: events.map((event) => `${JSON.stringify(event)}\n`).join('') });
}

test('explain prints the steps and the distribution', async (t) => {
  await withLab(
    () => ({ body: sampleExplanation }),
    async (runDir, received) => {
      const { status, stdout, stderr } = await svclab(runDir, ['explain', 'pod/busybox', 'svc/httpd:8080']);
      t.deepEqual([status, stderr], [0, '']);
      t.is(
        stdout,
        `pod/default/busybox → http://10.96.203.6:8080

pod/default/busybox
  1. The Pod sends to its gateway.
     default via 10.244.1.1 dev eth0
node1
  2. The proxy picks an endpoint.

OUTCOME      SHARE   ENDPOINT        POD               NODE    SOURCE SEEN
delivered   50.0 %   10.244.1.2:80   default/httpd-1   node1   10.244.1.7
delivered   50.0 %   10.244.2.2:80   default/httpd-2   node2   10.244.1.7
`,
      );
      t.like(received[0], {
        method: 'POST',
        path: '/lab/v1/explain',
        body: { from: 'pod/busybox', to: 'svc/httpd:8080' },
      });
    },
  );
});

test('explain -o json prints what the lab answered', async (t) => {
  await withLab(
    () => ({ body: sampleExplanation }),
    async (runDir) => {
      const { stdout } = await svclab(runDir, ['-o', 'json', 'explain', 'node1', '10.0.0.1:80']);
      t.deepEqual(JSON.parse(stdout), sampleExplanation);
    },
  );
});

test('curl prints every answer, then the tally beside the prediction', async (t) => {
  await withLab(curlAnswer(true), async (runDir, received) => {
    const { status, stdout } = await svclab(runDir, ['curl', 'pod/busybox', 'svc/httpd:8080', '-n', '3']);
    t.is(status, 0);
    t.is(
      stdout,
      `delivered by default/httpd-1 (10.244.1.2:80) from 10.244.1.7, 1.2 ms
delivered by default/httpd-2 (10.244.2.2:80) from 10.244.1.7, 1.2 ms
delivered by default/httpd-1 (10.244.1.2:80) from 10.244.1.7, 1.2 ms

pod/default/busybox → http://10.96.203.6:8080
OUTCOME     ENDPOINT        POD               SOURCE SEEN   PREDICTED         SEEN
delivered   10.244.1.2:80   default/httpd-1   10.244.1.7       50.0 %   2 (66.7 %)
delivered   10.244.2.2:80   default/httpd-2   10.244.1.7       50.0 %    0 (0.0 %)
refused     -               -                 -                     -   1 (33.3 %)
agrees with the prediction
`,
    );
    t.like(received[0], { body: { count: 3 } });
  });
});

test('curl ends with 1 when the connection differs, and says how', async (t) => {
  await withLab(curlAnswer(false), async (runDir) => {
    const text = await svclab(runDir, ['curl', 'node1', '10.0.0.1:80', '--body']);
    t.is(text.status, 1);
    t.true(text.stdout.endsWith('differs from the prediction: one was refused\n'));
    t.true(text.stdout.includes('\n  It works!\n'));
    const json = await svclab(runDir, ['curl', 'node1', '10.0.0.1:80', '-o', 'json']);
    t.is(json.status, 1);
    t.is(JSON.parse(json.stdout).agrees, false);
  });
});

test('a lab that dies during curl is an error of the environment', async (t) => {
  const answer: Answer = (__, response) => {
    response.write(
      `${JSON.stringify({ event: 'answer', observation: { outcome: 'refused', count: 1 }, milliseconds: 1 })}\n`,
    );
    setTimeout(() => response.destroy(), 20);
    return undefined;
  };
  await withLab(answer, async (runDir) => {
    const { status, stdout, stderr } = await svclab(runDir, ['curl', 'node1', '10.0.0.1:80']);
    t.deepEqual([status, stdout], [3, 'refused, 1.0 ms\n']);
    t.true(stderr.startsWith('error[lab-died]: the lab "demo" ended'));
  });
});

for (const [disagreed, expected] of [
  [0, 0],
  [1, 1],
] as const) {
  test(`verify with ${disagreed} disagreements ends with ${expected}, in every form`, async (t) => {
    const connection = { ...described, observed: [], agrees: disagreed === 0, about: 'ClusterIP default/httpd' };
    const report = { agreed: 1 - disagreed, disagreed, connections: [connection], milliseconds: 5 };
    const events = [
      { event: 'progress', done: 0, total: 1 },
      { event: 'done', report },
    ];
    const answer: Answer = () => ({ body: events.map((event) => `${JSON.stringify(event)}\n`).join('') });
    await withLab(answer, async (runDir, received) => {
      const json = await svclab(runDir, ['verify', '--from', 'node1', '-o', 'json']);
      t.is(json.status, expected);
      t.like(JSON.parse(json.stdout), { agreed: 1 - disagreed, disagreed });
      t.like(received[0], { path: '/lab/v1/verify', body: { from: 'node1' } });
      t.like(await svclab(runDir, ['verify', '-o', 'junit']), { status: expected });
      t.like(await svclab(runDir, ['verify']), { status: expected, stderr: '' });
    });
  });
}

test('sync prints what was repaired', async (t) => {
  const namespaces = [
    { name: 'node1', repaired: ['ip -n node1 link set dev cni0 up'] },
    { name: 'node2', repaired: [] },
  ];
  await withLab(
    () => ({ body: { namespaces, milliseconds: 12 } }),
    async (runDir) => {
      const { stdout } = await svclab(runDir, ['sync']);
      t.is(stdout, 'node1\n  ip -n node1 link set dev cni0 up\nrepaired node1 (12 ms)\n');
    },
  );
});

test('status and list show nodes, counts and drift', async (t) => {
  await withLab(
    () => ({ body: sampleStatus }),
    async (runDir) => {
      const { stdout } = await svclab(runDir, ['status']);
      t.regex(
        stdout,
        /^lab demo: ready, pid 4711 \(rootless\), up for \d+y\d*d?, 50 MiB, kube-proxy iptables as of 1.36\n/,
      );
      t.regex(stdout, /\nnode1 +worker +192.168.56.11 +10.244.1.0\/24 +in \d+y +1 +\d+y\d*d? ago +in sync\n/);
      t.regex(stdout, /\n {2}node2\n {4}ip -n node2 route replace 10.244.1.0\/24 .*\n {2}fabric\n/);
      t.regex(stdout, /\n {4}-A x19\n {4}… 2 more lines, -o json has all\n/);
      t.true(stdout.split('\n').every((line) => line.length <= 120));
      t.deepEqual(JSON.parse((await svclab(runDir, ['status', '-o', 'json'])).stdout), sampleStatus);
      t.regex((await svclab(runDir, ['list'])).stdout, /^NAME .*\ndemo +yes +4711 +2 +1\/1 +1 +\d+y/);
      t.deepEqual(JSON.parse((await svclab(runDir, ['list', '-o', 'json'])).stdout), [sampleStatus]);
    },
  );
});
