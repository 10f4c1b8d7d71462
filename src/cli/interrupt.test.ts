import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { endOnSignals } from './interrupt.ts';

const work = `
const { endOnSignals } = await import(process.argv[1]);
const waiting = (signal) => new Promise((_, reject) => {
  const timer = setInterval(() => {}, 1000);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    console.log('cleaned up');
    reject(signal.reason);
  });
  console.log('working');
});
await endOnSignals(waiting);
`;

for (const [name, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${name} lets the work clean up and ends with ${status}`, async (t) => {
    const module = new URL('./interrupt.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', work, module], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text === 'working\n') child.kill(name);
    });
    const [code] = await once(child, 'close');
    t.deepEqual([code, text], [status, 'working\ncleaned up\n']);
  });
}

test('work that ends by itself gives its result, or its own error', async (t) => {
  t.is(await endOnSignals(async () => 7), 7);
  await t.throwsAsync(
    endOnSignals(async () => {
      throw new RangeError('own');
    }),
    { instanceOf: RangeError },
  );
  t.is(process.listenerCount('SIGTERM'), 0);
});
