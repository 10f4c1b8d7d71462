import { outsideOf } from '../../dns/lab-dns.ts';
import { kubeadmOptions } from '../../dns/options.ts';
import { Responder, type Response } from '../../dns/responder.ts';
import { createFrameReader, frame } from '../../dns/wire/frames.ts';
import { Zone } from '../../dns/zone.ts';
import type { ZoneChange } from '../../dns/zone-item.ts';
import type { LabDns } from '../../kinds/types.ts';
import { tryParseIP } from '../../net/address.ts';
import { provideDns } from '../images/coredns.ts';
import type { Handlers, Identity } from '../images/types.ts';

/** Bytes for the client; a name that another server would have to be asked about fails: none can be reached from here. */
function bytesOf(response: Response): Buffer | undefined {
  if (response === undefined || Buffer.isBuffer(response)) return response;
  return response.finish(undefined);
}

function handlersFor(responder: Responder): Handlers {
  return {
    datagram: (message) => bytesOf(responder.respond(message, 'udp')),
    session: () => {
      const read = createFrameReader();
      return {
        receive: (chunk) => {
          const replies = read(chunk).flatMap((message) => bytesOf(responder.respond(message, 'tcp')) ?? []);
          return replies.length === 0 ? undefined : { data: Buffer.concat(replies.map(frame)) };
        },
      };
    },
  };
}

/** The names of a lab with cluster DNS, as all DNS servers of the helper process answer them. */
export interface Names {
  /** Takes in changes of the zone, made at that Unix time in seconds. */
  readonly change: (changes: readonly ZoneChange[], time: number) => void;
}

/** Begins with an empty zone; servers that are started from now on answer from it. */
export function provideNames(dns: LabDns): Names {
  const zone = new Zone();
  const outside = outsideOf(dns);
  provideDns(({ ip, ipv6 = '' }: Identity) => {
    const localIPs = [ip, ipv6].map(tryParseIP).filter((address) => address !== undefined);
    const options = { ...kubeadmOptions, clusterDomain: dns.clusterDomain, localIPs };
    return handlersFor(new Responder(zone, options, outside));
  });
  return { change: (changes, time) => zone.apply(changes, time) };
}
