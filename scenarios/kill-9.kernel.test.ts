import test from 'ava';
import { hostState } from './testing/host.ts';
import { killAtRandomMoments } from './testing/kills.ts';
import { withScratch } from './testing/scratch.ts';

test('kill -9 of the controller at 50 random moments: nothing is left and the machine is what it was', async (t) => {
  const before = await hostState();
  await withScratch(t, (scratch) => killAtRandomMoments(t, scratch, 50));
  const after = await hostState();
  for (const [name, lines] of Object.entries(before)) t.deepEqual(after[name], lines, name);
});
