import test from 'ava';
import type { Container } from '../kinds/types/container.ts';
import { listeningPorts } from './ports.ts';
import { testContainer, testPod } from './testing.ts';

function ports(image: string, more: Partial<Container> = {}): string[] {
  return listeningPorts(testPod([testContainer(image, more)])).map(
    ({ protocol, port, behaviour }) => `${protocol}/${port} ${behaviour}`,
  );
}

const tcp = (...numbers: number[]) => ({
  ports: numbers.map((containerPort) => ({ containerPort, protocol: 'TCP' as const })),
});

const cases: readonly (readonly [string, string, Partial<Container>, readonly string[]])[] = [
  ['httpd, whatever registry and tag', 'docker.io/library/httpd:2.4', {}, ['TCP/80 httpd']],
  ['a registry with a port', 'localhost:5000/httpd', {}, ['TCP/80 httpd']],
  ['a digest', 'httpd@sha256:abc', {}, ['TCP/80 httpd']],
  ['nginx serves what it declares, too', 'nginx:1.27', tcp(8080), ['TCP/80 nginx', 'TCP/8080 nginx']],
  ['a declared port that is the own one', 'nginx', tcp(80), ['TCP/80 nginx']],
  ['unprivileged nginx', 'nginxinc/nginx-unprivileged', {}, ['TCP/8080 nginx']],
  ['redis', 'redis:7-alpine', {}, ['TCP/6379 redis']],
  ['redis with a port', 'redis', { args: ['redis-server', '--port', '6380'] }, ['TCP/6380 redis']],
  ['agnhost pauses without arguments', 'registry.k8s.io/e2e-test-images/agnhost:2.39', {}, []],
  ['netexec', 'agnhost', { args: ['netexec'] }, ['TCP/8080 netexec', 'UDP/8081 netexec']],
  [
    'netexec with flags',
    'agnhost:2.53',
    { args: ['netexec', '--http-port=80', '--udp-port', '-1'] },
    ['TCP/80 netexec'],
  ],
  [
    'a command that is the image itself',
    'agnhost',
    { command: ['/agnhost', 'netexec', '--http-port=8090'] },
    ['TCP/8090 netexec', 'UDP/8081 netexec'],
  ],
  ['serve-hostname', 'agnhost', { args: ['serve-hostname'] }, ['TCP/9376 hostname']],
  [
    'serve-hostname on raw TCP and UDP',
    'agnhost',
    { args: ['serve-hostname', '--http=false', '--tcp', '--udp', '--port=90'] },
    ['TCP/90 hostname-raw', 'UDP/90 hostname'],
  ],
  ['serve_hostname', 'k8s.gcr.io/serve_hostname:v1.4', tcp(9376), ['TCP/9376 hostname']],
  ['echoserver', 'registry.k8s.io/echoserver:1.10', {}, ['TCP/8080 echoserver']],
  ['http-echo', 'hashicorp/http-echo', { args: ['-listen=:8081', '-text=a: b'] }, ['TCP/8081 http-echo:a: b']],
  ['busybox sleeps', 'busybox:1.28', tcp(80), []],
  ['pause sleeps, whatever it declares', 'registry.k8s.io/pause:3.9', tcp(80), []],
  ['an unknown image serves what it declares', 'example.com/shop', tcp(3000), ['TCP/3000 generic']],
  ['a command is taken to listen on what it declares', 'httpd', { command: ['sh'], ...tcp(81) }, ['TCP/81 command']],
  ['arguments of busybox are a command', 'busybox', { args: ['nc', '-l'], ...tcp(9) }, ['TCP/9 command']],
];

for (const [name, image, more, expected] of cases) {
  test(name, (t) => {
    t.deepEqual(ports(image, more), expected);
  });
}

test('UDP is served, SCTP is left out', (t) => {
  const declared: Container['ports'] = [
    { containerPort: 53, protocol: 'UDP' },
    { containerPort: 53, protocol: 'TCP' },
    { containerPort: 54, protocol: 'SCTP' },
  ];
  t.deepEqual(ports('dns', { ports: declared }), ['UDP/53 generic', 'TCP/53 generic']);
});

test('of two containers that want one port the first has it', (t) => {
  const pod = testPod([testContainer('httpd', { name: 'a' }), testContainer('nginx', { name: 'b' })]);
  t.deepEqual(
    listeningPorts(pod).map(({ container, port }) => `${container} ${port}`),
    ['a 80'],
  );
});
