import test from 'ava';
import { execa } from 'execa';
import { runDoctor } from '../src/doctor/doctor.ts';
import type { DoctorReport } from '../src/doctor/types.ts';
import { requireTool } from '../src/kernel/tools.ts';

const doctor = new URL('../src/doctor/doctor.ts', import.meta.url).href;
const program = `import { runDoctor } from '${doctor}'; console.log(JSON.stringify(await runDoctor()))`;

/** What the doctor says in a user namespace of which one limit is zero. */
async function doctorWithout(limit: string): Promise<DoctorReport> {
  const zero = 'echo 0 > "/proc/sys/user/$1"; shift; exec "$@"';
  const node = [process.execPath, '--input-type=module', '--eval', program];
  const inside = [requireTool('sh'), '-c', zero, 'sh', limit, ...node];
  const { stdout } = await execa(requireTool('unshare'), ['--user', '--map-root-user', ...inside]);
  return JSON.parse(stdout);
}

function statusOf(report: DoctorReport, id: string): string | undefined {
  return report.checks.find((check) => check.id === id)?.status;
}

async function hostState(): Promise<unknown> {
  const { stdout: links } = await execa(requireTool('ip'), ['-o', 'link']);
  const { stdout: children } = await execa(requireTool('ps'), ['--ppid', String(process.pid), '-o', 'comm=']);
  return { links, children };
}

test.serial('a machine that runs the kernel tests is found usable, and nothing of it is changed', async (t) => {
  const before = await hostState();
  const report = await runDoctor();
  t.deepEqual(
    report.checks.filter(({ needed, status }) => needed && status === 'missing'),
    [],
  );
  t.true(report.usable);
  t.is(report.runsAs, process.getuid?.() === 0 ? 'root' : 'user');
  t.deepEqual(await hostState(), before);
});

test('without network namespaces the machine is unusable, and everything else still gets an answer', async (t) => {
  const report = await doctorWithout('max_net_namespaces');
  t.false(report.usable);
  t.is(statusOf(report, 'network-namespaces'), 'missing');
  t.is(statusOf(report, 'vxlan'), 'missing');
  t.is(statusOf(report, 'tool-ip'), 'ok');
});

test('forbidden user namespaces are noticed, with the fix', async (t) => {
  const report = await doctorWithout('max_user_namespaces');
  const found = report.checks.find(({ id }) => id === 'user-namespaces');
  t.is(found?.status, 'missing');
  t.is(found?.fix, 'sudo sysctl -w user.max_user_namespaces=15000');
  t.true(report.usable, 'root does without them');
});
