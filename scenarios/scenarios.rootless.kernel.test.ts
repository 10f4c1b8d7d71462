import anyTest, { type TestFn } from 'ava';
import { matrix } from './runner/matrix.ts';
import { turns } from './runner/turns.ts';
import { openScratch, patience } from './testing/scratch.ts';

const test = anyTest as TestFn;
const place = openScratch();
/** Scenarios wait more than they work. */
const inTurn = turns(3);

test.after.always(() => place.close());

for (const { name, file, mode, release } of matrix()) {
  test(`${name}: ${mode}, ${release}`, async (t) => {
    t.timeout(patience);
    const args = ['test', file, '--mode', mode, '--release', release];
    const { exitCode, stdout, stderr } = await inTurn(() => place.scratch.svclab(...args));
    t.is(exitCode, 0, stdout + stderr);
    t.true(stdout.includes(` ${name} (${mode}, ${release}): `), stdout);
  });
}

test('a scenario that says otherwise fails, and tells what it got', async (t) => {
  t.timeout(patience);
  const text = `apiVersion: svclab.dev/v1
kind: Scenario
metadata: { name: wrong }
spec:
  about: The port of a node that nothing listens on.
  steps:
    - note: this is right
      expect: { from: client/laptop, to: "node1:30080", outcome: refused }
    - note: this is not
      exec: { in: node1, run: [hostname], prints: node2 }
`;
  const file = place.scratch.file(text, 'wrong.yaml');
  const { exitCode, stdout } = await inTurn(() => place.scratch.svclab('test', file));
  t.is(exitCode, 1);
  t.regex(stdout, /✗ wrong \(iptables, 1\.36\): 1 steps/);
  t.regex(stdout, /this is not\n +at .*wrong\.yaml:9\n +node1: hostname: it does not print "node2"\n +node1/);
});

test('faults of a file are told with their places, and no lab is started', async (t) => {
  const text = `apiVersion: svclab.dev/v1
kind: Scenario
metadata: { name: faulty }
spec:
  about: Three faults.
  steps:
    - expect: { form: node1, to: node2 }
    - aply: { kind: Pod }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 70000 }] }
`;
  const file = place.scratch.file(text, 'faulty.yaml');
  const { exitCode, stderr } = await place.scratch.svclab('test', file);
  t.is(exitCode, 2);
  for (const line of [
    'unknown field "form"',
    'faulty.yaml:7:17',
    'Did you mean from?',
    'faulty.yaml:8:7',
    'Did you mean apply?',
    'faulty.yaml:13:19',
  ]) {
    t.true(stderr.includes(line), `${line}\n${stderr}`);
  }
});
