import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a directory that hold manifests. */
export const manifestName = /\.(ya?ml|json)$/;

/** Bytes of a file from which on parsing it takes so long that a quick look saves nothing. */
const quickSize = 1024 * 1024;

const name = '["\']?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)["\']?';
const flowName = new RegExp(`^metadata: *\\{ *name: *${name} *[,}]`, 'm');
const blockName = new RegExp(`^metadata: *\\n+ +name: *${name} *$`, 'm');

/** The name that a document gives its Lab: '' where there is no Lab, undefined where only a parser can tell. */
function nameInDocument(text: string): string | undefined {
  if (!/\bLab\b/.test(text)) return '';
  const isLab = /^kind: *Lab *$/m.test(text) && /^apiVersion: *svclab\.dev\/v1 *$/m.test(text);
  return isLab ? (flowName.exec(text) ?? blockName.exec(text))?.[1] : undefined;
}

/**
 * `metadata.name` of the Lab object in a YAML text, without parsing it: '' where the text has no Lab, undefined where
 * only a parser can tell.
 */
export function quickLabName(text: string): string | undefined {
  if (/[\\\0\ufffd]/.test(text)) return undefined;
  const names = text
    .replaceAll(/^ *#.*$/gm, '')
    .split(/^---(?=\s|$)/m)
    .map(nameInDocument);
  return names.includes(undefined) ? undefined : (names.find((one) => one !== '') ?? '');
}

function filesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path).filter((file) => manifestName.test(file));
  return files.sort().map((file) => join(path, file));
}

function nameInFile(path: string): string | undefined {
  return statSync(path).size < quickSize ? quickLabName(readFileSync(path, 'utf8')) : undefined;
}

/**
 * The same of files and directories, as loadManifests reads them; undefined also for standard input, and for what cannot
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
