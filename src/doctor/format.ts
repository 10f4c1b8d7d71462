import type { CheckResult, DoctorReport } from './types.ts';

const marks = { ok: '✔', warn: '!', missing: '✖' } as const;

function mark({ status, needed }: CheckResult): string {
  return status === 'missing' && !needed ? '-' : marks[status];
}

function line(result: CheckResult, width: number): string[] {
  const note = result.needed || result.status === 'ok' ? '' : ' (optional)';
  const first = `${mark(result)} ${result.title.padEnd(width)}  ${result.detail}${note}`;
  return result.fix === undefined ? [first] : [first, `  ${' '.repeat(width)}  fix: ${result.fix}`];
}

function verdict(report: DoctorReport): string {
  const lacking = report.checks
    .filter(({ needed, status }) => needed && status === 'missing')
    .map(({ title }) => title);
  if (report.usable) return 'This machine can run labs.';
  return `This machine cannot run labs yet; missing: ${lacking.join(', ')}.`;
}

/** The report as text for people: one line a check, its fix below it, and the verdict at the end. */
export function formatDoctor(report: DoctorReport): string {
  const width = Math.max(...report.checks.map(({ title }) => title.length));
  const head = `Linux ${report.kernel}, labs run as ${report.runsAs === 'root' ? 'root' : 'an ordinary user'}`;
  return [head, '', ...report.checks.flatMap((result) => line(result, width)), '', verdict(report), ''].join('\n');
}

/** The report as JSON, as `svclab doctor -o json` prints it. */
export function formatDoctorJSON(report: DoctorReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
