import test from 'ava';
import { predict } from './predict.ts';
import { parseFrom, parseTo } from './target.ts';
import { makeView } from './testing/lab.ts';

const standard = makeView();

function told(fromText: string, toText: string, view = standard): string {
  const from = parseFrom(fromText, view);
  const { steps } = predict(view, from, parseTo(toText, view, from));
  return steps.map(({ text }) => text).join('\n');
}

test('why a ClusterIP does not answer ping, nor on another port', (t) => {
  const ping = told('pod/busybox', 'ping://10.96.203.6');
  t.regex(ping, /10\.96\.203\.6 is the ClusterIP of Service default\/httpd, but it exists only as address and port/);
  t.regex(ping, /the rules match TCP port 8080\. ICMP has no port, so the packet passes\./);
  t.regex(told('node1', 'http://10.96.203.6:81'), /TCP port 81 is not among them/);
});

test('nothing is said of addresses that no Service has, and where a rule matches', (t) => {
  t.notRegex(told('pod/busybox', 'ping://8.8.8.8'), /exists only as address/);
  t.notRegex(told('pod/busybox', 'http://10.96.203.6:8080'), /exists only as address/);
});

test('why an external address passes where only others are served', (t) => {
  const old = makeView({ lab: { kubernetesRelease: '1.20' } });
  t.regex(told('pod/busybox', '80.11.12.10:8080', old), /but no rule for this port takes a packet that comes this way/);
  t.notRegex(told('client/laptop', '80.11.12.10:8080', old), /no rule for this port/);
});
