import { readFileSync } from 'node:fs';
import { fileOf } from '../files.ts';

/** The version in the package's package.json, which lies beside src/ and dist/. */
export function packageVersion(): string {
  const text = readFileSync(fileOf('../package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
