import test from 'ava';
import fc from 'fast-check';
import { shortHash } from '../base32.ts';
import { chainEdit } from './chain-edit.ts';
import { probability } from './probability.ts';

test('chains are named by the first characters of a SHA-256 in base32', (t) => {
  t.is(shortHash('default/httpd-svc:tcp', 16), 'RL3JAE4GN7VOGDGP');
  t.is(shortHash('default/httpd-svctcp', 16), 'IYRDZZKXS5EOQ6Q6');
  t.is(shortHash('kube-system/kube-dns:dnsudp', 16), 'TCOU7JCQXEZGVUNU');
  t.is(shortHash('default/httpd-svctcp10.244.2.38:80', 16), '56XWLVQFJVVTY4QG');
  t.is(shortHash('default/v6svc:httptcp[fd00::5]:8080', 16), 'V6IBH5O75BB3V2TL');
  t.is(shortHash('ns1/svc1/tcp/p80', 8), 'ULMVA6XW');
  t.is(shortHash('ns1/svc1/tcp/p80__10.180.0.1/80', 8), '5OJB2KTY');
});

test('probabilities are what iptables-save prints of five and of ten digits', (t) => {
  const modern = [2, 3, 5, 6, 7, 9, 11, 12].map((choices) => probability(choices, 10));
  t.deepEqual(modern, [
    '0.50000000000',
    '0.33333333349',
    '0.20000000019',
    '0.16666666651',
    '0.14285714272',
    '0.11111111101',
    '0.09090909082',
    '0.08333333349',
  ]);
  const classic = [2, 3, 6, 7, 9].map((choices) => probability(choices, 5));
  t.deepEqual(classic, ['0.50000000000', '0.33332999982', '0.16667000018', '0.14286000002', '0.11110999994']);
});

/** What iptables-restore makes of a chain. */
function apply(rules: readonly string[], lines: readonly string[]): readonly string[] {
  const chain = [...rules];
  for (const line of lines) {
    const [command, , second = '', ...rest] = line.split(' ');
    if (command === '-D') chain.splice(chain.indexOf([second, ...rest].join(' ')), 1);
    else chain.splice(Number(second) - 1, 0, rest.join(' '));
  }
  return chain;
}

test('editing a chain leads to the rules that are wanted', (t) => {
  const rule = fc.integer({ min: 0, max: 300 }).map((number) => `-j CHAIN-${number}`);
  const chain = fc.uniqueArray(rule, { minLength: 40, maxLength: 80 });
  const change = fc.record({
    removed: fc.array(fc.nat(39), { maxLength: 4 }),
    added: fc.array(fc.tuple(fc.nat(40), rule)),
  });
  let edited = 0;
  fc.assert(
    fc.property(chain, change, (before, { removed, added }) => {
      const after = before.filter((_, at) => !removed.includes(at));
      for (const [at, extra] of added) if (!after.includes(extra)) after.splice(at, 0, extra);
      const lines = chainEdit('KUBE-SERVICES', before, after);
      if (lines === undefined) return;
      edited++;
      t.deepEqual(apply(before, lines), after);
    }),
  );
  t.true(edited > 50);
});

test('a chain is written anew when its order changed, much changed, or a rule comes twice', (t) => {
  const rules = Array.from({ length: 20 }, (_, at) => `-j CHAIN-${at}`);
  const [first = '', second = '', ...rest] = rules;
  t.is(chainEdit('X', rules, [second, first, ...rest]), undefined);
  t.is(chainEdit('X', rules, rules.slice(10)), undefined);
  t.is(chainEdit('X', [first, ...rules], rest), undefined);
  t.deepEqual(chainEdit('X', rules, [first, ...rest]), [`-D X ${second}`]);
});
