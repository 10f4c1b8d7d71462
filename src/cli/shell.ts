import { existsSync } from 'node:fs';
import { basename } from 'node:path';

/** A shell to start, with what makes its prompt name the target. */
export interface ShellCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const shells = ['/bin/bash', '/bin/sh'] as const;

/**
 * The user's $SHELL, else bash, else sh. Bash and sh get a prompt that names the target, such as `pod/web-0:/#`; bash
 * leaves out the user's start-up files, which would set another one.
 */
export function shellFor(
  target: string,
  shell: string | undefined,
  exists: (path: string) => boolean = existsSync,
): ShellCommand {
  const path = [shell, ...shells].find((one) => one?.startsWith('/') && exists(one)) ?? '/bin/sh';
  const name = basename(path);
  if (name === 'bash') return { argv: [path, '--norc', '--noprofile', '-i'], env: { PS1: `${target}:\\w\\$ ` } };
  if (name === 'zsh') return { argv: [path, '-f', '-i'], env: { PS1: `${target}:%~%# ` } };
  return { argv: [path, '-i'], env: { PS1: `${target}:$PWD# ` } };
}
