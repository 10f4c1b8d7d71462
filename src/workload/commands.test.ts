import test from 'ava';
import type { Service } from '../kinds/types/service.ts';
import { commandOf } from './commands.ts';
import { serviceEnvironment } from './environment.ts';
import { testContainer, testPod } from './testing.ts';

test('command and args make one argument list with variables replaced', (t) => {
  const container = testContainer('busybox', {
    command: ['sh', '-c'],
    args: ['echo $(GREETING) $(DB_SERVICE_HOST) $$(X) $HOME'],
    env: [
      { name: 'WHO', value: 'world' },
      { name: 'GREETING', value: 'hello $(WHO) $(LATER)' },
      { name: 'LATER', value: 'x' },
    ],
    workingDir: 'tmp',
  });
  const command = commandOf(testPod([container]), container, () => ({ DB_SERVICE_HOST: '10.96.0.7' }));
  t.deepEqual(command?.argv, ['sh', '-c', 'echo hello world $(LATER) 10.96.0.7 $(X) $HOME']);
  t.is(command?.env.HOSTNAME, 'web-0');
  t.is(command?.env.GREETING, 'hello world $(LATER)');
  t.is(command?.cwd, '/tmp');
});

test('a built-in image has no command', (t) => {
  const container = testContainer('nginx', { command: ['nginx', '-g', 'daemon off;'] });
  t.is(commandOf(testPod([container]), container), undefined);
});

test('a Pod on the host network has its node for hostname', (t) => {
  const container = testContainer('busybox', { command: ['sleep', '1'] });
  t.is(commandOf(testPod([container], { hostNetwork: true }), container)?.env.HOSTNAME, 'node1');
});

test('variables of the Services of a namespace, and of kubernetes', (t) => {
  const service = (namespace: string, name: string, clusterIP: string): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      ports: [
        { name: 'http', port: 80, targetPort: 80, protocol: 'TCP' },
        { name: 'd-n-s', port: 53, targetPort: 53, protocol: 'UDP' },
      ],
    },
  });
  const apart = serviceEnvironment([service('shop', 'my-web', '10.96.0.9')], 'shop', false);
  t.deepEqual(apart, {});
  const variables = serviceEnvironment(
    [
      service('shop', 'my-web', '10.96.0.9'),
      service('shop', 'headless', 'None'),
      service('other', 'far', '10.96.0.8'),
      service('default', 'kubernetes', '10.96.0.1'),
    ],
    'shop',
  );
  t.is(variables.MY_WEB_SERVICE_HOST, '10.96.0.9');
  t.is(variables.MY_WEB_SERVICE_PORT, '80');
  t.is(variables.MY_WEB_SERVICE_PORT_D_N_S, '53');
  t.is(variables.MY_WEB_PORT, 'tcp://10.96.0.9:80');
  t.is(variables.MY_WEB_PORT_53_UDP_ADDR, '10.96.0.9');
  t.is(variables.KUBERNETES_SERVICE_HOST, '10.96.0.1');
  t.false(Object.keys(variables).some((name) => /^(HEADLESS|FAR)_/.test(name)));
});
