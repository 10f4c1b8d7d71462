import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { IP } from '../net/address.ts';
import { curlConfig, urlOf } from './curl-config.ts';
import { parseCurlOutput } from './curl-output.ts';
import type { ProbeRequest } from './types.ts';

const recorded = (name: string): string => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8');

function request(address: string, port: number, path?: string): ProbeRequest {
  return {
    from: { kind: 'node', name: 'node1' },
    to: { scheme: 'http', address: address as IP, port, ...(path === undefined ? {} : { path }) },
    netns: '/run/netns/node1',
    timeoutMs: 500,
  };
}

test('the configuration is the one that the recording was made with', (t) => {
  const targets: [string, number][] = [
    ['10.1.0.1', 80],
    ['10.1.0.1', 81],
    ['10.9.0.1', 80],
    ['10.1.0.9', 80],
    ['10.1.0.1', 82],
    ['10.1.0.1', 83],
    ['10.1.0.1', 84],
    ['10.1.0.1', 81],
    ['::1', 85],
  ];
  const config = curlConfig(
    targets.map(([address, port]) => request(address, port)),
    [],
  );
  t.is(`${config}url = "http://no.such.name/"\noutput = "/dev/null"\n`, recorded('curl.conf'));
});

test('outcomes, in the order of the URLs', (t) => {
  const records = parseCurlOutput(recorded('curl.stdout'), recorded('curl.stderr'));
  const sorted = records.toSorted((a, b) => a.index - b.index);
  t.deepEqual(
    sorted.map(({ index, answer: { outcome, message = '' } }) => `${index} ${outcome} ${message}`.trim()),
    [
      '0 delivered',
      '1 refused Connection refused',
      '2 unreachable No route to host',
      '3 dropped Failed to connect to 10.1.0.9 port 80 after 1500 ms: Timeout was reached',
      '4 delivered Empty reply from server',
      '5 delivered Recv failure: Connection reset by peer',
      '6 dropped connected, but no answer',
      '7 refused Connection refused',
      '8 refused Connection refused',
      '9 nxdomain Could not resolve host: no.such.name',
    ],
  );
  t.like(sorted[0]?.answer, {
    pod: 'default/web-0',
    endpoint: '10.1.0.1:80',
    source: '10.1.1.1',
    status: 404,
    localAddress: '10.1.1.1',
  });
  t.is(sorted[4]?.answer.endpoint, undefined);
  t.true((sorted[4]?.answer.localPort ?? 0) > 1024);
});

test('no path can leave its quotes or its line', (t) => {
  const url = urlOf(request('fd00::1', 80, '/a"\n output = /etc/x ü%20'));
  t.is(url, 'http://[fd00::1]:80/a%22%0A%20output%20=%20/etc/x%20%C3%BC%20');
  t.is(curlConfig([request('10.0.0.1', 1, '/"\n')], []).match(/^output/gm)?.length, 1);
});
