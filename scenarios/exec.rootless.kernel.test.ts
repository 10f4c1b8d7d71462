import anyTest, { type TestFn } from 'ava';
import type { Pod } from '../src/kinds/types/pod.ts';
import type { Service } from '../src/kinds/types/service.ts';
import { quickstart, sharedLab } from './testing/lab.ts';

const test = anyTest as TestFn;
const lab = sharedLab(test, [quickstart]);

/** Runs the work while somebody fetches the page again and again. */
async function duringTraffic<T>(work: () => Promise<T>, from: string, url: string): Promise<T> {
  let over = false;
  const fetching = async () => {
    while (!over) await lab().exec(from, 'wget', '-qO-', '-T', '5', url);
  };
  const working = work().finally(() => {
    over = true;
  });
  const [result] = await Promise.all([working, fetching()]);
  return result;
}

test.serial('exit status, standard input, arguments and environment are passed through', async (t) => {
  for (const target of ['node1', 'pod/busybox', 'client/laptop', 'fabric']) {
    t.is((await lab().svclab('exec', target, '--', 'sh', '-c', 'exit 42')).exitCode, 42, target);
  }
  for (const [signal, status] of Object.entries({ TERM: 143, KILL: 137, INT: 130 })) {
    const { exitCode, stderr } = await lab().svclab('exec', 'node1', '--', 'sh', '-c', `kill -${signal} $$`);
    t.is(exitCode, status);
    t.is(stderr, '', 'only what the program says is said');
  }
  const input = 'line one\nline two\n\u0000binary\n';
  t.is((await lab().run(['exec', 'pod/busybox', '--', 'cat'], { input })).stdout, input);
  const words = ['a b', '$HOME', '`x`', '-n', '', '"', 'ü'];
  const printed = await lab().exec('node2', 'printf', '%s|', ...words);
  t.is(printed, words.map((word) => `${word}|`).join(''));
  t.is(await lab().exec('node1', 'hostname'), 'node1\n');
  t.is(await lab().exec('pod/busybox', 'hostname'), 'busybox\n');
  const { stderr, exitCode } = await lab().svclab('exec', 'node9', '--', 'true');
  t.is(exitCode, 2);
  t.regex(stderr, /not-found/);
});

test.serial('the tools of the trade work everywhere', async (t) => {
  const service = (await lab().json<Service>('get', 'service', 'httpd-svc')).spec.clusterIP ?? '';
  for (const target of ['node1', 'pod/busybox', 'client/laptop', 'fabric']) {
    t.regex(await lab().exec(target, 'ip', '-br', 'link'), /^lo /m, target);
    t.is((await lab().svclab('exec', target, '--', 'iptables-save')).exitCode, 0, target);
    t.is((await lab().svclab('exec', target, '--', 'conntrack', '-L')).exitCode, 0, target);
    t.regex(await lab().exec(target, 'ping', '-c', '1', '-W', '10', '192.168.56.12'), /1 received/, target);
  }
  t.regex(
    await lab().exec('node1', 'iptables-save', '-t', 'nat'),
    /-A KUBE-SERVICES -d .*"default\/httpd-svc cluster IP"/,
  );
  t.regex(
    await lab().exec('node1', 'iptables', '-t', 'nat', '-L', 'KUBE-SERVICES', '-n'),
    /default\/httpd-svc cluster IP/,
  );
  t.regex(await lab().exec('pod/busybox', 'wget', '-qO-', `http://${service}:8080`), /It works!/);
  t.regex(await lab().exec('node1', 'wget', '-qO-', `http://${service}:8080`), /It works!/);
  t.regex(await lab().exec('client/laptop', 'wget', '-qO-', 'http://192.168.56.12:30080'), /^hostnames-/);
  t.regex(await lab().exec('client/laptop', 'curl', '-s', 'http://80.11.12.10'), /^hostnames-/);
  await lab().exec('pod/busybox', 'wget', '-qO-', `http://${service}:8080`);
  t.regex(await lab().exec('node1', 'conntrack', '-L', '-d', service), /dport=8080 .*sport=80 /);
});

test.serial('tcpdump sees what passes, in nodes, Pods, clients and the fabric', async (t) => {
  const { items } = await lab().json<{ readonly items: readonly Pod[] }>('get', 'pods', '-l', 'app=httpd');
  const far = items.find(({ spec }) => spec.nodeName === 'node2')?.status.podIP ?? '';
  const pod = far.replaceAll('.', '\\.');
  for (const [target, device, filter, from, url, seen] of [
    [
      'node1',
      'flannel.1',
      'tcp[tcpflags] == tcp-syn',
      'pod/busybox',
      `http://${far}`,
      new RegExp(`> ${pod}\\.80: Flags \\[S\\]`),
    ],
    [
      'node1',
      'eth0',
      'udp port 8472 and src host 192.168.56.12',
      'pod/busybox',
      `http://${far}`,
      /192\.168\.56\.12\.\d+ > 192\.168\.56\.13\.8472/,
    ],
    [
      'pod/busybox',
      'eth0',
      'tcp[tcpflags] == tcp-syn',
      'pod/busybox',
      `http://${far}`,
      new RegExp(`> ${pod}\\.80: Flags \\[S\\]`),
    ],
    [
      'client/laptop',
      'eth0',
      'tcp[tcpflags] == tcp-syn',
      'client/laptop',
      'http://192.168.56.11:30080',
      /203\.0\.113\.10\.\d+ > 192\.168\.56\.11\.30080/,
    ],
    [
      'fabric',
      'underlay',
      'tcp[tcpflags] == tcp-syn',
      'client/laptop',
      'http://192.168.56.11:30080',
      /203\.0\.113\.10\.\d+ > 192\.168\.56\.11\.30080/,
    ],
  ] as const) {
    const capture = ['timeout', '60', 'tcpdump', '-l', '-c', '1', '-nn', '-i', device, filter];
    t.regex(await duringTraffic(() => lab().exec(target, ...capture), from, url), seen, `${target} ${device}`);
  }
});
