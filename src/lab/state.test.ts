import test from 'ava';
import { applyToLab } from './changes.ts';
import { LabState } from './state.ts';

test('a round without rules is one that lacks nothing else', (t) => {
  const states = [0, 1].map(() => {
    const state = new LabState('x', () => new Date('2026-01-01T00:00:00Z'));
    applyToLab(state, { objects: [] });
    return state;
  });
  const [whole, bare] = [states[0]?.round(), states[1]?.roundWithoutRules()];
  const rules = whole?.desired.namespaces.flatMap(({ rulesets }) => rulesets) ?? [];
  t.true(rules.length > 0);
  const shape = (round: typeof whole) =>
    round?.desired.namespaces.map(({ links, addresses, routes }) => [links.length, addresses.length, routes.length]);
  t.deepEqual(shape(bare), shape(whole));
  t.deepEqual(
    bare?.desired.namespaces.flatMap(({ rulesets }) => rulesets),
    [],
  );
});
