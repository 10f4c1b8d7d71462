import test from 'ava';
import fc from 'fast-check';
import { LabError } from '../errors.ts';
import type { Service } from '../kinds/types/service.ts';
import { deleteObjects, scale } from './deletion.ts';
import { canonicalText } from './equal.ts';
import { matchesMap } from './selectors.ts';
import { selectsPods, serviceFamilies } from './services/pod-endpoint.ts';
import { groupsOfPods } from './services/slice-groups.ts';
import { deployment, service, TestCluster, template } from './testing/cluster.ts';

type Step = (cluster: TestCluster) => void;

const names = ['a', 'b', 'c', 'd'] as const;
const anyName = fc.constantFrom(...names);
const serviceSpec = fc.oneof(
  fc.record({
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
    selector: fc.record({ app: anyName }),
    publishNotReadyAddresses: fc.boolean(),
    ports: fc.constantFrom([{ port: 80 }], [{ port: 80, targetPort: 'http' }]),
  }),
  fc.record({
    type: fc.constantFrom('ClusterIP', 'NodePort'),
    clusterIP: fc.constantFrom('10.96.0.5', '10.96.0.6', '10.0.0.1'),
  }),
  fc.constantFrom(30001, 30002, 80).map((nodePort) => ({ type: 'NodePort', ports: [{ port: 80, nodePort }] })),
  fc.constant({ clusterIP: 'None' }),
  fc.constant({ type: 'ExternalName', externalName: 'example.org' }),
);

/** Runs the step; when it is refused, the store must be what it was. */
function attempt(cluster: TestCluster, work: () => unknown): void {
  const before = cluster.store.all();
  const version = cluster.store.resourceVersion;
  try {
    work();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const after = cluster.store.all();
    if (cluster.store.resourceVersion !== version || after.some((object, i) => object !== before[i])) {
      throw new Error(`a refused request changed the store: ${error.message}`);
    }
  }
}

const applyServices = fc
  .array(fc.tuple(anyName, serviceSpec), { minLength: 1, maxLength: 3 })
  .map<Step>(
    (all) => (cluster) => attempt(cluster, () => cluster.apply(...all.map(([name, spec]) => service(name, spec)))),
  );
const applyDeployment = fc.tuple(anyName, fc.nat(4), fc.constantFrom('httpd', 'nginx')).map<Step>(
  ([name, replicas, image]) =>
    (cluster) =>
      cluster.apply(deployment(name, replicas, { template: template(name, {}, image) })),
);
const remove = fc.tuple(anyName, fc.constantFrom('Service', 'Deployment')).map<Step>(
  ([name, kind]) =>
    (cluster) =>
      attempt(cluster, () => deleteObjects(cluster.store, [{ kind, namespace: 'default', name }])),
);
const rescale = fc.tuple(anyName, fc.nat(4)).map<Step>(
  ([name, replicas]) =>
    (cluster) =>
      attempt(cluster, () => scale(cluster.store, { kind: 'Deployment', namespace: 'default', name }, replicas)),
);
const removePod = fc.nat(20).map<Step>((n) => (cluster) => {
  const name = cluster.podNames[n];
  if (name !== undefined) deleteObjects(cluster.store, [{ kind: 'Pod', namespace: 'default', name }]);
});
const settle = fc.boolean().map<Step>((ready) => (cluster) => cluster.settle(() => ready));
const run = fc.constant<Step>((cluster) => cluster.reconcile());
const anyStep = fc.oneof(applyServices, applyDeployment, remove, rescale, removePod, settle, run);

function unique(what: string, values: readonly (string | number)[]): void {
  if (new Set(values).size < values.length) throw new Error(`two Services share ${what}: ${values.join()}`);
}

