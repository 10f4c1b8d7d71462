import { Buffer, isUtf8 } from 'node:buffer';
import { LabError } from '../errors.ts';
import { placeInText } from './place.ts';

/** The largest manifest file that is read, in bytes: 16 MiB. */
export const largestManifest = 16 * 1024 * 1024;

/** Everything in \p{Cc} but tab, line feed, carriage return and NEL, which YAML 1.1 allows. */
const controlCharacter = /[^\P{Cc}\t\n\r\u0085]/u;
const replacement = '\uFFFD';
const replacementBytes = Buffer.from(replacement);

function refuse(
  file: string,
  message: string,
  hint: string,
  at?: { readonly text: string; readonly offset: number },
): never {
  const place = at === undefined ? { file } : placeInText(file, at.text, at.offset);
  throw new LabError('invalid-yaml', message, { place, hint });
}

/** Offset of the first replacement character that stands for a broken byte, and not for itself. */
function firstBroken(text: string, bytes: Buffer): number {
  let [at, byte, from] = [text.indexOf(replacement), 0, 0];
  while (at >= 0) {
    byte += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(byte, byte + 3).equals(replacementBytes)) return at;
    from = at;
    at = text.indexOf(replacement, at + 1);
  }
  return 0;
}

/** Throws `invalid-yaml` when a file of this size, in bytes, is too large to read. */
export function checkSize(file: string, bytes: number): void {
  if (bytes <= largestManifest) return;
  const size = (bytes / 1024 / 1024).toFixed(1);
  const limit = largestManifest / 1024 / 1024;
  refuse(file, `the file has ${size} MiB; the limit is ${limit} MiB`, 'Split it into several files.');
}

function decodeBytes(file: string, input: Uint8Array): string {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return text;
  return refuse(file, 'the file is not UTF-8 text', 'Save it as UTF-8.', { text, offset: firstBroken(text, bytes) });
}

/**
 * The text of a manifest without its byte order mark. Throws `invalid-yaml` for more than 16 MiB, bytes that are not
 * UTF-8, and control characters, each with the place.
 */
export function manifestText(file: string, input: string | Uint8Array): string {
  checkSize(file, typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength);
  const text = (typeof input === 'string' ? input : decodeBytes(file, input)).replace(/^\uFEFF/, '');
  const control = text.search(controlCharacter);
  if (control < 0) return text;
  const code = text.charCodeAt(control).toString(16).padStart(2, '0');
  return refuse(file, `control character 0x${code}`, 'YAML is plain text; remove it.', { text, offset: control });
}

/** The most parts that a YAML text may have: lines, entries and brackets; a document counts for ten. */
const mostParts = 1_000_000;

/** Whether the YAML reader, which needs a kilobyte of memory for a part, should not be given the text. */
export function hasTooManyParts(text: string): boolean {
  let parts = 0;
  for (const [sign] of text.matchAll(/\n(?:---)?|[,[{]|[-?] /g)) {
    parts += sign === '\n---' ? 10 : 1;
    if (parts > mostParts) return true;
  }
  return false;
}

/** Throws `invalid-yaml` when the text is too much for the YAML reader. */
export function checkParts(file: string, text: string): void {
  if (!hasTooManyParts(text)) return;
  const message = `the file has more than ${mostParts.toLocaleString('en')} lines and list entries`;
  refuse(file, message, 'Split it into several files.');
}
