import type { LabSpec } from '../kinds/types/lab.ts';
import type { Service } from '../kinds/types/service.ts';
import { nthAddress, parseCidr } from '../net/address.ts';

/** Labels of the Pods of cluster DNS, whoever makes them. */
export const dnsLabels = { 'k8s-app': 'kube-dns' } as const;

/** Namespace of cluster DNS. */
export const dnsNamespace = 'kube-system';

/** Address of cluster DNS: the tenth of the Service range, as kubeadm chooses it. */
export function clusterDnsAddress({ serviceClusterIPRange }: Pick<LabSpec, 'serviceClusterIPRange'>): string {
  const [first = ''] = serviceClusterIPRange.split(',');
  return nthAddress(parseCidr(first.trim()), 10);
}

/**
 * The Service that Pods ask for names: kube-dns of kube-system; where it is called otherwise, the one with its label, or
 * the one with the address that kubelets are told of.
 */
export function dnsService(
  services: readonly Service[],
  lab: Pick<LabSpec, 'serviceClusterIPRange'>,
): Service | undefined {
  const own = services.filter(({ metadata }) => metadata.namespace === dnsNamespace);
  const address = clusterDnsAddress(lab);
  return (
    own.find(({ metadata }) => metadata.name === 'kube-dns') ??
    own.find(({ metadata }) => metadata.labels?.['k8s-app'] === dnsLabels['k8s-app']) ??
    services.find(({ spec }) => spec.clusterIP === address)
  );
}
