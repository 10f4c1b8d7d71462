import test from 'ava';
import type { Fault } from './fault.ts';
import { normalizeObject } from './normalize.ts';
import type { KindName, ObjectOf } from './types/object.ts';

/** A manifest with spec and further fields, as tests write it. */
export function manifest(apiVersion: string, kind: string, spec?: unknown, more: object = {}): object {
  return { apiVersion, kind, metadata: { name: 'web' }, ...(spec === undefined ? {} : { spec }), ...more };
}

/** The normalized object; throws when there are faults. */
export function good<K extends KindName>(kind: K, raw: object): ObjectOf<K> {
  const result = normalizeObject(raw);
  if ('faults' in result) throw new Error(result.faults.map(({ field, message }) => `${field}: ${message}`).join('\n'));
  if (result.object.kind !== kind) throw new Error(`got a ${result.object.kind}`);
  return result.object as ObjectOf<K>;
}

/** The faults of an object; none when it is fine. */
export function faultsOf(raw: unknown): readonly Fault[] {
  const result = normalizeObject(raw);
  return 'faults' in result ? result.faults : [];
}

/** The faults, each as `field: message`. */
export function faultLines(raw: unknown): readonly string[] {
  return faultsOf(raw).map(({ field, message }) => `${field}: ${message}`);
}

/** A name, an object, and how each of its faults begins (or a pattern of it). */
export type FaultCase = readonly [name: string, raw: unknown, faults: readonly (string | RegExp)[]];

/** One test a case. */
export function checkFaults(cases: readonly FaultCase[]): void {
  for (const [name, raw, expected] of cases) {
    test(name, (t) => {
      const lines = faultLines(raw);
      t.is(lines.length, expected.length, lines.join('\n'));
      for (const [index, line] of lines.entries()) {
        const want = expected[index] ?? '';
        if (typeof want === 'string') t.true(line.startsWith(want), `${line}\nis not\n${want}`);
        else t.regex(line, want);
      }
    });
  }
}
