import { json } from './json.ts';
import { junit } from './junit.ts';
import { text } from './text.ts';
import type { Report } from './types.ts';

/** Forms of a report, by the word after `-o`. A new one is a file, and a line here. */
export const reports = { text, json, junit } satisfies Record<string, Report>;
