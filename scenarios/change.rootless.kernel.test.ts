import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Connection, LabStatus } from '../src/api/types.ts';
import type { Node } from '../src/kinds/types/node.ts';
import type { Pod } from '../src/kinds/types/pod.ts';
import type { Service } from '../src/kinds/types/service.ts';
import { differences } from './testing/damage.ts';
import { sharedLab, until } from './testing/lab.ts';
import { busyboxOn, labOf, serverOn, web, webService } from './testing/manifests.ts';

const test = anyTest as TestFn;
const nodes = ['node1', 'node2'];
const lab = sharedLab(test, [labOf(...nodes), busyboxOn('node1'), web(2), serverOn('node2', 'far')]);

async function pods(prefix: string): Promise<readonly Pod[]> {
  const { items } = await lab().json<{ items: readonly Pod[] }>('get', 'pods');
  return items.filter(({ metadata }) => metadata.name.startsWith(prefix));
}

function service(name: string): Promise<Service> {
  return lab().json<Service>('get', 'service', name);
}

/** `IP:80` of the ready Pods of the Deployment. */
async function endpoints(): Promise<string[]> {
  const ready = (await pods('web')).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return ready.map(({ status }) => `${status.podIP}:80`).sort();
}

function predictedEndpoints({ predicted }: Connection): string[] {
  return predicted.map(({ endpoint }) => endpoint ?? '').sort();
}

async function agrees(...filters: readonly string[]): Promise<string[]> {
  return differences(await lab().verify(...filters));
}

test.serial('a new Service is reachable as soon as apply returns', async (t) => {
  const text = await lab().apply(serverOn('node1', 'fresh'));
  t.regex(text, /^pod\/fresh created$/m);
  t.regex(text, /^service\/fresh created$/m);
  await lab().apply(
    'apiVersion: v1\nkind: Service\nmetadata: { name: second }\nspec: { selector: { server: far }, ports: [{ port: 81, targetPort: 80 }] }\n',
  );
  const to = `http://${(await service('second')).spec.clusterIP}:81`;
  const answer = await lab().curl('pod/busybox', to);
  t.is(answer.observed[0]?.pod, 'default/far');
  t.deepEqual(await agrees('--to', 'svc/second'), []);
  t.regex(await lab().apply(serverOn('node1', 'fresh')), /^service\/fresh unchanged$/m);
});

test.serial('expose makes a Service, delete takes it away', async (t) => {
  t.is(
    (await lab().svclab('expose', 'deployment', 'web', '--name', 'shown', '--port', '8000', '--target-port', '80'))
      .exitCode,
    0,
  );
  const address = (await service('shown')).spec.clusterIP ?? '';
  t.regex((await lab().curl('node1', `http://${address}:8000`)).observed[0]?.pod ?? '', /^default\/web-/);
  t.is((await lab().svclab('delete', 'service', 'shown')).exitCode, 0);
  const gone = await lab().curl('pod/busybox', `http://${address}:8000`);
  t.not(gone.observed[0]?.outcome, 'delivered');
  t.true(gone.agrees);
  const rules = await lab().exec('node2', 'iptables-save');
  t.false(rules.includes(address));
  t.false(rules.includes('default/shown'));
});

test.serial('scaling changes the set of endpoints, up, down and to nothing', async (t) => {
  const to = `http://${(await service('web')).spec.clusterIP}:80`;
  for (const replicas of [4, 1, 0, 3]) {
    t.is((await lab().svclab('scale', 'deployment', 'web', '--replicas', String(replicas))).exitCode, 0);
    t.true(await until(async () => (await lab().status()).ready && (await endpoints()).length === replicas));
    const connection = await lab().curl('pod/busybox', to, 30);
    t.true(connection.agrees, connection.difference);
    if (replicas === 0) t.deepEqual(connection.predicted, [{ outcome: 'refused', probability: 1 }]);
    else t.deepEqual(predictedEndpoints(connection), await endpoints());
  }
});

