import type { Container } from '../kinds/types/container.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { containerEnvironment, type Environment } from './environment.ts';
import { expand } from './expand.ts';
import { runningOf } from './ports.ts';
import { hostnameOf } from './servers.ts';

/** A program that a container runs for real. */
export interface ContainerCommand {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Absolute path. */
  readonly cwd: string;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * What the container runs for real, or undefined when it is a built-in image. `services` gives the variables of
 * serviceEnvironment. `$(NAME)` in command and args is replaced as Kubernetes does it.
 */
export function commandOf(
  pod: Pod,
  container: Container,
  services: () => Environment = () => ({}),
): ContainerCommand | undefined {
  const running = runningOf(container);
  if (running.kind !== 'command') return undefined;
  const given = { PATH: searchPath, HOME: '/root', HOSTNAME: hostnameOf(pod), ...services() };
  const env = containerEnvironment(container, given);
  const argv = running.argv.map((arg) => expand(arg, (name) => env[name]));
  const cwd = container.workingDir ?? '/';
  return { argv, env, cwd: cwd.startsWith('/') ? cwd : `/${cwd}` };
}
