import anyTest, { type TestFn } from 'ava';
import { differences, disagreeing, ipOf, repaired, wellLab } from './testing/damage.ts';
import { type RunningLab, sharedLab, until, withLab } from './testing/lab.ts';
import { busyboxOn, labOf, proxyWithSyncPeriod, serverOn } from './testing/manifests.ts';
import { childrenOf, kill, nameOf } from './testing/processes.ts';

const test = anyTest as TestFn;
const lab = sharedLab(test, wellLab);

test.serial('the lab is well before anything is broken', async (t) => {
  t.regex((await lab().svclab('sync')).stdout, /^nothing had drifted/);
});

test.serial('a report of what is broken names the connection, for people and for CI', async (t) => {
  await lab().exec('node1', 'ip', 'route', 'add', 'unreachable', await ipOf(lab(), 'far'));
  const filters = ['--from', 'pod/busybox', '--to', 'pod/far'];
  const text = await lab().svclab('verify', ...filters);
  t.is(text.exitCode, 1);
  t.regex(text.stdout, /✗ pod\/default\/busybox → http:\/\/10\.244\.3\.\d+:80/);
  t.regex(text.stdout, /1 of 1 connection does not behave as predicted/);
  const junit = await lab().svclab('verify', ...filters, '-o', 'junit');
  t.is(junit.exitCode, 1);
  t.regex(junit.stdout, /<testsuites [^>]*failures="1"/);
  t.regex(junit.stdout, /<failure type="mismatch" message="Outcome: unreachable/);
  const curl = await lab().svclab('curl', 'pod/busybox', `${await ipOf(lab(), 'far')}:80`);
  t.is(curl.exitCode, 1);
  t.regex(curl.stdout, /differs from the prediction/);
  await lab().exec('node1', 'ip', 'route', 'del', 'unreachable', await ipOf(lab(), 'far'));
});

test.serial('sync of one node leaves the others alone', async (t) => {
  await lab().exec('node1', 'iptables', '-t', 'nat', '-F', 'KUBE-SERVICES');
  await lab().exec('node2', 'iptables', '-t', 'nat', '-F', 'KUBE-SERVICES');
  t.regex((await lab().svclab('sync', 'node1')).stdout, /^repaired node1 /m);
  const { nodes } = await lab().status();
  t.deepEqual(
    nodes.filter(({ drift }) => drift.length > 0).map(({ name }) => name),
    ['node2'],
  );
  t.regex((await lab().svclab('sync')).stdout, /^repaired node2 /m);
  t.is((await lab().svclab('sync', 'node9')).exitCode, 2);
});

/** Everything that can be broken at once, everywhere. */
const wrecks = {
  node1: 'iptables -t nat -F; iptables -t nat -X; iptables -F; iptables -X; ip link del flannel.1; ip link del cni0',
  node2:
    'ip route flush table main; ip neigh flush all nud permanent; ip link set eth0 down; ' +
    'sysctl -qw net.bridge.bridge-nf-call-iptables=0',
  master: 'ip link del eth0; iptables -F; bridge fdb flush dev flannel.1',
  'pod/far': 'ip link del eth0',
  'pod/busybox': 'ip addr flush dev eth0; ip link set eth0 mtu 900',
  'client/laptop': 'ip route flush table main',
  fabric: 'iptables -F; ip link del void; ip link set node1 nomaster; sysctl -qw net.ipv4.ip_forward=0',
};

test.serial('one sync repairs everything at once, also in Pods, clients and the fabric', async (t) => {
  for (const [target, command] of Object.entries(wrecks)) await lab().svclab('exec', target, '--', 'sh', '-c', command);
  t.is((await lab().svclab('verify', '--from', 'pod/busybox', '--to', 'pod/far')).exitCode, 1);
  const { nodes, fabric, clients } = await lab().status();
  for (const { drift, ...place } of [...nodes, fabric, ...clients]) t.true(drift.length > 0, JSON.stringify(place));
  const { exitCode, stdout } = await lab().svclab('sync');
  t.is(exitCode, 0);
  for (const target of ['node1', 'node2', 'master', 'pod_default_busybox', 'client_laptop', 'fabric']) {
    t.regex(stdout, new RegExp(`^${target}$`, 'm'));
  }
  t.regex((await lab().svclab('sync')).stdout, /^nothing had drifted/);
  t.deepEqual(differences(await lab().verify()), []);
});

test.serial('what somebody else put into a node survives', async (t) => {
  const own = [
    'ip link add mine type bridge',
    'ip link set mine up',
    'ip address add 172.31.0.1/24 dev mine',
    'ip route add 172.31.9.0/24 via 172.31.0.2',
    'ip neigh add 172.31.0.2 lladdr 02:00:00:00:00:02 dev mine nud permanent',
    'ip rule add priority 77 from 172.31.0.0/24 lookup 77',
    'iptables -t nat -N MINE',
    'iptables -t nat -A MINE -m comment --comment mine -j RETURN',
    'iptables -t nat -I PREROUTING -j MINE',
    'iptables -A FORWARD -m comment --comment mine -j ACCEPT',
  ].join(' && ');
  const show =
    'ip -br link show mine; ip -4 -br addr show mine; ip route; ip neigh show dev mine; ip rule; iptables-save';
  const mine = async () =>
    (await lab().exec('node1', 'sh', '-c', show)).split('\n').filter((line) => /mine|MINE|172\.31/.test(line));
  await lab().exec('node1', 'sh', '-c', own);
  const before = await mine();
  t.true(before.length >= 10, before.join('\n'));
  await lab().exec('node1', 'sh', '-c', 'iptables -t nat -F KUBE-SERVICES; ip link set cni0 down');
  t.regex(await repaired(lab()), /KUBE-SERVICES/);
  t.deepEqual(await mine(), before);
  t.regex((await lab().svclab('sync')).stdout, /^nothing had drifted/);
  await lab().apply(serverOn('node1', 'another'));
  t.deepEqual(await mine(), before);
});

async function isWell(one: RunningLab): Promise<boolean> {
  const { nodes, fabric, clients } = await one.status();
  return [...nodes, fabric, ...clients].every(({ drift }) => drift.length === 0);
}

test.serial('a killed server is reported, and sync starts it anew', async (t) => {
  await lab().svclab('exec', 'pod/door', '--', 'ss', '-K', 'state', 'listening', 'sport', '=', '80');
  const [wrong] = await disagreeing(t, lab(), 'node1', 'pod/door');
  t.is(wrong?.from, 'node/node1');
  t.regex(wrong?.difference ?? '', /Outcome: refused/);
  t.regex(await repaired(lab()), /default\/door\/web\/TCP\/80 listens again/);
  t.true(await until(async () => (await lab().verify('--from', 'node1', '--to', 'pod/door')).disagreed === 0));
});

test.serial('when the process of all servers is killed, they come back by themselves', async (t) => {
  const { pid } = await lab().status();
  const servers = childrenOf(pid).filter((child) => nameOf(child) === 'svclab-helper');
  t.is(servers.length, 1);
  for (const server of servers) kill(server);
  const answers = async () => (await lab().curl('node1', `${await ipOf(lab(), 'door')}:80`)).observed[0]?.outcome;
  t.true(await until(async () => (await answers()) === 'delivered'));
});

test.serial('with a short sync period the damage is repaired without being asked', async (t) => {
  const manifests = [labOf('node1', 'node2'), busyboxOn('node1'), serverOn('node2', 'far'), proxyWithSyncPeriod('2s')];
  await withLab(t, manifests, async (one) => {
    await one.exec(
      'node1',
      'sh',
      '-c',
      'iptables -t nat -F KUBE-SERVICES; ip link set flannel.1 down; ip route del default',
    );
    t.true(await until(() => isWell(one)));
    const quiet = await one.verify('--from', 'pod/busybox');
    t.deepEqual(differences(quiet), []);
    t.is(quiet.repaired, undefined);
    // Connections into nothing take longer than a sync period, together with their second tries.
    const repairedMeanwhile = async () => {
      await one.exec('node1', 'ip', 'link', 'set', 'flannel.1', 'down');
      return (await one.verify('--from', 'pod/busybox', '--to', 'pod/far')).repaired?.includes('node1') === true;
    };
    t.true(await until(repairedMeanwhile));
  });
});
