import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type Answer, makeRunDir, type Received, startFakeLab } from '../../api/testing/fake-lab.ts';
import { svclab } from '../testing/svclab.ts';

const httpd = {
  metadata: { name: 'httpd', namespace: 'default', labels: { app: 'httpd' }, resourceVersion: '7' },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.203.6',
    ports: [{ port: 8080, protocol: 'TCP', targetPort: 80 }],
    selector: { app: 'httpd' },
  },
};
const whole = { apiVersion: 'v1', kind: 'Service', ...httpd };
const row =
  /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\nhttpd +ClusterIP +10.96.203.6 +<none> +8080\/TCP +<unknown>\n$/;

const answers: Readonly<Record<string, unknown>> = {
  'GET /api/v1/namespaces/default/services': { metadata: { resourceVersion: '9' }, items: [httpd] },
  'GET /api/v1/services?labelSelector=app%3Dhttpd': { items: [httpd] },
  'GET /api/v1/namespaces/default/services/httpd': whole,
  'GET /api/v1/namespaces/default/pods': { items: [] },
  'PATCH /apis/apps/v1/namespaces/shop/deployments/web': {},
  'POST /api/v1/namespaces/default/services': {},
};
const answer: Answer = ({ method, path, body }) => {
  if (path === '/lab/v1/delete') {
    const { objects } = body as { readonly objects: readonly object[] };
    return { body: { results: objects.map((object) => ({ ...object, result: 'deleted' })) } };
  }
  const found = answers[`${method} ${path}`];
  if (found !== undefined) return { body: found };
  return { status: 404, body: { error: { code: 'not-found', message: `${method} ${path}` } } };
};

async function withLab(use: Answer, work: (runDir: string, received: readonly Received[]) => Promise<void>) {
  const { runDir, remove } = makeRunDir();
  const fake = await startFakeLab(runDir, 'demo', use);
  await work(runDir, fake.received).finally(async () => {
    await fake.end();
    remove();
  });
}

test('get prints the table of the kind', async (t) => {
  await withLab(answer, async (runDir) => {
    t.regex((await svclab(runDir, ['get', 'svc'])).stdout, row);
    t.regex((await svclab(runDir, ['get', 'service', 'httpd'])).stdout, row);
    const wide = (await svclab(runDir, ['get', 'svc', '-o', 'wide', '--show-labels'])).stdout;
    t.regex(wide, /SELECTOR +LABELS\n.*app=httpd +app=httpd\n$/);
    const everywhere = (await svclab(runDir, ['get', 'svc', '-A', '-l', 'app=httpd'])).stdout;
    t.regex(everywhere, /^NAMESPACE +NAME.*\ndefault +httpd/);
    t.is((await svclab(runDir, ['get', 'svc', '-o', 'name'])).stdout, 'service/httpd\n');
    t.regex((await svclab(runDir, ['get', 'svc', '--no-headers'])).stdout, /^httpd .*\n$/);
  });
});

test('get of several kinds names the kind of each object and leaves out empty ones', async (t) => {
  await withLab(answer, async (runDir) => {
    const { stdout } = await svclab(runDir, ['get', 'pods,svc']);
    t.regex(stdout, /^NAME .*\nservice\/httpd /);
  });
});

test('get prints one object as it is, and several as a List', async (t) => {
  await withLab(answer, async (runDir) => {
    t.deepEqual(JSON.parse((await svclab(runDir, ['get', 'svc', 'httpd', '-o', 'json'])).stdout), whole);
    const list = JSON.parse((await svclab(runDir, ['get', 'svc', '-o', 'json'])).stdout);
    t.deepEqual([list.kind, list.items], ['List', [whole]]);
    const yaml = (await svclab(runDir, ['get', 'svc', 'httpd', '-o', 'yaml'])).stdout;
    t.regex(yaml, /^apiVersion: v1\nkind: Service\nmetadata:\n {2}labels:\n {4}app: httpd\n {2}name: httpd\n/);
  });
});

test('get of nothing says so and is no fault; get of a missing object is', async (t) => {
  await withLab(answer, async (runDir) => {
    const none = await svclab(runDir, ['get', 'pods']);
    t.deepEqual(none, { status: 0, stdout: '', stderr: 'No resources found in default namespace.\n' });
    t.like(await svclab(runDir, ['get', 'pods', 'x']), { status: 2, stdout: '' });
  });
});

test('get --watch goes on with the changes after the list', async (t) => {
  const changed = { ...whole, spec: { ...httpd.spec, clusterIP: '10.96.0.77' } };
  const events = [
    { type: 'MODIFIED', object: changed },
    { type: 'BOOKMARK', object: {} },
  ];
  const use: Answer = (request, response) =>
    request.path === '/api/v1/namespaces/default/services?watch=1&resourceVersion=9'
      ? { body: events.map((event) => `${JSON.stringify(event)}\n`).join('') }
      : answer(request, response);
  await withLab(use, async (runDir) => {
    const { stdout } = await svclab(runDir, ['get', 'svc', '-w']);
    t.regex(stdout, /\nhttpd +ClusterIP +10.96.203.6 .*\nhttpd +ClusterIP +10.96.0.77 .*\n$/);
  });
});

test('scale sends a merge patch', async (t) => {
  await withLab(answer, async (runDir, received) => {
    const { stdout } = await svclab(runDir, ['scale', 'deploy', 'web', '-n', 'shop', '--replicas', '0']);
    t.is(stdout, 'deployment.apps/web scaled\n');
    t.like(received[0], { contentType: 'application/merge-patch+json', body: { spec: { replicas: 0 } } });
  });
});

