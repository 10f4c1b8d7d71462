import { at } from '../path.ts';
import type { Container, ContainerPort } from '../types/container.ts';
import type { PodSpec, PodTemplateSpec, Toleration } from '../types/pod.ts';
import { checkContainer } from './container.ts';
import { duplicate, type Invalid, invalid, required } from './invalid.ts';
import { checkAnnotations, checkLabels } from './meta.ts';
import { checkName, dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from './names.ts';
import { checkMounts, checkResources, checkVolumes } from './resources.ts';

function* checkContainers(spec: PodSpec, field: string, volumes: ReadonlySet<string>): Generator<Invalid> {
  const names = new Set<string>();
  const hostPorts = new Set<string>();
  const groups = [
    [`${field}.initContainers`, spec.initContainers ?? []],
    [`${field}.containers`, spec.containers],
  ] as const;
  for (const [path, containers] of groups) {
    for (const [index, container] of containers.entries()) {
      const here = at(path, index);
      yield* checkContainer(here, container);
      yield* checkResources(here, container);
      yield* checkMounts(here, container, volumes);
      if (container.name !== '' && names.has(container.name)) yield duplicate(`${here}.name`, container.name);
      names.add(container.name);
      if (path.endsWith('.containers')) yield* checkHostPorts(here, container, spec, hostPorts);
    }
  }
}

function hostPortKey(port: ContainerPort): string {
  return `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
}

function* checkHostPorts(field: string, container: Container, spec: PodSpec, seen: Set<string>): Generator<Invalid> {
  for (const [index, port] of (container.ports ?? []).entries()) {
    if (port.hostPort === undefined || port.hostPort === 0) continue;
    const here = at(`${field}.ports`, index);
    if (spec.hostNetwork === true && port.hostPort !== port.containerPort) {
      yield invalid(`${here}.hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true');
    }
    if (seen.has(hostPortKey(port))) yield duplicate(`${here}.hostPort`, `${port.hostPort}/${port.protocol}`);
    seen.add(hostPortKey(port));
  }
}

function* checkToleration(field: string, { key = '', operator, value = '' }: Toleration): Generator<Invalid> {
  if (key !== '') yield* checkName(`${field}.key`, key, qualifiedName);
  if (key === '' && operator !== 'Exists') {
    yield invalid(`${field}.operator`, operator ?? '', 'operator must be Exists when `key` is empty');
  }
  if (operator === 'Exists' && value !== '') {
    yield invalid(`${field}.operator`, value, 'value must be empty when `operator` is Exists');
  } else yield* checkName(`${field}.value`, value, labelValue);
}

/** `spec` of a Pod, or of a workload's template; `claims` are volumes that come from elsewhere. */
export function* checkPodSpec(spec: PodSpec, field: string, claims: readonly string[] = []): Generator<Invalid> {
  const volumes = spec.volumes ?? [];
  yield* checkVolumes(`${field}.volumes`, volumes);
  if (spec.containers.length === 0) yield required(`${field}.containers`);
  yield* checkContainers(spec, field, new Set([...claims, ...volumes.map(({ name }) => name)]));
  yield* checkLabels(`${field}.nodeSelector`, spec.nodeSelector);
  for (const [index, toleration] of (spec.tolerations ?? []).entries()) {
    yield* checkToleration(at(`${field}.tolerations`, index), toleration);
  }
  if ((spec.hostname ?? '') !== '') yield* checkName(`${field}.hostname`, spec.hostname ?? '', dns1123Label);
  if ((spec.subdomain ?? '') !== '') yield* checkName(`${field}.subdomain`, spec.subdomain ?? '', dns1123Label);
  if ((spec.nodeName ?? '') !== '') yield* checkName(`${field}.nodeName`, spec.nodeName ?? '', dns1123Subdomain);
  if (spec.terminationGracePeriodSeconds < 0) {
    const value = spec.terminationGracePeriodSeconds;
    yield invalid(`${field}.terminationGracePeriodSeconds`, value, 'must be greater than or equal to 0');
  }
}

/** The template of a workload: labels, annotations, and a Pod that is always restarted. */
export function* checkTemplate(
  template: PodTemplateSpec,
  field: string,
  claims: readonly string[] = [],
): Generator<Invalid> {
  yield* checkLabels(`${field}.metadata.labels`, template.metadata?.labels);
  yield* checkAnnotations(`${field}.metadata.annotations`, template.metadata?.annotations);
  yield* checkPodSpec(template.spec, `${field}.spec`, claims);
  const { restartPolicy } = template.spec;
  if (restartPolicy !== 'Always') {
    const message = `Unsupported value: "${restartPolicy}": supported values: "Always"`;
    yield { field: `${field}.spec.restartPolicy`, message };
  }
}
