import type { ClusterView } from '../cluster/view.ts';
import { serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { serviceKey } from '../proxy/endpoints.ts';
import type { ProxyRelease } from '../proxy/types.ts';

function matters({ spec }: Service, release: ProxyRelease): boolean {
  if (spec.healthCheckNodePort !== undefined) return true;
  const ports = spec.ports ?? [];
  if (ports.some(({ protocol }) => protocol === 'UDP')) return true;
  if (release === '1.36') return false;
  return (spec.externalIPs ?? []).length > 0 || ports.some(({ nodePort }) => nodePort !== undefined);
}

/**
 * The view with those Services alone, and their slices, that ask something of kube-proxy besides rules: few of many
 * thousands in most clusters.
 */
export function relevantView(view: ClusterView): ClusterView {
  const release = view.lab.kubernetesRelease;
  const services = view.services.filter((service) => matters(service, release));
  const keys = new Set(services.map(({ metadata }) => serviceKey(metadata.namespace, metadata.name)));
  const slices = view.slices.filter(({ metadata }) =>
    keys.has(serviceKey(metadata.namespace, metadata.labels?.[serviceNameLabel] ?? '')),
  );
  return { ...view, services, slices };
}
