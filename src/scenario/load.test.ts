import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../errors.ts';
import { formatPlace } from '../manifest/place.ts';
import { loadScenarios, parseScenario } from './load.ts';

const service = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 80 }] }
`;

function file(steps: string, more = '', rest = service): string {
  return `apiVersion: svclab.dev/v1
kind: Scenario
metadata: { name: some }
spec:
  about: A text.
${more}  steps:
${steps}
${rest}`;
}

/** The faults of a file, each as line:column and message. */
async function faults(text: string): Promise<string[]> {
  try {
    await parseScenario('some.yaml', text);
    return [];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const all = error.all.length === 0 ? [error] : error.all;
    return all.map(({ place, message }) => `${place === undefined ? '?' : formatPlace(place)} ${message}`);
  }
}

test('a scenario: what it shows, its objects, its steps with their places', async (t) => {
  const steps = `    - expect: { from: node1, to: svc/web, outcome: refused }
    - note: two at once
      only: { modes: [iptables], releases: ["1.20"] }
      apply:
        - { apiVersion: v1, kind: Namespace, metadata: { name: a } }
        - { apiVersion: v1, kind: Namespace, metadata: { name: b } }
    - traffic: { from: node1, to: node2, while: [{ wait: { seconds: 1 } }] }
    - verify:`;
  const scenario = await parseScenario(
    'some.yaml',
    file(steps, '  only: { modes: [nftables] }\n  waitForPods: false\n'),
  );
  t.like(scenario, { name: 'some', about: 'A text.', file: 'some.yaml', waitForPods: false });
  t.deepEqual(scenario?.only, { modes: ['nftables'] });
  t.deepEqual(
    scenario?.manifests.map(({ object }) => object.kind),
    ['Service'],
  );
  t.deepEqual(
    scenario?.steps.map(({ kind, text, place }) => [kind, text, place.line]),
    [
      ['expect', 'node1 → svc/web: refused', 9],
      ['apply', 'two at once', 10],
      ['traffic', 'node1 connects to node2 all the time, while: wait for 1 s', 15],
      ['verify', 'verify', 16],
    ],
  );
  t.deepEqual(scenario?.steps[1]?.only, { modes: ['iptables'], releases: ['1.20'] });
});

test('a file without a Scenario is none', async (t) => {
  t.is(await parseScenario('some.yaml', service), undefined);
});

const wrong: readonly (readonly [title: string, text: string, faults: readonly string[]])[] = [
  ['unknown step', file('    - expct: { from: a, to: b }'), ['some.yaml:7:7 spec.steps[0].expct: unknown step']],
  [
    'two things in one step',
    file('    - verify:\n      wait: { seconds: 1 }'),
    ['some.yaml:7:7 spec.steps[0]: a step does one thing'],
  ],
  ['nothing in a step', file('    - note: hm'), ['some.yaml:7:7 spec.steps[0]: a step has to do something']],
  [
    'unknown and missing fields',
    file('    - expect: { from: a, too: b }'),
    [
      'some.yaml:7:7 spec.steps[0].expect.to: Invalid input: expected array, received undefined',
      'some.yaml:7:26 spec.steps[0].expect.too: unknown field "too"',
    ],
  ],
  [
    'an outcome that there is not',
    file('    - expect: { from: a, to: b, outcome: lost }'),
    [
      'some.yaml:7:33 spec.steps[0].expect.outcome: Invalid option: expected one of "delivered"|"refused"|"dropped"|"unreachable"',
    ],
  ],
  [
    'an object in a step',
    file(
      '    - apply:\n        apiVersion: v1\n        kind: Pod\n        metadata: { name: a }\n        spec: { conainers: [] }',
    ),
    ['some.yaml:11:17 spec.conainers: unknown field "conainers"'],
  ],
  [
    'the second object of a step',
    file(
      '    - apply:\n        - { apiVersion: v1, kind: Namespace, metadata: { name: a } }\n        - { apiVersion: v1, kind: Namspace, metadata: { name: b } }',
    ),
    ['some.yaml:9:29 kind: unknown kind "Namspace" (v1)'],
  ],
  [
    'a name that names nothing',
    file('    - delete: pod/a/b/c\n    - scale: { object: web, replicas: 2 }'),
    ['some.yaml:7:7 "pod/a/b/c" names no object', 'some.yaml:8:16 "web" names no object'],
  ],
  [
    'steps in a step',
    file('    - traffic:\n        from: a\n        to: b\n        while:\n          - wait: { secs: 1 }'),
    ['some.yaml:11:21 spec.steps[0].traffic.while[0].wait.secs: unknown field "secs"'],
  ],
  [
    'faults of the scenario and of its objects',
    file('    - verify: 3', '', '---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: {}\n'),
    [
      'some.yaml:7:7 spec.steps[0].verify: Invalid input: expected object, received number',
      'some.yaml:12:1 Service web: spec.ports: Required value',
    ],
  ],
  [
    'two scenarios',
    `${file('    - verify:')}---\n${file('    - verify:')}`,
    ['some.yaml:15:1 a file has one Scenario'],
  ],
  ['no steps', file('    []'), ['some.yaml:6:3 spec.steps: Too small: expected array to have >=1 items']],
];

for (const [title, text, expected] of wrong) {
  test(`refused: ${title}`, async (t) => {
    t.deepEqual(await faults(text), expected);
  });
}

test('files and directories, with manifests of their own', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'scenarios-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'app'));
  writeFileSync(join(directory, 'b.yaml'), file('    - verify:', '  manifests: app\n', ''));
  writeFileSync(join(directory, 'a.yaml'), file('    - verify:').replace('some', 'other'));
  writeFileSync(join(directory, 'app', 'web.yaml'), service);
  writeFileSync(join(directory, 'notes.txt'), 'no scenario');
  const scenarios = await loadScenarios([directory, join(directory, 'a.yaml')]);
  t.deepEqual(
    scenarios.map(({ name, manifests }) => [name, manifests.length]),
    [
      ['other', 1],
      ['some', 1],
    ],
  );
  const error = await t.throwsAsync(loadScenarios([join(directory, 'app'), join(directory, 'none')]));
  t.true(error instanceof LabError);
  t.deepEqual(error instanceof LabError && error.all.map(({ code }) => code), ['not-found', 'not-found']);
});
