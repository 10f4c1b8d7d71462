import type { Container } from '../kinds/types/container.ts';
import type { Pod, PodSpec } from '../kinds/types/pod.ts';
import { imageOf } from './images/registry.ts';
import type { ImageDefinition, ImagePort } from './images/types.ts';

/** A port that a Pod listens on. */
export interface ListeningPort extends ImagePort {
  readonly container: string;
}

/** How a container comes to life: a program of the manifest, or a built-in image with these arguments. */
export type Running =
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | { readonly kind: 'built-in'; readonly image: ImageDefinition; readonly args: readonly string[] };

function programName(path: string | undefined): string {
  return path?.slice(path.lastIndexOf('/') + 1) ?? '';
}

/**
 * Whether the container runs a program of its manifest or a built-in image. A `command:` that names the image's own
 * server (`/agnhost netexec`, `nginx -g …`) is still the built-in image.
 */
export function runningOf(container: Container): Running {
  const image = imageOf(container.image);
  const { command = [], args = [] } = container;
  if (command.length > 0) {
    if (image.entrypoints?.includes(programName(command[0])) !== true) {
      return { kind: 'command', argv: [...command, ...args] };
    }
    return { kind: 'built-in', image, args: [...command.slice(1), ...args] };
  }
  if (image.argsAreCommand === true && args.length > 0) return { kind: 'command', argv: args };
  if (image.entrypoints?.includes(programName(args[0])) === true) {
    return { kind: 'built-in', image, args: args.slice(1) };
  }
  return { kind: 'built-in', image, args };
}

function declaredPorts(container: Container, behaviour: string): ImagePort[] {
  return (container.ports ?? []).flatMap(({ protocol, containerPort }) =>
    protocol === 'SCTP' ? [] : [{ protocol, port: containerPort, behaviour }],
  );
}

function portsOf(container: Container): readonly ImagePort[] {
  const running = runningOf(container);
  if (running.kind === 'command') return declaredPorts(container, 'command');
  const own = running.image.ports(running.args, container);
  const { declared } = running.image;
  return declared === undefined ? own : [...own, ...declaredPorts(container, declared)];
}

/**
 * What the Pod's containers listen on, each protocol and port once: the first container to ask for it has it. A
 * built-in image listens on its own ports and on those the manifest declares; a container with a `command:` is taken
 * to listen on what it declares, with the behaviour `command`. SCTP ports are left out.
 */
export function listeningPorts(pod: Pod): readonly ListeningPort[] {
  const known = computed.get(pod.spec);
  if (known !== undefined) return known;
  const ports = portsOfAll(pod.spec.containers);
  computed.set(pod.spec, ports);
  return ports;
}

/** Objects are never changed in place, so that the answer for a spec stays true. */
const computed = new WeakMap<PodSpec, readonly ListeningPort[]>();

function portsOfAll(containers: readonly Container[]): readonly ListeningPort[] {
  const seen = new Map<string, ListeningPort>();
  for (const container of containers) {
    for (const port of portsOf(container)) {
      const key = `${port.protocol}/${port.port}`;
      if (!seen.has(key)) seen.set(key, { ...port, container: container.name });
    }
  }
  return [...seen.values()];
}
