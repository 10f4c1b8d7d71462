import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Why argv[0] cannot be run, in containerd's words, or undefined when it can be. */
export function whyNotRunnable(argv0: string, path: string, cwd: string): string | undefined {
  const quoted = JSON.stringify(argv0);
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return `exec: ${quoted}: working directory ${JSON.stringify(cwd)} does not exist`;
  }
  if (!argv0.includes('/')) {
    const found = path.split(':').some((directory) => isProgram(join(directory === '' ? cwd : directory, argv0)));
    return found ? undefined : `exec: ${quoted}: executable file not found in $PATH`;
  }
  const file = resolve(cwd, argv0);
  if (isProgram(file)) return undefined;
  const exists = statSync(file, { throwIfNoEntry: false }) !== undefined;
  return exists ? `exec: ${quoted}: permission denied` : `exec: ${quoted}: stat ${file}: no such file or directory`;
}
