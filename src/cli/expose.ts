import { LabError } from '../errors.ts';
import type { ContainerPort } from '../kinds/types/container.ts';
import type { KubeObject, StringMap } from '../kinds/types/meta.ts';
import type { Pod, PodSpec } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import type { IntOrString } from '../kinds/types/values.ts';
import type { Deployment, ReplicaSet, ReplicationController } from '../kinds/types/workload.ts';

/** What `svclab expose` was asked for. */
export interface ExposeOptions {
  readonly name: string;
  readonly namespace: string;
  readonly port?: number;
  readonly targetPort?: IntOrString;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly type?: string;
  readonly externalIPs?: readonly string[];
}

type Exposable = Pod | Service | Deployment | ReplicaSet | ReplicationController;

/** A new Service as it is sent to the API, which fills in the rest. */
export interface NewService extends KubeObject {
  readonly kind: 'Service';
  readonly spec: Readonly<Record<string, unknown>>;
}

function isExposable(object: KubeObject): object is Exposable {
  return ['Pod', 'Service', 'Deployment', 'ReplicaSet', 'ReplicationController'].includes(object.kind);
}

function selectorOf(object: Exposable): StringMap {
  switch (object.kind) {
    case 'Pod':
      return object.metadata.labels ?? {};
    case 'Service':
    case 'ReplicationController':
      return object.spec.selector ?? {};
    default:
      if ((object.spec.selector.matchExpressions ?? []).length > 0) {
        throw new LabError('usage', `the selector of ${object.kind} ${object.metadata.name} has expressions`, {
          hint: 'A Service can select by equal labels only; write its manifest by hand.',
        });
      }
      return object.spec.selector.matchLabels ?? {};
  }
}

function podSpecOf(object: Exclude<Exposable, Service>): PodSpec {
  return object.kind === 'Pod' ? object.spec : object.spec.template.spec;
}

interface Port {
  readonly port: number;
  readonly protocol: string;
  readonly targetPort: IntOrString;
}

function declaredPorts(object: Exposable, options: ExposeOptions): Port[] {
  if (object.kind === 'Service') {
    return (object.spec.ports ?? []).map(({ port, protocol }) => ({
      port,
      protocol,
      targetPort: options.targetPort ?? port,
    }));
  }
  const ports = podSpecOf(object).containers.flatMap((container): readonly ContainerPort[] => container.ports ?? []);
  return ports.map(({ containerPort: port, protocol = 'TCP' }) => ({
    port,
    protocol: options.protocol ?? protocol,
    targetPort: options.targetPort ?? port,
  }));
}

function portsOf(object: Exposable, options: ExposeOptions): Port[] {
  const { port, protocol = 'TCP', targetPort } = options;
  return port === undefined ? declaredPorts(object, options) : [{ port, protocol, targetPort: targetPort ?? port }];
}

/**
 * The Service that `kubectl expose` would make for an object: its selector and labels, the port asked for or else the
 * ports that its containers declare. Throws `usage` when the object cannot be exposed.
 */
export function serviceFor(object: KubeObject, options: ExposeOptions): NewService {
  if (!isExposable(object)) {
    throw new LabError('usage', `cannot expose a ${object.kind}`, {
      hint: 'Expose a Pod, Service, Deployment, ReplicaSet or ReplicationController.',
    });
  }
  const what = `${object.kind} ${object.metadata.name}`;
  const selector = selectorOf(object);
  if (Object.keys(selector).length === 0) {
    throw new LabError('usage', `${what} has no labels to select by`, { hint: 'Give it labels first.' });
  }
  const ports = portsOf(object, options);
  if (ports.length === 0) {
    throw new LabError('usage', `${what} declares no ports`, { hint: 'Say which with --port.' });
  }
  const named = ports.length === 1 ? ports : ports.map((port, at) => ({ name: `port-${at + 1}`, ...port }));
  const { name, namespace, type, externalIPs } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      ...(object.metadata.labels === undefined ? {} : { labels: object.metadata.labels }),
    },
    spec: {
      selector,
      ports: named,
      ...(type === undefined ? {} : { type }),
      ...(externalIPs === undefined ? {} : { externalIPs }),
    },
  };
}
