import { at } from '../path.ts';
import type { Container, ContainerPort, LifecycleHandler, Probe } from '../types/container.ts';
import { checkIP } from './addresses.ts';
import { duplicate, forbidden, type Invalid, invalid, required } from './invalid.ts';
import { checkName, dns1123Label, envName, portName } from './names.ts';
import { checkPort, checkTargetPort } from './ports.ts';

type Action = Pick<Probe, 'httpGet' | 'tcpSocket' | 'exec'> &
  Pick<LifecycleHandler, 'sleep'> & { readonly grpc?: unknown };

const actions = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function* checkAction(field: string, action: Action): Generator<Invalid> {
  const given = actions.filter((name) => action[name] !== undefined);
  if (given.length === 0) yield required(field, 'Give one of exec, httpGet, tcpSocket, grpc.');
  for (const name of given.slice(1)) yield forbidden(`${field}.${name}`, 'may not specify more than 1 handler type');
  if (action.exec !== undefined && (action.exec.command ?? []).length === 0) yield required(`${field}.exec.command`);
  for (const name of ['httpGet', 'tcpSocket'] as const) {
    const port = action[name]?.port;
    if (action[name] === undefined) continue;
    if (port === undefined) yield required(`${field}.${name}.port`);
    else yield* checkTargetPort(`${field}.${name}.port`, port);
  }
}

const probeMinimums = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 1,
  successThreshold: 1,
  failureThreshold: 1,
} as const;

function* checkProbe(field: string, probe: Probe | undefined, onlyOnce: boolean): Generator<Invalid> {
  if (probe === undefined) return;
  yield* checkAction(field, probe);
  for (const [name, minimum] of Object.entries(probeMinimums)) {
    const value = probe[name as keyof typeof probeMinimums];
    if (value < minimum) yield invalid(`${field}.${name}`, value, `must be greater than or equal to ${minimum}`);
  }
  if (onlyOnce && probe.successThreshold > 1) {
    yield invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1');
  }
}

function* checkContainerPort(field: string, port: ContainerPort): Generator<Invalid> {
  if (port.name !== undefined && port.name !== '') yield* checkName(`${field}.name`, port.name, portName);
  if (port.containerPort === 0) yield required(`${field}.containerPort`);
  else yield* checkPort(`${field}.containerPort`, port.containerPort);
  if (port.hostPort !== undefined && port.hostPort !== 0) yield* checkPort(`${field}.hostPort`, port.hostPort);
  if (port.hostIP !== undefined && port.hostIP !== '') yield* checkIP(`${field}.hostIP`, port.hostIP);
}

function* checkPorts(field: string, ports: readonly ContainerPort[]): Generator<Invalid> {
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const here = at(field, index);
    yield* checkContainerPort(here, port);
    if (port.name === undefined || port.name === '') continue;
    if (names.has(port.name)) yield duplicate(`${here}.name`, port.name);
    names.add(port.name);
  }
}

function* checkEnv(field: string, container: Container): Generator<Invalid> {
  for (const [index, variable] of (container.env ?? []).entries()) {
    const here = at(field, index);
    if (variable.name === '') yield required(`${here}.name`);
    else yield* checkName(`${here}.name`, variable.name, envName);
    if ((variable.value ?? '') !== '' && 'valueFrom' in variable) {
      yield invalid(`${here}.valueFrom`, '', 'may not be specified when `value` is not empty');
    }
  }
}

/** One container: name, image, ports, environment, probes and lifecycle. */
export function* checkContainer(field: string, container: Container): Generator<Invalid> {
  if (container.name === '') yield required(`${field}.name`);
  else yield* checkName(`${field}.name`, container.name, dns1123Label);
  if (container.image === '') yield required(`${field}.image`);
  else if (container.image.trim() !== container.image) {
    yield invalid(`${field}.image`, container.image, 'must not have leading or trailing whitespace');
  }
  yield* checkPorts(`${field}.ports`, container.ports ?? []);
  yield* checkEnv(`${field}.env`, container);
  yield* checkProbe(`${field}.livenessProbe`, container.livenessProbe, true);
  yield* checkProbe(`${field}.startupProbe`, container.startupProbe, true);
  yield* checkProbe(`${field}.readinessProbe`, container.readinessProbe, false);
  for (const name of ['postStart', 'preStop'] as const) {
    const handler = container.lifecycle?.[name];
    if (handler !== undefined) yield* checkAction(`${field}.lifecycle.${name}`, handler);
  }
}
