import test from 'ava';
import type { Connection, VerifyReport } from '../../api/types.ts';
import { escapeXml } from './junit.ts';
import { reports } from './registry.ts';

const fine: Connection = {
  from: 'pod/default/busybox',
  to: 'http://10.96.203.6:8080',
  about: 'ClusterIP default/httpd',
  predicted: [
    {
      outcome: 'delivered',
      endpoint: '10.244.1.2:80',
      pod: 'default/httpd-0',
      node: 'node2',
      source: '10.244.1.7',
      probability: 1,
    },
  ],
  observed: [
    { outcome: 'delivered', endpoint: '10.244.1.2:80', pod: 'default/httpd-0', source: '10.244.1.7', count: 1 },
  ],
  agrees: true,
};
const wrong: Connection = {
  ...fine,
  from: 'client/laptop<&>"\'',
  to: 'http://192.168.56.11:30080',
  about: `NodePort default/${'a-very-long-name-'.repeat(6)} on node1`,
  observed: [{ outcome: 'refused', count: 1 }],
  agrees: false,
  difference: 'Outcome: refused; predicted was 10.244.1.2:80 (default/httpd-0) seeing 10.244.1.7.',
};
const report: VerifyReport = { agreed: 1, disagreed: 1, connections: [fine, wrong], milliseconds: 1234 };

test('text: a table, then the mismatch with both sides, within the width', (t) => {
  for (const columns of [60, 100]) {
    const lines = reports.text(report, { columns }).split('\n');
    for (const line of lines) t.true(line.length <= columns, line);
    t.true(lines.some((line) => /^way in\s+from Pods\s+from nodes\s+from outside$/.test(line)));
    t.true(lines.some((line) => /^ClusterIP\s+1 agree/.test(line)));
    t.true(lines.some((line) => /^NodePort\s.*0 agree, 1 not$/.test(line)));
    t.true(lines.some((line) => line.startsWith('✗ client/laptop')));
    t.true(lines.some((line) => /predicted\s+observed/.test(line)));
    t.true(
      lines.includes('1 of 2 connections do not behave as predicted (1.23 s).') ||
        lines.includes('1 of 2 connection does not behave as predicted (1.23 s).'),
    );
  }
});

test('text: colours only when asked for', (t) => {
  t.false(reports.text(report, {}).includes('\u001B'));
  t.true(reports.text(report, { color: true }).includes('\u001B[31m'));
  t.is(
    reports
      .text({ agreed: 1, disagreed: 0, connections: [fine], milliseconds: 5 }, {})
      .split('\n')
      .at(-2),
    'The 1 connection behaves as predicted (0.01 s).',
  );
  t.is(
    reports.text({ agreed: 0, disagreed: 0, connections: [], milliseconds: 0 }, {}),
    'Nothing to try: no connection fits.\n',
  );
});

test('text: with many mismatches of one way in, the first in full, some in short, the others counted', (t) => {
  const many = Array.from({ length: 9 }, (_, at) => ({
    ...wrong,
    from: `node/n${at}`,
    about: 'NodePort default/x on n',
  }));
  const one = { ...wrong, about: 'ClusterIP default/x' };
  const lines = reports
    .text({ agreed: 0, disagreed: 10, connections: [...many, one], milliseconds: 1 }, {})
    .split('\n');
  t.is(lines.filter((line) => line.startsWith('✗')).length, 1 + 4 + 1);
  t.is(lines.filter((line) => /predicted +observed/.test(line)).length, 2);
  t.true(lines.includes('✗ node/n4 → http://192.168.56.11:30080: refused'));
  t.true(lines.includes('… 4 more of NodePort, -o json has all'));
  const three = reports.text({ agreed: 0, disagreed: 3, connections: many.slice(0, 3), milliseconds: 1 }, {});
  t.is(three.match(/predicted +observed/g)?.length, 3);
});

test('text: repairs during the run, and what was left out', (t) => {
  const text = reports.text({ ...report, repaired: ['node1'], leftOut: ['Left out: x.'] }, {});
  t.regex(text, /^node1 was repaired meanwhile: .*\nLeft out: x\.\n1 of 2 /m);
  t.regex(reports.text({ ...report, repaired: ['node1', 'pod_a_b'] }, {}), /^node1 and pod_a_b were repaired/m);
});

test('json: the report as it is', (t) => {
  t.deepEqual(JSON.parse(reports.json(report, {})), report);
});

test('junit: counts, escapes, and one case for each connection', (t) => {
  const xml = reports.junit(report, {});
  t.true(
    xml.startsWith(
      '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="svclab verify" tests="2" failures="1" errors="0" skipped="0" time="1.234">',
    ),
  );
  t.is(xml.match(/<testcase /g)?.length, 2);
  t.is(xml.match(/<failure /g)?.length, 1);
  t.true(xml.includes('client/laptop&lt;&amp;&gt;&quot;&apos;'));
  const open = [...xml.matchAll(/<([a-z]+)(?: [^<>]*[^/])?>/g)].map(([, name]) => name);
  const closed = [...xml.matchAll(/<\/([a-z]+)>/g)].map(([, name]) => name);
  t.deepEqual(open.sort(), closed.sort());
  t.is(escapeXml('a\u0000b\u001B]]>\nc\uD800'), 'a\uFFFDb\uFFFD]]&gt;&#10;c\uFFFD');
});
