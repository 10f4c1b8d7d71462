import { readFileSync } from 'node:fs';
import { LabError } from '../errors.ts';

/** The text of a dump; `-` is standard input. Throws `not-found` or `usage` when it cannot be read. */
export function readDumpFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new LabError('not-found', `there is no file ${path}`);
    throw new LabError('usage', `${path} cannot be read: ${message}`, { cause: error });
  }
}
