import { outsideOf } from '../../dns/lab-dns.ts';
import { kubeadmOptions } from '../../dns/options.ts';
import { Responder } from '../../dns/responder.ts';
import { answerDnsDatagram, type DnsServer, serveDnsConnection } from '../../dns/server/connection.ts';
import { Forwarder } from '../../dns/server/forwarder.ts';
import { Zone } from '../../dns/zone.ts';
import type { ZoneChange } from '../../dns/zone-item.ts';
import type { LabDns } from '../../kinds/types/lab.ts';
import { tryParseIP } from '../../net/address.ts';
import type { Handlers, Identity } from '../images/types.ts';
import { dialFrom } from './dial.ts';

/** What a DNS server does. */
export type NameHandlers = Required<Pick<Handlers, 'datagram' | 'connection'>>;

/** The names of a lab with cluster DNS, as all DNS servers of the helper process answer them. */
export interface Names {
  /** Takes in changes of the zone, made at that Unix time in seconds. */
  readonly change: (changes: readonly ZoneChange[], time: number) => void;
  /** Takes in another `dns` of the Lab object. */
  readonly configure: (dns: LabDns) => void;
  /** A DNS server of the Pod in the network namespace of that path. */
  readonly server: (identity: Identity, netns: string) => NameHandlers;
}

/** A DNS server of the Pod, which asks other servers from the Pod's own network namespace. */
function serverOf({ ip, ipv6 = '' }: Identity, netns: string, zone: Zone, dns: LabDns): DnsServer {
  const localIPs = [ip, ipv6].map(tryParseIP).filter((address) => address !== undefined);
  const options = { ...kubeadmOptions, clusterDomain: dns.clusterDomain, localIPs };
  return {
    responder: new Responder(zone, options, outsideOf(dns)),
    forwarder: new Forwarder(dialFrom(netns)),
  };
}

/** Names with an empty zone. */
export function createNames(dns: LabDns): Names {
  const zone = new Zone();
  let current = dns;
  return {
    change: (changes, time) => zone.apply(changes, time),
    configure: (next) => {
      current = next;
    },
    server: (identity, netns) => {
      let made = { by: current, server: serverOf(identity, netns, zone, current) };
      const server = (): DnsServer => {
        if (made.by !== current) made = { by: current, server: serverOf(identity, netns, zone, current) };
        return made.server;
      };
      return {
        datagram: (message) => answerDnsDatagram(message, server()),
        connection: (socket, first) => serveDnsConnection(socket, server(), first),
      };
    },
  };
}
