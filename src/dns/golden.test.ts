import { readFileSync } from 'node:fs';
import test from 'ava';
import { parseManifest } from '../manifest/parse.ts';
import { parseIP } from '../net/address.ts';
import { answer } from './answer.ts';
import { kubeadmOptions } from './options.ts';
import { recordText, type ZoneRecord } from './records.ts';
import { Zone } from './zone.ts';
import { zoneChanges } from './zone-item.ts';

interface Golden {
  readonly query: string;
  readonly type: string;
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  readonly aa: boolean;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

const read = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8');
const cluster = parseManifest({ file: 'cluster.yaml', text: read('cluster.yaml') }).map(({ object }) => object);
const zone = new Zone();
zone.apply(zoneChanges(cluster), 12345);
const options = { ...kubeadmOptions, localIPs: [parseIP('10.96.0.10')] };

function texts(records: readonly ZoneRecord[]): readonly string[] {
  return records.map((record) => recordText(record).replace(' 12345 ', ' SERIAL ')).sort();
}

const lines = read('answers.jsonl').trim().split('\n');

test('the golden answers were read', (t) => {
  t.is(lines.length, 57);
});

for (const line of lines) {
  const golden = JSON.parse(line) as Golden;
  test(`CoreDNS answers ${golden.query} ${golden.type}`, (t) => {
    const question = { labels: golden.query.replace(/\.$/, '').split('.'), type: golden.type };
    const given = answer(question, zone, options);
    if (given === 'next') {
      t.is(golden.rcode, 'SERVFAIL');
      t.false(golden.aa);
      return;
    }
    t.is<string>(given.rcode, golden.rcode);
    t.is(given.authoritative, golden.aa);
    t.deepEqual(texts(given.answers), golden.answer.toSorted());
    t.deepEqual(texts(given.authorities), golden.authority.toSorted());
    t.deepEqual(texts(given.additionals), golden.additional.toSorted());
  });
}
