import type { LabSpec } from '../kinds/types/lab.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Cidr, type IP, nthAddress, parseCidr } from '../net/address.ts';
import { isUsable } from './allocators/cluster-ip.ts';

/** Labels of the Pods of cluster DNS, whoever makes them. */
export const dnsLabels = { 'k8s-app': 'kube-dns' } as const;

/** Namespace of cluster DNS. */
export const dnsNamespace = 'kube-system';

const dnsPort = 53;

type Ranges = Pick<LabSpec, 'serviceClusterIPRange'>;

/** The range that Services get addresses of, unless they ask for another family. */
export function firstServiceRange({ serviceClusterIPRange }: Ranges): Cidr {
  const [first = ''] = serviceClusterIPRange.split(',');
  return parseCidr(first.trim());
}

/** Address of cluster DNS: the tenth of the Service range, as kubeadm chooses it. Undefined when there is no tenth. */
export function clusterDnsAddress(lab: Ranges): IP | undefined {
  const range = firstServiceRange(lab);
  const tenth = nthAddress(range, 10);
  return isUsable(range, tenth) ? tenth : undefined;
}

/**
 * The Service that Pods ask for names: kube-dns of kube-system; where it is called otherwise, the one with its label, or
 * one of port 53 with the address that kubelets are told of.
 */
export function dnsService(services: readonly Service[], lab: Ranges): Service | undefined {
  const own = services.filter(({ metadata }) => metadata.namespace === dnsNamespace);
  const address = clusterDnsAddress(lab);
  const answersNames = ({ spec }: Service) => spec.ports?.some(({ port }) => port === dnsPort) === true;
  return (
    own.find(({ metadata }) => metadata.name === 'kube-dns') ??
    own.find(({ metadata }) => metadata.labels?.['k8s-app'] === dnsLabels['k8s-app']) ??
    services.find((service) => service.spec.clusterIP === address && answersNames(service))
  );
}

/** Whether the Pod is one of cluster DNS that no node takes. */
export function isHomelessDns({ metadata, spec, status }: Pod): boolean {
  const ofDns = metadata.namespace === dnsNamespace && metadata.labels?.['k8s-app'] === dnsLabels['k8s-app'];
  const refused = status.conditions?.some(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  return ofDns && spec.nodeName === undefined && refused === true;
}
