import test from 'ava';
import { foretell } from './testing/foretell.ts';
import { makeService, makeView } from './testing/lab.ts';

/* Which objects proxies see, and where they answer health checks. */

test('health checks are answered where nodePorts are taken, in old releases everywhere', (t) => {
  const view = (kubernetesRelease: '1.20' | '1.36', nodePortAddresses: readonly string[]) => {
    const spec = { type: 'LoadBalancer' as const, clusterIP: '10.96.1.1', healthCheckNodePort: 30999 };
    const services = [makeService('lb', { ...spec, externalTrafficPolicy: 'Local' }, '172.6.6.30')];
    return makeView({ services, slices: [], lab: { kubernetesRelease }, proxy: { nodePortAddresses } });
  };
  const answered = ['192.168.56.11:30999 < 203.0.113.10'];
  t.deepEqual(foretell(view('1.36', []), 'client/laptop', 'node1:30999'), answered);
  t.deepEqual(foretell(view('1.36', ['192.168.56.12/32']), 'client/laptop', 'node1:30999'), ['refused']);
  t.deepEqual(foretell(view('1.20', ['192.168.56.12/32']), 'client/laptop', 'node1:30999'), answered);
  t.deepEqual(foretell(view('1.36', ['127.0.0.0/8']), 'node1', 'tcp://127.0.0.1:30999'), [
    '127.0.0.1:30999 < 127.0.0.1',
  ]);
});

test('Services and slices that carry a label for others are not seen by proxies, since release 1.14', (t) => {
  const standard = makeView();
  const [httpd] = standard.services;
  const [slice] = standard.slices;
  if (httpd === undefined || slice === undefined) throw new Error('the lab of the tests has Services');
  for (const label of ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless']) {
    const labels = { [label]: '' };
    const hidden = [{ ...httpd, metadata: { ...httpd.metadata, labels } }];
    const old = { kubernetesRelease: '1.8' as const };
    t.deepEqual(foretell(makeView({ services: hidden }), 'pod/busybox', 'svc/httpd'), ['dropped']);
    t.is(foretell(makeView({ services: hidden, lab: old }), 'node1', 'node1:30080').length, 2);
    const slices = [{ ...slice, metadata: { ...slice.metadata, labels: { ...slice.metadata.labels, ...labels } } }];
    t.deepEqual(foretell(makeView({ slices }), 'pod/busybox', 'svc/httpd'), ['refused']);
  }
});
