import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import type { ProxyRelease } from './types.ts';

const hidingLabels = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

/**
 * The Services or EndpointSlices that kube-proxy gets from the API server: since 1.14 its watch leaves out those with
 * the label `service.kubernetes.io/service-proxy-name` or `service.kubernetes.io/headless`, whatever its value. The
 * rules themselves know nothing of these labels: they are made of what the watch delivers.
 */
export function watchedByProxy<T extends Service | EndpointSlice>(
  objects: readonly T[],
  release: ProxyRelease,
): readonly T[] {
  if (release === '1.8') return objects;
  return objects.filter(({ metadata: { labels } }) => {
    return labels === undefined || !hidingLabels.some((label) => Object.hasOwn(labels, label));
  });
}
