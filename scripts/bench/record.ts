import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { renderDocument } from './document.ts';
import { drawCurve } from './drawing.ts';
import type { Bench, BenchRecord } from './types.ts';

function readRecord(file: string): BenchRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BenchRecord;
  } catch {
    return undefined;
  }
}

/** The record with newer entries; those of another machine are dropped. */
export function mergeRecord(old: BenchRecord | undefined, next: BenchRecord): BenchRecord {
  if (old === undefined || !isDeepStrictEqual(old.machine, next.machine)) return next;
  return { machine: next.machine, entries: { ...old.entries, ...next.entries } };
}

/** Writes benchmarks.json, benchmarks.md and the drawings into a directory; results of other benches are kept. */
export function writeRecord(directory: string, benches: readonly Bench[], measured: BenchRecord): void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'benchmarks.json');
  const record = mergeRecord(readRecord(file), measured);
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  writeFileSync(join(directory, 'benchmarks.md'), renderDocument(benches, record));
  for (const { curves = [] } of Object.values(record.entries)) {
    for (const curve of curves) writeFileSync(join(directory, `${curve.name}.svg`), drawCurve(curve));
  }
}