test.serial('deleted Pods are replaced, and nobody is sent to the old ones', async (t) => {
  const before = (await pods('web')).map(({ metadata }) => metadata.name);
  t.is((await lab().svclab('delete', 'pod', ...before.slice(0, 1))).exitCode, 0);
  t.is((await lab().svclab('delete', 'pod', ...before.slice(1, 2))).exitCode, 0);
  const replaced = async () => {
    const names = (await pods('web')).map(({ metadata }) => metadata.name);
    return names.length === before.length && !names.includes(before[0] ?? '') && !names.includes(before[1] ?? '');
  };
  t.true(await until(async () => (await replaced()) && (await lab().status()).ready));
  t.deepEqual(await agrees('--to', 'svc/web', '--from', 'pod/busybox'), []);
  t.not((await lab().svclab('exec', `pod/${before[0]}`, '--', 'true')).exitCode, 0);
});

test.serial('type and nodePort of a Service can be changed', async (t) => {
  await lab().apply(webService('type: NodePort', 'ports: [{ port: 80, nodePort: 30100 }]'));
  t.deepEqual(await agrees('--from', 'client/laptop', '--to', 'node1:30100'), []);
  t.is((await lab().curl('client/laptop', 'node1:30100')).observed[0]?.outcome, 'delivered');
  await lab().apply(webService('type: NodePort', 'ports: [{ port: 80, nodePort: 30200 }]'));
  t.is((await lab().curl('client/laptop', 'node1:30100')).observed[0]?.outcome, 'refused');
  t.is((await lab().curl('client/laptop', 'node2:30200')).observed[0]?.outcome, 'delivered');
  await lab().apply(webService('type: ClusterIP'));
  t.is((await lab().curl('client/laptop', 'node2:30200')).observed[0]?.outcome, 'refused');
  t.deepEqual(await agrees('--from', 'client/laptop'), []);
});

/** What flannel has for the leases of others. */
async function peersOf(node: string): Promise<{ routes: number; neighbours: number; fdb: number }> {
  const lines = async (...argv: readonly string[]) =>
    (await lab().exec(node, ...argv)).split('\n').filter((line) => line.trim() !== '').length;
  return {
    routes: await lines('ip', 'route', 'show', 'dev', 'flannel.1'),
    neighbours: await lines('ip', 'neigh', 'show', 'dev', 'flannel.1'),
    fdb: await lines('bridge', 'fdb', 'show', 'dev', 'flannel.1'),
  };
}

const node3 = `apiVersion: v1
kind: Node
metadata: { name: node3 }
`;

async function joinsAndLeaves(t: ExecutionContext, join: () => Promise<unknown>, leave: () => Promise<unknown>) {
  await join();
  t.true(await until(async () => (await lab().status()).ready));
  const status: LabStatus = await lab().status();
  t.deepEqual(
    status.nodes.map(({ name }) => name),
    ['master', 'node1', 'node2', 'node3'],
  );
  t.regex(status.nodes[3]?.lease.subnet ?? '', /^10\.244\.\d+\.0\/24$/);
  for (const node of ['master', 'node1', 'node2', 'node3']) {
    t.deepEqual(await peersOf(node), { routes: 3, neighbours: 3, fdb: 3 }, node);
  }
  await lab().apply(serverOn('node3', 'guest'));
  t.true(await until(async () => (await lab().status()).ready));
  t.is((await lab().json<Pod>('get', 'pod', 'guest')).spec.nodeName, 'node3');
  t.deepEqual(await agrees('--to', 'svc/guest'), []);
  t.deepEqual(await agrees('--from', 'node3', '--to', 'svc/far'), []);
  await leave();
  t.true(await until(async () => (await lab().status()).nodes.length === 3));
  t.true(await until(async () => (await lab().status()).ready));
  for (const node of ['master', 'node1', 'node2']) {
    t.deepEqual(await peersOf(node), { routes: 2, neighbours: 2, fdb: 2 }, node);
  }
  t.not((await lab().svclab('exec', 'node3', '--', 'true')).exitCode, 0);
  t.is((await lab().svclab('delete', 'service', 'guest')).exitCode, 0);
  await lab().svclab('delete', 'pod', 'guest');
  t.false((await lab().exec('fabric', 'ip', '-br', 'link')).includes('node3'));
  t.deepEqual(await agrees('--to', 'svc/far'), []);
}

