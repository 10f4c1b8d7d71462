import type { ClusterView } from '../../cluster/view.ts';
import type { Service } from '../../kinds/types/service.ts';
import { clusterIPsOf, serviceName } from '../claims.ts';

/** The Service that `NAME.NAMESPACE` means. */
function serviceAt({ services }: ClusterView, name: string | undefined, namespace: string | undefined) {
  return services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

/** The Service that a complete name below the cluster's domain belongs to, directly or as the name of an endpoint. */
export function ownerOfName(view: ClusterView, name: string, clusterDomain: string): Service | undefined {
  const suffix = `.svc.${clusterDomain}`;
  const lower = name.toLowerCase();
  if (!lower.endsWith(suffix)) return undefined;
  const labels = lower.slice(0, -suffix.length).split('.');
  return serviceAt(view, labels.at(-2), labels.at(-1));
}

/** The Service that a name of any length means for somebody of the namespace, with the fewest guesses. */
export function likelyService(view: ClusterView, name: string, namespace: string): Service | undefined {
  const [first, second, third] = name.toLowerCase().split('.');
  return (
    (second === undefined ? serviceAt(view, first, namespace) : serviceAt(view, first, second)) ??
    (third === undefined ? undefined : serviceAt(view, second, third))
  );
}

/** What of the Service makes its name lead where it does. */
export function reasonOf(service: Service): string {
  const name = serviceName(service);
  const { externalName = '', type } = service.spec;
  if (type === 'ExternalName') return `Service ${name}: spec.externalName: ${externalName}`;
  if (clusterIPsOf(service).length > 0) return `Service ${name}: spec.clusterIP`;
  return `Service ${name} is headless: its name leads to its ready endpoints`;
}
