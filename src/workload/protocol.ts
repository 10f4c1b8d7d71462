import type { ZoneChange } from '../dns/zone-item.ts';
import type { LabDns } from '../kinds/types/lab.ts';
import type { Protocol } from '../kinds/types/values.ts';

/** A socket of a built-in image that the helper process keeps open in a Pod's network namespace. */
export interface ServerSpec {
  /** Unique: `namespace/pod/container/PROTOCOL/port`. */
  readonly id: string;
  /** Path of the network namespace to listen in, such as /run/netns/pod_default_web-0. */
  readonly netns: string;
  readonly protocol: Exclude<Protocol, 'SCTP'>;
  readonly port: number;
  /** Name of the built-in image's behaviour: a key of the image registry. */
  readonly behaviour: string;
  /** Which start of the container this is, from its first restart on: every start has a new socket. */
  readonly run?: number;
  /** Who answers. */
  readonly identity: {
    readonly namespace: string;
    readonly pod: string;
    readonly container: string;
    readonly node: string;
    readonly image: string;
    readonly ip: string;
    /** The Pod's address of IPv6 beside `ip`, if it has one. */
    readonly ipv6?: string;
    readonly hostname: string;
  };
}

/** Controller → helper, one JSON text a line. */
export type HelperRequest =
  | { readonly op: 'start'; readonly servers: readonly ServerSpec[] }
  | { readonly op: 'stop'; readonly ids: readonly string[] }
  /** Are all servers still listening? `failed` tells of each that is not, then `checked`. */
  | { readonly op: 'check' }
  /** The lab has cluster DNS, whose zone is empty so far; told again, another configuration of it. */
  | { readonly op: 'dns'; readonly dns: LabDns }
  /** Changes of the zone, made at that Unix time in seconds. */
  | { readonly op: 'zone'; readonly changes: readonly ZoneChange[]; readonly time: number };

/** What became of servers. */
export type ServerEvent =
  | { readonly event: 'started'; readonly ids: readonly string[] }
  | { readonly event: 'failed'; readonly id: string; readonly message: string }
  | { readonly event: 'stopped'; readonly ids: readonly string[] };

/** Helper → controller, one JSON text a line. Requests are answered in their order. */
export type HelperEvent = ServerEvent | { readonly event: 'checked' };