function checkAllocations({ store }: TestCluster): void {
  const services = store.list('Service');
  const virtual = services.filter(({ spec }) => spec.type !== 'ExternalName' && spec.clusterIP !== 'None');
  for (const { metadata, spec } of virtual) if (!spec.clusterIP) throw new Error(`${metadata.name} has no ClusterIP`);
  unique(
    'a ClusterIP',
    virtual.flatMap(({ spec }) => spec.clusterIPs ?? []),
  );
  unique(
    'a node port',
    services.flatMap(({ spec }) => [...new Set((spec.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []))]),
  );
  for (const { spec } of services) {
    const ports = (spec.ports ?? []).filter(({ nodePort }) => nodePort !== undefined).length;
    const wanted = spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? (spec.ports ?? []).length : 0;
    if (ports !== wanted) throw new Error(`${spec.type} with ${ports} node ports`);
  }
}

/** The endpoints of the Service as its slices list them, in no order. */
function listedEndpoints({ store }: TestCluster, { metadata }: Service): readonly string[] {
  const slices = store.list('EndpointSlice', { labelSelector: `kubernetes.io/service-name=${metadata.name}` });
  return slices
    .flatMap(({ ports, endpoints }) => endpoints.map((endpoint) => canonicalText({ ports, endpoint })))
    .sort();
}

/** The same from scratch: every Pod of the cluster asked whether the Service selects it. */
function expectedEndpoints({ store }: TestCluster, found: Service): readonly string[] {
  if (!selectsPods(found)) return [];
  const pods = store.list('Pod').filter((pod) => matchesMap(found.spec.selector, pod.metadata.labels));
  return serviceFamilies(found)
    .flatMap((family) => groupsOfPods(found, pods, family, (name) => store.get('Node', undefined, name)))
    .flatMap(({ ports, endpoints }) => endpoints.map((endpoint) => canonicalText({ ports, endpoint })))
    .sort();
}

function checkSlices(cluster: TestCluster): void {
  for (const found of cluster.store.list('Service')) {
    if (found.metadata.name === 'kubernetes') continue;
    const [listed, expected] = [listedEndpoints(cluster, found), expectedEndpoints(cluster, found)];
    if (listed.join('\n') !== expected.join('\n')) {
      throw new Error(`slices of ${found.metadata.name}:\n${listed.join('\n')}\nexpected:\n${expected.join('\n')}`);
    }
  }
}

function checkWorkloads(cluster: TestCluster): void {
  for (const { metadata, spec } of cluster.store.list('Deployment')) {
    const pods = cluster.store.list('Pod', { labelSelector: `app=${metadata.name}` });
    const images = pods.map((pod) => pod.spec.containers[0]?.image);
    const image = spec.template.spec.containers[0]?.image;
    if (pods.length !== spec.replicas || images.some((other) => other !== image)) {
      throw new Error(`Deployment ${metadata.name} wants ${spec.replicas} of ${image}, has ${images.join()}`);
    }
  }
}

test('any sequence of requests keeps allocations apart and slices true, and a refused request changes nothing', (t) => {
  const property = fc.property(fc.array(anyStep, { minLength: 1, maxLength: 25 }), (steps) => {
    const cluster = new TestCluster({ loadBalancerPool: '172.6.6.0/29' });
    for (const step of steps) {
      step(cluster);
      checkAllocations(cluster);
      cluster.reconcile();
      checkSlices(cluster);
    }
    cluster.settle();
    checkSlices(cluster);
    checkWorkloads(cluster);
    if (cluster.reconcile()) throw new Error('the controllers do not come to rest');
  });
  fc.assert(property, { numRuns: 150 });
  t.pass();
});

test('a controller that starts late reaches the same state as one that saw every change', (t) => {
  const property = fc.property(fc.array(applyServices, { minLength: 1, maxLength: 6 }), (steps) => {
    const [eager, lazy] = [new TestCluster(), new TestCluster()];
    for (const step of steps) {
      step(eager);
      eager.reconcile();
      step(lazy);
    }
    lazy.reconcile();
    const specs = ({ store }: TestCluster) => store.list('Service').map(({ spec }) => canonicalText(spec));
    t.deepEqual(specs(eager), specs(lazy));
    checkSlices(lazy);
  });
  fc.assert(property, { numRuns: 50 });
});
