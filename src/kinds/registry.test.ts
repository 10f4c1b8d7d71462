import test from 'ava';
import fc from 'fast-check';
import { editDistance, nearest } from './nearest.ts';
import { at, type PathStep, pathSteps } from './path.ts';
import { kindByName, kindNamed, kindOf, kinds } from './registry.ts';
import { formatSelector, selectorMatches } from './selector.ts';
import { faultsOf, manifest } from './testing.ts';

test('kinds are found by any of their names', (t) => {
  const words = {
    svc: 'Service',
    Services: 'Service',
    deploy: 'Deployment',
    'deploy.apps': 'Deployment',
    EP: 'Endpoints',
  };
  for (const [word, kind] of Object.entries(words)) t.is(kindNamed(word)?.kind, kind as never, word);
  for (const { kind } of kinds) {
    t.is(kindNamed(kind)?.kind, kind);
    t.is(kindByName(kind).kind, kind);
  }
  for (const word of ['', 'serv', 'deploy.extensions', 'constructor', '.']) t.is(kindNamed(word), undefined, word);
});

test('no two kinds share a word', (t) => {
  const words = kinds.flatMap(({ plural, singular, shortNames }) => [...new Set([plural, singular, ...shortNames])]);
  t.is(new Set(words).size, words.length);
});

test('a kind is found in each of its versions only', (t) => {
  t.is(kindOf('extensions/v1beta1', 'Deployment')?.group, 'apps');
  t.is(kindOf('v1', 'Service')?.group, '');
  t.is(kindOf('v1', 'Deployment'), undefined);
  t.is(kindOf('v1', 'toString'), undefined);
});

test('hints name what was meant', (t) => {
  const hint = (raw: unknown) => faultsOf(raw)[0]?.hint;
  const service = (spec: object) => manifest('v1', 'Service', { ports: [{ port: 80 }], ...spec });
  t.is(hint(manifest('v1', 'Servcie')), 'Did you mean Service?');
  t.is(hint(manifest('v1', 'Deployment')), 'Write apiVersion: apps/v1.');
  t.is(hint(service({ ports: [{ port: 80, target_port: 80 }] })), 'Did you mean targetPort?');
  t.is(hint(service({ ports: [{ port: 80, nodeport: 80 }] })), 'Did you mean nodePort?');
  t.is(
    hint(service({ ports: [{ port: 80, zzz: 80 }] })),
    'Fields here: name, protocol, appProtocol, port, targetPort, nodePort.',
  );
  t.is(hint(service({ type: 'loadbalancer' })), 'Did you mean LoadBalancer?');
  t.is(hint(service({ ports: [{ port: '80' }] })), 'Write it without quotes: 80.');
  t.is(hint(service({ selector: { v: 1 } })), 'Write it in quotes: "1".');
  const container = { name: 'a', image: 'b', env: [{ name: 'X', valueFrom: { fieldRef: { fieldpath: 'x' } } }] };
  t.is(hint(manifest('v1', 'Pod', { containers: [container] })), 'Did you mean fieldPath?');
});

test('edit distance', (t) => {
  const cases = { 'kitten sitting': 3, 'ab ba': 1, ' abc': 3, 'abc abc': 0, 'selectr selector': 1 };
  for (const [words, expected] of Object.entries(cases)) {
    const [a = '', b = ''] = words.split(' ');
    t.is(editDistance(a, b), expected, words);
    t.is(editDistance(b, a), expected, words);
  }
  t.is(nearest('xyzzy', ['port', 'name']), undefined);
});

test('field paths come back from their text', (t) => {
  t.is(at('spec.ports', 0, 'port'), 'spec.ports[0].port');
  t.is(at('metadata.labels', 'app.kubernetes.io/name'), 'metadata.labels[app.kubernetes.io/name]');
  const digits = (step: PathStep) => typeof step === 'string' && /^\d+$/.test(step);
  const step = fc.oneof(fc.nat(999), fc.string(), fc.constantFrom('a.b', 'a[0]', ']', '"', '', 'x-y', '__proto__'));
  fc.assert(
    fc.property(
      fc.array(
        step.filter((one) => !digits(one)),
        { minLength: 1 },
      ),
      (steps) => JSON.stringify(pathSteps(at('', ...steps))) === JSON.stringify(steps),
    ),
  );
});

test('selectors', (t) => {
  const labels = { app: 'web', tier: 'x' };
  const expression = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  t.true(selectorMatches({}, labels));
  t.true(selectorMatches({ matchLabels: { app: 'web' } }, labels));
  t.false(selectorMatches({ matchLabels: { app: 'web', toString: 'x' } }, labels));
  t.true(selectorMatches(expression('app', 'In', 'web', 'db'), labels));
  t.false(selectorMatches(expression('none', 'In', 'web'), labels));
  t.true(selectorMatches(expression('none', 'NotIn', 'web'), labels));
  t.false(selectorMatches(expression('app', 'NotIn', 'web'), labels));
  t.true(selectorMatches(expression('app', 'Exists'), labels));
  t.false(selectorMatches(expression('constructor', 'Exists'), labels));
  t.true(selectorMatches(expression('none', 'DoesNotExist'), labels));
  t.is(formatSelector(expression('app', 'NotIn', 'a', 'b')), 'app notin (a,b)');
  t.is(formatSelector({}), '<none>');
});
