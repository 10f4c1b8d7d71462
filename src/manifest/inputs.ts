import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError, toLabError } from '../errors.ts';
import type { ManifestInput } from './input-documents.ts';
import { manifestName } from './lab-name-in.ts';
import { checkSize, largestManifest } from './text.ts';

/** How files are found and read. */
export interface InputOptions {
  /** Also read directories inside directories. */
  readonly recursive?: boolean;
  /** What `-` reads; standard input when absent. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
}

function fileError(path: string, error: unknown): LabError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const hint = 'Give a file, a directory with .yaml, .yml or .json files, or - for standard input.';
    return new LabError('not-found', `no such file or directory: ${path}`, { hint, place: { file: path } });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new LabError('permission-denied', `cannot read ${path}`, { place: { file: path }, cause: error });
  }
  return toLabError(error);
}

async function filesIn(directory: string, recursive: boolean): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const nested = sorted.map(async (entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return recursive ? filesIn(path, recursive) : [];
    return manifestName.test(entry.name) ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}

async function expandPath(path: string, recursive: boolean): Promise<readonly string[]> {
  if (path === '-' || !(await stat(path)).isDirectory()) return [path];
  const files = await filesIn(path, recursive);
  if (files.length > 0) return files;
  const hint = 'Files in a directory are read when their names end in .yaml, .yml or .json.';
  throw new LabError('not-found', `no manifests in directory ${path}`, { hint, place: { file: path } });
}

/** Collects a stream, but no more than shows that it is too large. */
async function collect(file: string, chunks: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    parts.push(bytes);
    size += bytes.byteLength;
    if (size > largestManifest) break;
  }
  checkSize(file, size);
  return Buffer.concat(parts);
}

async function readInput(path: string, options: InputOptions): Promise<ManifestInput> {
  if (path === '-') return { file: '<stdin>', text: await collect('<stdin>', options.stdin ?? process.stdin) };
  const handle = await open(path);
  try {
    checkSize(path, (await handle.stat()).size);
    return { file: path, text: await collect(path, handle.createReadStream({ autoClose: false })) };
  } finally {
    await handle.close();
  }
}

async function readPath(path: string, options: InputOptions): Promise<readonly (ManifestInput | LabError)[]> {
  const failed = (file: string) => (error: unknown) => [fileError(file, error)];
  const files = await expandPath(path, options.recursive === true).catch(failed(path));
  const read = files.map(async (file) => {
    if (file instanceof LabError) return [file];
    return readInput(file, options).then((input) => [input], failed(file));
  });
  return (await Promise.all(read)).flat();
}

/**
 * Files, directories (their *.yaml, *.yml and *.json files in order of name) and `-`, standard input. A file given twice
 * is read once. What cannot be read is told in its place: `not-found`, `permission-denied`, `invalid-yaml` for its size.
 */
export async function readInputs(
  paths: readonly string[],
  options: InputOptions = {},
): Promise<readonly (ManifestInput | LabError)[]> {
  const found = new Map<string, ManifestInput | LabError>();
  for (const path of new Set(paths)) {
    for (const input of await readPath(path, options)) {
      const key = input instanceof LabError ? `error ${found.size}` : `file ${input.file}`;
      if (!found.has(key)) found.set(key, input);
    }
  }
  return [...found.values()];
}
