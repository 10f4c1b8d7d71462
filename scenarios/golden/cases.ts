import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { parseAllDocuments } from 'yaml';

const testdata = new URL('../../src/proxy/testdata/', import.meta.url);

/** A dump of a real kube-proxy and the objects that it was given. */
export interface GoldenCase {
  readonly name: string;
  /** What the kernel held, as the listing tool printed it. */
  readonly dump: string;
  readonly objects: readonly { readonly kind: string }[];
}

function isObject(value: unknown): value is { readonly kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

/** The objects of one case. */
export function caseObjects(name: string): readonly { readonly kind: string }[] {
  const text = readFileSync(new URL(`cases/${name}.yaml`, testdata), 'utf8');
  return parseAllDocuments(text).map((document) => {
    const value: unknown = document.toJS();
    if (!isObject(value)) throw new TypeError(`${name}.yaml holds a document without kind`);
    return value;
  });
}

/** All cases with a dump in the folder, such as `v1.36.2/iptables`, that ends in `.rules`, `.rules6` or `.nft`. */
export function goldenCases(folder: string, extension: '.rules' | '.rules6' | '.nft'): readonly GoldenCase[] {
  const files = readdirSync(new URL(`${folder}/`, testdata)).filter((file) => extname(file) === extension);
  return files.sort().map((file) => {
    const name = basename(file, extension);
    return { name, dump: readFileSync(new URL(`${folder}/${file}`, testdata), 'utf8'), objects: caseObjects(name) };
  });
}
