import test from 'ava';
import { expand } from './expand.ts';

const variables = new Map([
  ['NAME', 'web'],
  ['EMPTY', ''],
  ['A-B', 'dash'],
]);

// Cases after the table in Kubernetes' design of variable expansion.
const cases: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['$(NAME)', 'web'],
  ['a $(NAME) b $(NAME)', 'a web b web'],
  ['[$(EMPTY)]', '[]'],
  ['$(A-B)', 'dash'],
  ['$(UNKNOWN)', '$(UNKNOWN)'],
  ['$$(NAME)', '$(NAME)'],
  ['$$$(NAME)', '$web'],
  ['$$$$(NAME)', '$$(NAME)'],
  ['$NAME', '$NAME'],
  ['$(NAME', '$(NAME'],
  ['$', '$'],
  ['a$', 'a$'],
  ['$()', '$()'],
  ['$(NAME)$(NAME)', 'webweb'],
];

for (const [text, expected] of cases) {
  test(`${text} becomes ${expected}`, (t) => {
    t.is(
      expand(text, (name) => variables.get(name)),
      expected,
    );
  });
}
