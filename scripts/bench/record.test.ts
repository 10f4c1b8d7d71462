import test from 'ava';
import { renderDocument } from './document.ts';
import type { Machine } from './machine.ts';
import { mergeRecord } from './record.ts';
import type { Bench, BenchRecord } from './types.ts';

const machine: Machine = {
  cpu: 'CPU',
  cores: 2,
  memory: 2 ** 32,
  kernel: 'Linux 6.1 x64',
  user: 'root',
  versions: { node: '24.9.0' },
};
const entry = (what: string): BenchRecord['entries'][string] => ({
  measuredAt: '2030-01-02T00:00:00Z',
  rows: [{ what, unit: 'ms', values: [1] }],
});

test('newer results replace older ones of the same bench; another machine begins anew', (t) => {
  const old = { machine, entries: { a: entry('old a'), b: entry('old b') } };
  const next = { machine, entries: { a: entry('new a') } };
  t.deepEqual(mergeRecord(old, next).entries, { a: entry('new a'), b: entry('old b') });
  const other = { machine: { ...machine, cores: 4 }, entries: next.entries };
  t.deepEqual(mergeRecord(old, other), other);
  t.deepEqual(mergeRecord(undefined, next), next);
});

test('the document has the machine, the rows and how they were measured', (t) => {
  const bench: Bench = { name: 'a', how: 'With a clock.', run: async () => ({ rows: [] }) };
  const text = renderDocument([bench], { machine, entries: { a: entry('the row') } });
  t.true(
    text.includes('Measured 2030-01-02 on: CPU, 2 cores, 4.0 GiB of memory; Linux 6.1 x64; as root; node 24.9.0.'),
  );
  t.true(text.includes('| the row | 1.00 ms |'));
  t.true(text.includes('- `a`: With a clock.'));
});
