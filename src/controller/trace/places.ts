import type { Pod } from '../../kinds/types/pod.ts';
import { podName } from '../../model/topology.ts';
import type { From } from '../../model/types.ts';
import { clientNetns, fabricNetns, fabricPort, podNetns, podVeth } from '../../plan/names.ts';
import type { Lab } from '../lab.ts';

/** A network namespace of a lab under the name that reports use. */
export interface Place {
  /** `pod/NAMESPACE/NAME`, `node/NAME`, `client/NAME` or `fabric`. */
  readonly where: string;
  readonly netns: string;
  /** Whether rules stand there, and bridges that pass on what is for others. */
  readonly routes: boolean;
  /** Which place is at the other end of a link. */
  readonly peers: ReadonlyMap<string, string>;
}

function podPlace(pod: Pod): Place {
  const peers = new Map([['eth0', `node/${pod.spec.nodeName}`]]);
  return { where: `pod/${podName(pod)}`, netns: podNetns(pod), routes: false, peers };
}

/** Every network namespace of a lab that is there already. */
export function placesOf({ view, desired }: Lab): readonly Place[] {
  const there = new Set(desired.namespaces.map(({ name }) => name));
  const pods = view.pods.filter(({ spec }) => spec.hostNetwork !== true);
  const nodes = view.nodes.map(({ name }): Place => {
    const own = pods.filter(({ spec }) => spec.nodeName === name);
    const ports = own.map((pod) => [podVeth(pod), `pod/${podName(pod)}`] as const);
    return { where: `node/${name}`, netns: name, routes: true, peers: new Map([['eth0', fabricNetns], ...ports]) };
  });
  const clients = view.lab.clients.map(({ name }): Place => {
    return {
      where: `client/${name}`,
      netns: clientNetns(name),
      routes: false,
      peers: new Map([['eth0', fabricNetns]]),
    };
  });
  const ports = [
    ...view.nodes.map(({ name }) => [fabricPort('node', name), `node/${name}`] as const),
    ...view.lab.clients.map(({ name }) => [fabricPort('client', name), `client/${name}`] as const),
  ];
  const fabric: Place = { where: fabricNetns, netns: fabricNetns, routes: true, peers: new Map(ports) };
  return [fabric, ...nodes, ...clients, ...pods.map(podPlace)].filter(({ netns }) => there.has(netns));
}

/** The place that a connection is made from; a Pod with hostNetwork is at its node's. */
export function placeOf(places: readonly Place[], netns: string, from: From): string {
  return places.find((place) => place.netns === netns)?.where ?? `${from.kind}/${from.name}`;
}
