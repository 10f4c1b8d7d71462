import type { Pod } from '../kinds/types/pod.ts';
import { listeningPorts } from './ports.ts';
import type { ServerSpec } from './protocol.ts';

/** Hostname that a Pod's containers see: that of the node with hostNetwork, else `spec.hostname` or the Pod's name. */
export function hostnameOf(pod: Pod): string {
  if (pod.spec.hostNetwork === true) return pod.spec.nodeName ?? pod.metadata.name;
  return (pod.spec.hostname ?? pod.metadata.name).slice(0, 63);
}

function secondAddress({ status: { podIP, podIPs = [] } }: Pod): { readonly ipv6?: string } {
  const ipv6 = podIPs.find(({ ip }) => ip.includes(':') && ip !== podIP)?.ip;
  return ipv6 === undefined ? {} : { ipv6 };
}

/** The sockets that the helper keeps open for a Pod, in the network namespace at that path. */
export function serversOf(pod: Pod, netns: string): readonly ServerSpec[] {
  const { namespace = 'default', name } = pod.metadata;
  return listeningPorts(pod)
    .filter(({ behaviour }) => behaviour !== 'command')
    .map(({ protocol, port, container, behaviour }) => ({
      id: `${namespace}/${name}/${container}/${protocol}/${port}`,
      netns,
      protocol,
      port,
      behaviour,
      identity: {
        namespace,
        pod: name,
        container,
        node: pod.spec.nodeName ?? '',
        image: pod.spec.containers.find((one) => one.name === container)?.image ?? '',
        ip: pod.status.podIP ?? '',
        ...secondAddress(pod),
        hostname: hostnameOf(pod),
      },
    }));
}
