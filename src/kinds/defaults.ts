import type { Draft } from './definition.ts';
import type { Container, ContainerPort, Probe } from './types/container.ts';
import type { KubeObject, ObjectMeta } from './types/meta.ts';
import type { PodSpec, PodTemplateSpec } from './types/pod.ts';

/** Metadata with its name, and for namespaced kinds the namespace `default` when none is given. */
function defaultMeta(meta: Draft<ObjectMeta> | undefined, namespaced: boolean): ObjectMeta {
  const name = meta?.name ?? '';
  const namespace = meta?.namespace === undefined || meta.namespace === '' ? 'default' : meta.namespace;
  return { ...meta, name, ...(namespaced ? { namespace } : {}) } as ObjectMeta;
}

/** What every kind's `normalize` begins with: the object in its preferred version, with metadata. */
export function defaultObject<K extends string>(
  draft: Draft<KubeObject>,
  form: { readonly apiVersion: string; readonly kind: K; readonly namespaced: boolean },
): { readonly apiVersion: string; readonly kind: K; readonly metadata: ObjectMeta } {
  return { apiVersion: form.apiVersion, kind: form.kind, metadata: defaultMeta(draft.metadata, form.namespaced) };
}

function defaultProbe(probe: Draft<Probe> | undefined): Probe | undefined {
  if (probe === undefined) return undefined;
  const { httpGet } = probe;
  return {
    ...probe,
    ...(httpGet === undefined
      ? {}
      : { httpGet: { ...httpGet, path: httpGet.path ?? '/', scheme: httpGet.scheme ?? 'HTTP' } }),
    initialDelaySeconds: probe.initialDelaySeconds ?? 0,
    periodSeconds: probe.periodSeconds || 10,
    timeoutSeconds: probe.timeoutSeconds || 1,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  } as Probe;
}

function defaultContainerPort(port: Draft<ContainerPort>, hostNetwork: boolean): ContainerPort {
  const containerPort = port.containerPort ?? 0;
  return {
    ...port,
    containerPort,
    protocol: port.protocol ?? 'TCP',
    ...(hostNetwork ? { hostPort: port.hostPort ?? containerPort } : {}),
  } as ContainerPort;
}

function defaultContainer(container: Draft<Container>, hostNetwork: boolean): Container {
  const { livenessProbe, readinessProbe, startupProbe, ports, env } = container;
  return {
    ...container,
    name: container.name ?? '',
    image: container.image ?? '',
    ...(env === undefined ? {} : { env: env.map((variable) => ({ ...variable, name: variable.name ?? '' })) }),
    ...(ports === undefined ? {} : { ports: ports.map((port) => defaultContainerPort(port, hostNetwork)) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: defaultProbe(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: defaultProbe(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: defaultProbe(startupProbe) }),
  } as Container;
}

/** The Pod spec with the defaults of core/v1 that matter to a lab. `serviceAccount` is the old name of serviceAccountName. */
export function defaultPodSpec(spec: Draft<PodSpec> | undefined): PodSpec {
  const hostNetwork = spec?.hostNetwork === true;
  const init = spec?.initContainers;
  return {
    ...spec,
    containers: (spec?.containers ?? []).map((container) => defaultContainer(container, hostNetwork)),
    ...(init === undefined
      ? {}
      : { initContainers: init.map((container) => defaultContainer(container, hostNetwork)) }),
    restartPolicy: spec?.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec?.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec?.dnsPolicy ?? 'ClusterFirst',
  } as PodSpec;
}

/** The template with the defaults of its Pod spec. */
export function defaultTemplate(template: Draft<PodTemplateSpec> | undefined): PodTemplateSpec {
  return { ...template, spec: defaultPodSpec(template?.spec) } as PodTemplateSpec;
}
