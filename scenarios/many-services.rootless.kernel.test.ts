import test from 'ava';
import { withLab } from './testing/lab.ts';

/** More than nft can send in one message where an ordinary user runs it. */
const count = 600;

function lab(): string {
  const pods = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'httpd' }] } };
  const services = Array.from({ length: count }, (_, number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `web-${number}` },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], sessionAffinity: number % 20 === 0 ? 'ClientIP' : 'None' },
  }));
  return [
    { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'x' }, spec: { nodes: [{ name: 'node1' }] } },
    { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode: 'nftables' },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: pods },
    },
    ...services,
  ]
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

test('600 Services in nftables mode: loaded, changed all at once, and repaired', (t) =>
  withLab(t, [`${lab()}\n`], async (running) => {
    const agrees = async (name: string) => t.true((await running.curl('node1', `svc/${name}:80`, 2)).agrees, name);
    await agrees('web-0');
    await agrees(`web-${count - 1}`);
    t.is((await running.svclab('scale', 'deployment/web', '--replicas', '0')).exitCode, 0);
    await agrees(`web-${count - 1}`);
    t.is((await running.svclab('scale', 'deployment/web', '--replicas', '3')).exitCode, 0);
    await running.svclab('sync');
    await agrees('web-0');
    await running.exec('node1', 'nft', 'delete', 'table', 'ip', 'kube-proxy');
    t.is((await running.svclab('sync')).exitCode, 0);
    await agrees(`web-${count - 1}`);
    const { nodes, problems } = await running.status();
    t.deepEqual(
      nodes.flatMap(({ drift }) => drift),
      [],
    );
    t.deepEqual(problems, []);
  }));
