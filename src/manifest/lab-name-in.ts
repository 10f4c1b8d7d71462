import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { quickLabName } from './lab-name.ts';

/** Files of a directory that hold manifests. */
export const manifestName = /\.(ya?ml|json)$/;

/** Bytes of a file from which on parsing it takes so long that a quick look saves nothing. */
const quickSize = 1024 * 1024;

function filesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path).filter((file) => manifestName.test(file));
  return files.sort().map((file) => join(path, file));
}

function nameInFile(path: string): string | undefined {
  return statSync(path).size < quickSize ? quickLabName(readFileSync(path, 'utf8')) : undefined;
}

/**
 * What quickLabName says of files and directories, as loadManifests reads them; undefined also for standard input, and for what cannot
 * be read.
 */
export function quickLabNameIn(paths: readonly string[]): string | undefined {
  if (paths.includes('-')) return undefined;
  try {
    const names = paths.flatMap(filesAt).map(nameInFile);
    return names.includes(undefined) ? undefined : (names.find((one) => one !== '') ?? '');
  } catch {
    return undefined;
  }
}
