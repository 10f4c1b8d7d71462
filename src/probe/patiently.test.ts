import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as check, setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { patiently } from './patiently.ts';

test('what came in while the process slept is read before patience ends', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.connect(socket.address().port, '127.0.0.1');
  await once(socket, 'connect');
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('message', () => order.push('answer'));
  // After the check phase the event loop looks at its timers, and then only at sockets.
  await check();
  patiently(() => {
    order.push('silence');
    resolve();
  }, 1);
  socket.send('question');
  const until = performance.now() + 50;
  while (performance.now() < until);
  await promise;
  t.deepEqual(order, ['answer', 'silence']);
  socket.close();
});

test('it can be called off', async (t) => {
  let done = false;
  const callOff = patiently(() => {
    done = true;
  }, 1);
  callOff();
  await sleep(10);
  t.false(done);
});
