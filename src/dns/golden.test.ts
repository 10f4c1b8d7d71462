import test from 'ava';
import { answer } from './answer.ts';
import { recordText, type ZoneRecord } from './records.ts';
import { goldenAnswers, goldenOptions, goldenSerial, goldenZone } from './testing/golden.ts';

const zone = goldenZone();

function texts(records: readonly ZoneRecord[]): readonly string[] {
  return records.map((record) => recordText(record).replace(` ${goldenSerial} `, ' SERIAL ')).sort();
}

test('the golden answers were read', (t) => {
  t.is(goldenAnswers.length, 57);
});

for (const golden of goldenAnswers) {
  test(`CoreDNS answers ${golden.query} ${golden.type}`, (t) => {
    const question = { labels: golden.query.replace(/\.$/, '').split('.'), type: golden.type };
    const given = answer(question, zone, goldenOptions);
    if (given === 'next') {
      t.is(golden.rcode, 'SERVFAIL');
      t.false(golden.aa);
      return;
    }
    t.is(golden.rcode, given.rcode);
    t.is(given.authoritative, golden.aa);
    t.deepEqual(texts(given.answers), golden.answer.toSorted());
    t.deepEqual(texts(given.authorities), golden.authority.toSorted());
    t.deepEqual(texts(given.additionals), golden.additional.toSorted());
  });
}
