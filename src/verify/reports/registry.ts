import { json } from './json.ts';
import { junit } from './junit.ts';
import { text } from './text.ts';
import type { Report } from './types.ts';

/** Reports by the name that `--output` takes. A new one is a file and a line here. */
export const reports: Readonly<Record<'text' | 'json' | 'junit', Report>> = { text, json, junit };
