import { LabError } from '../errors.ts';
import { type Documents, readDocuments } from './documents.ts';
import { readLargeJson } from './json.ts';
import { checkParts, manifestText } from './text.ts';

/** A manifest: a name for messages, and its text or bytes. */
export interface ManifestInput {
  readonly file: string;
  readonly text: string | Uint8Array;
}

/** The documents of a manifest, and its faults; throws nothing that is the manifest's fault. */
export function inputDocuments({ file, text: input }: ManifestInput): Documents {
  try {
    const text = manifestText(file, input);
    const quick = readLargeJson(file, text);
    if (quick !== undefined) return quick;
    checkParts(file, text);
    return readDocuments(file, text);
  } catch (error) {
    if (error instanceof LabError) return { documents: [], errors: [error] };
    throw error;
  }
}
