import { familiesOf, memberOf, remotesOf } from '../families.ts';
import { type Backend, underlayDevice } from './types.ts';

/**
 * flannel's host-gw backend: each other node is the gateway of its own subnet, and nothing is encapsulated.
 *
 *     ip route replace 10.244.2.0/24 via 192.168.56.12 dev eth0
 */
export const hostGw: Backend = {
  keys: [],
  configure: () => ({ type: 'host-gw' }),
  data: () => undefined,
  parts: (view, node) => ({
    links: [],
    addresses: [],
    routes: familiesOf(view.flannel)
      .filter((family) => memberOf(node, family) !== undefined)
      .flatMap((family) => remotesOf(view, node, family))
      .map(({ subnet, publicIP }) => ({ to: subnet, via: publicIP, device: underlayDevice })),
    neighbours: [],
    fdb: [],
    mtu: view.lab.underlay.mtu,
  }),
};
