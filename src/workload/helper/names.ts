import { outsideOf } from '../../dns/lab-dns.ts';
import { kubeadmOptions } from '../../dns/options.ts';
import { Responder } from '../../dns/responder.ts';
import { answerDnsDatagram, type DnsServer, serveDnsConnection } from '../../dns/server/connection.ts';
import { Forwarder } from '../../dns/server/forwarder.ts';
import { Zone } from '../../dns/zone.ts';
import type { ZoneChange } from '../../dns/zone-item.ts';
import type { LabDns } from '../../kinds/types/lab.ts';
import { tryParseIP } from '../../net/address.ts';
import { provideDns } from '../images/coredns.ts';
import type { Identity } from '../images/types.ts';
import { dialFrom } from './dial.ts';

/** The names of a lab with cluster DNS, as all DNS servers of the helper process answer them. */
export interface Names {
  /** Takes in changes of the zone, made at that Unix time in seconds. */
  readonly change: (changes: readonly ZoneChange[], time: number) => void;
  /** Takes in another `dns` of the Lab object. */
  readonly configure: (dns: LabDns) => void;
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

/** Begins with an empty zone; DNS servers can be started from now on. */
export function provideNames(dns: LabDns): Names {
  const zone = new Zone();
  let current = dns;
  provideDns((identity, _, netns) => {
    let made = { by: current, server: serverOf(identity, netns, zone, current) };
    const server = (): DnsServer => {
      if (made.by !== current) made = { by: current, server: serverOf(identity, netns, zone, current) };
      return made.server;
    };
    return {
      datagram: (message) => answerDnsDatagram(message, server()),
      connection: (socket, first) => serveDnsConnection(socket, server(), first),
    };
  });
  return {
    change: (changes, time) => zone.apply(changes, time),
    configure: (next) => {
      current = next;
    },
  };
}
