import test from 'ava';
import { splitNftScript } from './nft-split.ts';

const change = `flush chain ip kube-proxy service-a
flush chain ip kube-proxy service-gone
delete element ip kube-proxy service-ips { 10.96.0.3 . tcp . 80,
\t\t\t10.96.0.1 . tcp . 80 }
table ip kube-proxy {
\tcomment "rules for kube-proxy"
\tset affinity-b {
\t\ttype ipv4_addr
\t}
\tchain service-a {
\t\tgoto endpoint-b
\t}
\tchain endpoint-b {
\t\tupdate @affinity-b { ip saddr }
\t}
}
add element ip kube-proxy cluster-ips { 10.96.0.2 }
add element ip kube-proxy no-endpoint-services { 10.96.0.3 . tcp . 80 comment "default/c" : goto reject-chain }
add element ip kube-proxy service-ips { 10.96.0.1 . tcp . 80 : goto service-a,
\t\t\t10.96.0.2 . tcp . 80 : goto endpoint-b }
`;

test('a script within the limit stays as it is', (t) => {
  t.deepEqual(splitNftScript(change, change.length), [change]);
});

test('what is new comes first, a verdict changes at once, and what is gone goes last', (t) => {
  const steps = splitNftScript(change, 1).map((step) =>
    step
      .replaceAll(/table ip kube-proxy \{\n\tcomment .*\n|^\}\n/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  t.deepEqual(steps, [
    'set affinity-b { type ipv4_addr }',
    'chain endpoint-b { }',
    'chain endpoint-b { update @affinity-b { ip saddr } }',
    'flush chain ip kube-proxy service-a chain service-a { goto endpoint-b }',
    'add element ip kube-proxy no-endpoint-services { 10.96.0.3 . tcp . 80 comment "default/c" : goto reject-chain }',
    'delete element ip kube-proxy service-ips { 10.96.0.1 . tcp . 80 } ' +
      'add element ip kube-proxy service-ips { 10.96.0.1 . tcp . 80 : goto service-a }',
    'add element ip kube-proxy service-ips { 10.96.0.2 . tcp . 80 : goto endpoint-b }',
    'add element ip kube-proxy cluster-ips { 10.96.0.2 }',
    'delete element ip kube-proxy service-ips { 10.96.0.3 . tcp . 80 }',
    'flush chain ip kube-proxy service-gone',
  ]);
});

test('no step is longer than the limit, if its parts are not', (t) => {
  for (const limit of [150, 200, 400, 700]) {
    for (const step of splitNftScript(change, limit)) t.true(step.length <= limit, step);
  }
});

const fresh = `add table ip kube-proxy
delete table ip kube-proxy
table ip kube-proxy {
\tcomment "rules for kube-proxy"
\tchain nat-output {
\t\ttype nat hook output priority -100; policy accept;
\t\tjump services
\t}
\tchain services {
\t\tip daddr vmap @doors
\t}
}
add element ip kube-proxy doors { 10.96.0.1 : goto one }
`;

test('a table takes packets only when it is complete', (t) => {
  const steps = splitNftScript(fresh, 1);
  t.true(steps[0]?.includes('delete table'));
  t.true(steps.at(-1)?.includes('type nat hook'));
  t.is(steps.filter((step) => step.includes('hook')).length, 1);
});