test('expose posts the Service', async (t) => {
  await withLab(answer, async (runDir, received) => {
    const args = ['expose', 'svc/httpd', '--name', 'out', '--port', '80', '--external-ip', '80.11.12.10'];
    t.is((await svclab(runDir, args)).stdout, 'service/out exposed\n');
    t.like(received[1], { body: { metadata: { name: 'out' }, spec: { externalIPs: ['80.11.12.10'] } } });
  });
});

test('delete by name, by label, from a file', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'svclab-cli-'));
  const file = join(directory, 'a.yaml');
  writeFileSync(file, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n');
  await withLab(answer, async (runDir, received) => {
    const named = await svclab(runDir, ['delete', 'pod/a', 'svc/b', '-n', 'shop', '--ignore-not-found']);
    t.is(named.stdout, 'pod "a" deleted\nservice "b" deleted\n');
    t.like(received[0], {
      body: { objects: [{ kind: 'Pod', namespace: 'shop', name: 'a' }, { kind: 'Service' }], ignoreNotFound: true },
    });
    t.is((await svclab(runDir, ['delete', 'svc', '--all'])).stdout, 'service "httpd" deleted\n');
    t.is((await svclab(runDir, ['delete', '-f', file])).stdout, 'namespace "shop" deleted\n');
    t.deepEqual(received.at(-1)?.body, { objects: [{ kind: 'Namespace', name: 'shop' }], ignoreNotFound: false });
    t.like(await svclab(runDir, ['delete', 'svc']), { status: 2, stdout: '' });
  });
  rmSync(directory, { recursive: true });
});

const manifest = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: httpd }
spec:
  clusterIP: 10.96.0.1
  ports: [{ port: 80 }]
`;

test('apply sends all objects at once and prints what became of each', async (t) => {
  const results = [
    { kind: 'Namespace', name: 'shop', result: 'created' },
    { kind: 'Service', namespace: 'default', name: 'httpd', result: 'configured' },
  ];
  await withLab(
    () => ({ body: { results } }),
    async (runDir, received) => {
      const { stdout } = await svclab(runDir, ['apply', '-f', '-', '--dry-run'], { input: manifest });
      t.is(stdout, 'namespace/shop created (dry run)\nservice/httpd configured (dry run)\n');
      t.like(received[0], {
        path: '/lab/v1/apply',
        body: { dryRun: true, objects: [{ kind: 'Namespace' }, { kind: 'Service' }] },
      });
    },
  );
});

test('faults that the lab finds have their place in the file', async (t) => {
  const error = { code: 'conflict', message: 'taken', object: 1, field: 'spec.clusterIP' };
  await withLab(
    () => ({ status: 409, body: { error } }),
    async (runDir) => {
      const { status, stderr } = await svclab(runDir, ['apply', '-f', '-'], { input: manifest });
      t.deepEqual([status, stderr], [2, 'error[conflict]: taken\n  at <stdin>:9:3\n']);
    },
  );
});

test('faults in a manifest are all shown, with their places, whatever the lab says of them', async (t) => {
  const input = manifest.replace('port: 80', 'prot: 80').replace('name: shop', 'nmae: shop');
  await withLab(answer, async (runDir) => {
    const { status, stderr } = await svclab(runDir, ['apply', '-f', '-'], { input });
    t.is(status, 2);
    t.regex(stderr, /error\[unknown-field\].*"nmae"\n {2}at <stdin>:3:\d+\n {2}hint: .*name/);
    t.regex(stderr, /error\[unknown-field\].*"prot"\n {2}at <stdin>:10:\d+\n {2}hint: .*port/);
  });
});

test('up with the name of a lab that runs is refused, and leaves that lab alone', async (t) => {
  await withLab(answer, async (runDir, received) => {
    const { status, stderr } = await svclab(runDir, ['up', '--name', 'demo']);
    t.is(status, 2);
    t.true(stderr.startsWith('error[lab-exists]: a lab named "demo" is already running\n  hint: '));
    t.deepEqual(received, []);
  });
});

test('rules and plan of a file need no lab', async (t) => {
  const { runDir, remove } = makeRunDir();
  const input = `${manifest}---
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: two }
spec: { nodes: [{ name: a }, { name: b }] }
`.replace('10.96.0.1', '10.96.0.9');
  const rules = await svclab(runDir, ['rules', '-f', '-', '-o', 'json'], { input });
  t.deepEqual([rules.status, rules.stderr], [0, '']);
  const { node, text } = JSON.parse(rules.stdout);
  t.is(node, 'a');
  t.regex(text, /-A KUBE-SERVICES -d 10\.96\.0\.9\/32 .*"default\/httpd has no endpoints"/);
  t.like(await svclab(runDir, ['rules', 'c', '-f', '-'], { input }), { status: 2, stdout: '' });
  t.like(await svclab(runDir, ['rules', 'a', '--node', 'b'], { input }), { status: 2, stdout: '' });
  const plan = await svclab(runDir, ['plan', '-f', '-', '--netns', 'b'], { input });
  t.deepEqual([plan.status, plan.stderr], [0, '']);
  t.true(plan.stdout.startsWith('# b\nip netns add b\n'));
  t.true(plan.stdout.includes('10.96.0.9'));
  remove();
});
