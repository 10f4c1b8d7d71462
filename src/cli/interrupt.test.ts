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

test('work that fails gives its own error, and signals end the process again', async (t) => {
  const failing = endOnSignals(async () => {
    throw new RangeError('own');
  });
  await t.throwsAsync(failing, { instanceOf: RangeError });
  t.is(process.listenerCount('SIGTERM'), 0);
});

test('a signal after the work has succeeded changes nothing', async (t) => {
  const module = new URL('./interrupt.ts', import.meta.url).href;
  const done = `
    const { endOnSignals } = await import(process.argv[1]);
    const result = await endOnSignals(async () => 7);
    process.kill(process.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(result);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', done, module], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  t.deepEqual([code, text], [0, '7\n']);
});
