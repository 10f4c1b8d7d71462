import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { requireTool } from '../src/kernel/tools.ts';

const program = fileURLToPath(new URL('kernel/inside.ts', import.meta.url));

for (const [title, seed] of [
  ['a fixed seed', 7],
  ['a random seed', Math.floor(Math.random() * 2 ** 31)],
] as const) {
  test(`random states reach the kernel and are read back, whatever was there before: ${title}`, async (t) => {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const argv = [...user, ...namespaces, process.execPath, program, String(seed)];
    const { stdout, stderr, exitCode } = await execa(requireTool('unshare'), argv, { reject: false, timeout: 110_000 });
    t.is(exitCode, 0, `seed ${seed}: ${stderr}`);
    t.is(stdout, `seed ${seed}`);
  });
}
