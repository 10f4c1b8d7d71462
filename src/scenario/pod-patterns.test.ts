import test from 'ava';
import { answererComplaint, matchesPod, podComplaint } from './pod-patterns.ts';

test('patterns name Pods of the namespace default unless they say otherwise', (t) => {
  t.true(matchesPod('web-0', 'default/web-0'));
  t.true(matchesPod('web-*', 'default/web-7d4b9-x2'));
  t.true(matchesPod('shop/web', 'shop/web'));
  t.true(matchesPod('*/*', 'shop/web'));
  t.false(matchesPod('web', 'shop/web'));
  t.false(matchesPod('web-0', 'default/web-01'));
  t.false(matchesPod('w.b', 'default/web'));
});

test('every Pod has a pattern and every pattern a Pod', (t) => {
  t.is(podComplaint(['web-*', 'db'], ['default/web-0', 'default/web-1', 'default/db']), undefined);
  t.is(podComplaint(['web-0'], ['default/web-0', 'default/web-1']), 'default/web-0, default/web-1 instead of web-0');
  t.is(podComplaint(['web-0', 'db'], ['default/web-0']), 'default/web-0 instead of web-0, db');
  t.is(podComplaint(['web-0'], []), 'no Pod instead of web-0');
});

test('who may answer, and who may not', (t) => {
  t.is(answererComplaint(['web-0', 'web-1'], ['default/web-1']), undefined);
  t.is(answererComplaint(['!web-0'], ['default/web-1']), undefined);
  t.is(answererComplaint(['!web-0'], ['default/web-0']), 'default/web-0 answered, which is not !web-0');
  t.is(answererComplaint(['web-*', '!web-0'], ['default/web-0']), 'default/web-0 answered, which is not web-*, !web-0');
  t.is(answererComplaint(['web-0'], ['default/db']), 'default/db answered, which is not web-0');
  t.is(answererComplaint(['!web-0'], []), 'nobody answered; expected was !web-0');
});
