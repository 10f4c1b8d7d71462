import test from 'ava';
import type { LabError } from '../errors.ts';
import { formatFrom, formatTo, parseFrom, parseTo } from './target.ts';
import { makePod, makeService, makeView } from './testing/lab.ts';

const view = makeView({
  pods: [
    ...makeView().pods,
    { ...makePod('web', 'node1', '10.244.1.9', 'httpd'), metadata: { name: 'web', namespace: 'shop' } },
  ],
});

test('senders', (t) => {
  for (const [text, expected] of [
    ['pod/web', undefined],
    ['pod/httpd-0', 'pod/default/httpd-0'],
    ['pod/shop/web', 'pod/shop/web'],
    ['node1', 'node/node1'],
    ['node/node1', 'node/node1'],
    ['client/laptop', 'client/laptop'],
  ] as const) {
    if (expected === undefined)
      t.throws(() => parseFrom(text, view), { code: 'not-found', message: 'there is no Pod "default/web"' });
    else t.is(formatFrom(parseFrom(text, view)), expected);
  }
});

test('unknown senders: near names', (t) => {
  const hint = (text: string) => t.throws<LabError>(() => parseFrom(text, view), { code: 'not-found' }).hint;
  t.is(hint('nod1'), 'Did you mean node1 or node2 or node3?');
  t.is(hint('pod/htpd-0'), 'Did you mean default/httpd-0 or default/httpd-1 or default/host-0?');
  t.is(hint('client/lapptop'), 'Did you mean laptop?');
  t.is(hint('busybox'), 'Did you mean pod/default/busybox or pod/default/busybox-2 or pod/default/busybox-m?');
  t.throws(() => parseFrom('', view), { code: 'usage' });
  t.throws(() => parseFrom('pod/', view), { code: 'usage' });
  t.throws(() => parseFrom('svc/httpd', view), { code: 'usage' });
});

test('destinations', (t) => {
  const from = parseFrom('pod/busybox', view);
  for (const [text, expected] of [
    ['http://10.96.203.6:8080/x?y=1', 'http://10.96.203.6:8080/x?y=1'],
    ['http://10.96.203.6:8080/', 'http://10.96.203.6:8080'],
    ['http://10.96.203.6', 'http://10.96.203.6:80'],
    ['10.96.203.6:8080', 'http://10.96.203.6:8080'],
    ['10.96.0.23:6379', 'tcp://10.96.0.23:6379'],
    ['10.96.0.23:1', 'tcp://10.96.0.23:1'],
    ['10.244.3.2:6379', 'tcp://10.244.3.2:6379'],
    ['tcp://10.96.203.6:8080', 'tcp://10.96.203.6:8080'],
    ['udp://10.96.203.6:8080', 'udp://10.96.203.6:8080'],
    ['ping://10.96.203.6', 'icmp://10.96.203.6'],
    ['icmp://node1', 'icmp://192.168.56.11'],
    ['svc/httpd', 'http://10.96.203.6:8080'],
    ['svc/default/httpd:8080', 'http://10.96.203.6:8080'],
    ['tcp://svc/httpd:99', 'tcp://10.96.203.6:99'],
    ['ping://svc/httpd', 'icmp://10.96.203.6'],
    ['pod/httpd-0:80', 'http://10.244.1.2:80'],
    ['pod/httpd-0', 'http://10.244.1.2:80'],
    ['pod/shop/web:80', 'http://10.244.1.9:80'],
    ['ping://pod/httpd-0', 'icmp://10.244.1.2'],
    ['node1:30080', 'http://192.168.56.11:30080'],
    ['http://node1:30080/x', 'http://192.168.56.11:30080/x'],
    ['node2:9000', 'http://192.168.56.12:9000'],
    ['localhost:80', 'tcp://127.0.0.1:80'],
    ['[fd00::1]:80', 'tcp://[fd00::1]:80'],
    ['client/laptop:22', 'tcp://203.0.113.10:22'],
  ] as const) {
    t.is(formatTo(parseTo(text, view, from)), expected, text);
  }
  const httpd = parseFrom('pod/httpd-0', view);
  t.is(formatTo(parseTo('localhost:80', view, httpd)), 'http://127.0.0.1:80');
  t.is(formatTo(parseTo('localhost:30080', view, parseFrom('node1', view))), 'http://127.0.0.1:30080');
});

test('bad destinations', (t) => {
  const from = parseFrom('node1', view);
  for (const [text, code] of [
    ['node1', 'usage'],
    ['10.96.0.1', 'usage'],
    ['10.96.0.1:0', 'usage'],
    ['10.96.0.1:70000', 'usage'],
    ['ftp://10.96.0.1:21', 'usage'],
    ['http://', 'usage'],
    ['svc/headless', 'usage'],
    ['svc/nothing', 'not-found'],
    ['svc/httpd:nope', 'usage'],
    ['pod/nothing:80', 'not-found'],
    ['nowhere:80', 'not-found'],
  ] as const) {
    t.throws(() => parseTo(text, view, from), { code }, text);
  }
  t.is(t.throws<LabError>(() => parseTo('node1', view, from)).hint, 'Write node1:PORT, or ping://node1.');
});

test('SCTP is refused, however it is named', (t) => {
  const sctp = makeService('sctp', {
    clusterIP: '10.96.0.77',
    clusterIPs: ['10.96.0.77'],
    ports: [{ port: 80, protocol: 'SCTP', targetPort: 80 }],
  });
  const more = makeView({ services: [...makeView().services, sctp] });
  for (const text of ['sctp://10.96.0.77:80', 'sctp://svc/sctp:80', 'svc/sctp', 'svc/sctp:80', '10.96.0.77:80']) {
    const message = 'svclab cannot connect with "sctp"';
    t.throws(() => parseTo(text, more, parseFrom('node1', more)), { code: 'usage', message }, text);
  }
  t.is(formatTo(parseTo('tcp://svc/sctp:80', more, parseFrom('node1', more))), 'tcp://10.96.0.77:80');
});
