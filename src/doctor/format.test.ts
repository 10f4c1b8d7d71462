import test from 'ava';
import { isUsable } from './doctor.ts';
import { formatDoctor, formatDoctorJSON } from './format.ts';
import type { CheckResult, DoctorReport } from './types.ts';

const good: CheckResult = { id: 'veth', title: 'veth links', needed: true, status: 'ok', detail: 'fine' };
const absent: CheckResult = {
  id: 'dummy',
  title: 'dummy',
  needed: false,
  status: 'missing',
  detail: 'Unknown device type.',
  fix: 'sudo modprobe dummy',
};
const bad: CheckResult = { ...absent, id: 'vxlan', title: 'vxlan links', needed: true };

function report(...checks: CheckResult[]): DoctorReport {
  return { usable: isUsable(checks), kernel: '6.1.0', runsAs: 'user', checks };
}

test('only something needed that is missing makes a machine unusable', (t) => {
  t.true(isUsable([good, absent]));
  t.true(isUsable([{ ...bad, status: 'warn' }]));
  t.false(isUsable([good, bad]));
});

test('as text: a line a check, the fix below it, the verdict last', (t) => {
  t.is(
    formatDoctor(report(good, absent)),
    [
      'Linux 6.1.0, labs run as an ordinary user',
      '',
      '✔ veth links  fine',
      '- dummy       Unknown device type. (optional)',
      '              fix: sudo modprobe dummy',
      '',
      'This machine can run labs.',
      '',
    ].join('\n'),
  );
  t.regex(formatDoctor(report(good, bad)), /✖ vxlan links[\s\S]*cannot run labs yet; missing: vxlan links\.\n$/);
});

test('as JSON: the report itself', (t) => {
  t.deepEqual(JSON.parse(formatDoctorJSON(report(good, bad))), report(good, bad));
});