test.serial('a node joins and leaves as a Node object, and the others follow', async (t) => {
  await joinsAndLeaves(
    t,
    () => lab().apply(node3),
    () => lab().svclab('delete', 'node', 'node3'),
  );
  t.is((await lab().json<{ items: readonly Node[] }>('get', 'nodes')).items.length, 3);
});

test.serial('a node joins and leaves through the Lab object, and the others follow', async (t) => {
  await joinsAndLeaves(
    t,
    () => lab().apply(labOf(...nodes, 'node3')),
    () => lab().apply(labOf(...nodes)),
  );
});

/** Everything that a lab's user can read, as YAML. */
async function everything(): Promise<string> {
  const kinds = ['services', 'pods', 'deployments', 'replicasets', 'endpointslices', 'nodes', 'labs', 'configmaps'];
  const answers = await Promise.all(kinds.map((kind) => lab().svclab('get', kind, '-A', '-o', 'yaml')));
  const texts = answers.map(({ stdout }) => stdout);
  return texts.join('---\n');
}

const good = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: never }\ndata: { a: b }\n---\n';

const mistakes: Readonly<Record<string, { readonly yaml: () => Promise<string> | string; readonly error: RegExp }>> = {
  'a ClusterIP that is taken': {
    yaml: async () =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: thief }\nspec:\n  clusterIP: ${(await service('web')).spec.clusterIP}\n  ports: [{ port: 80 }]\n`,
    error: /already allocated \(by Service default\/web\)\n {2}at .*:(9|10):/,
  },
  'a nodePort out of range': {
    yaml: () =>
      'apiVersion: v1\nkind: Service\nmetadata: { name: low }\nspec:\n  type: NodePort\n  ports: [{ port: 80, nodePort: 80 }]\n',
    error: /spec\.ports\[0\]\.nodePort: .* 30000-32767\n {2}at .*:11:23$/m,
  },
  'an immutable field': {
    yaml: () =>
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  selector: { matchLabels: { app: other } }\n  template:\n    metadata: { labels: { app: other } }\n    spec: { containers: [{ name: web, image: nginx }] }\n',
    error: /spec\.selector: .* field is immutable\n {2}at .*:10:3$/m,
  },
  'an unknown field': {
    yaml: () =>
      'apiVersion: v1\nkind: Service\nmetadata: { name: odd }\nspec:\n  selectr: { app: web }\n  ports: [{ port: 80 }]\n',
    error: /error\[unknown-field\].*selectr.*\n {2}at .*:10:3\n {2}hint: Did you mean selector\?/,
  },
  'an unknown kind': {
    yaml: () => 'apiVersion: example.com/v1\nkind: Gadget\nmetadata: { name: g }\n',
    error: /error\[unknown-kind\][\s\S]*Gadget/,
  },
  'bad YAML': {
    yaml: () => 'apiVersion: v1\nkind: [Service\nmetadata: {}\n',
    error: /error\[invalid-yaml\][\s\S]*:\d+:\d+/,
  },
  'several faults at once': {
    yaml: () =>
      'apiVersion: v1\nkind: Service\nmetadata: { name: Bad_Name }\nspec: { ports: [{ port: 70000 }] }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: {}\n',
    error: /Bad_Name[\s\S]*70000[\s\S]*containers/,
  },
};

/** The same before and after every mistake. */
let unchanged: string | undefined;

for (const [title, { yaml, error }] of Object.entries(mistakes)) {
  test.serial(`${title}: exit 2 with the place, and nothing changes`, async (t) => {
    unchanged ??= await everything();
    const path = lab().scratch.file(good + (await yaml()), 'mistake.yaml');
    const { exitCode, stdout, stderr } = await lab().svclab('apply', '-f', path);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, error);
    t.regex(stderr, /mistake\.yaml:\d+:\d+/);
    t.notRegex(stderr, /\n {4}at /, 'no stack');
    t.is(await everything(), unchanged);
  });
}

test.serial('after all that, everything behaves as predicted and nothing has drifted', async (t) => {
  t.regex((await lab().svclab('sync')).stdout, /^nothing had drifted/);
  t.deepEqual(await agrees(), []);
});
