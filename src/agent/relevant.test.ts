import test from 'ava';
import type { ClusterView } from '../cluster/view.ts';
import type { ServiceSpec } from '../kinds/types/service.ts';
import { relevantView } from './relevant.ts';

const specs: Readonly<Record<string, Partial<ServiceSpec>>> = {
  plain: { ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
  dns: { ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }] },
  nodePort: { ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: 30080 }] },
  external: { externalIPs: ['80.11.12.10'], ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
  balanced: { healthCheckNodePort: 32000, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
};

function view(kubernetesRelease: string): ClusterView {
  const names = Object.keys(specs);
  return {
    lab: { kubernetesRelease },
    services: names.map((name) => ({ kind: 'Service', metadata: { name, namespace: 'x' }, spec: specs[name] })),
    slices: ['x', 'y'].flatMap((namespace) =>
      names.map((name) => ({
        kind: 'EndpointSlice',
        metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      })),
    ),
  } as unknown as ClusterView;
}

for (const [release, expected] of [
  ['1.36', ['dns', 'balanced']],
  ['1.20', ['dns', 'nodePort', 'external', 'balanced']],
  ['1.8', ['dns', 'nodePort', 'external', 'balanced']],
] as const) {
  test(`Services that matter beside rules, and their slices, in ${release}`, (t) => {
    const { services, slices } = relevantView(view(release));
    t.deepEqual(
      services.map(({ metadata }) => metadata.name),
      [...expected],
    );
    t.deepEqual(
      slices.map(({ metadata }) => `${metadata.namespace} ${metadata.name}`),
      expected.map((name) => `x ${name}-1`),
    );
  });
}
