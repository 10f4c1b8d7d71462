import type { IP } from '../net/address.ts';

/**
 * What becomes of a connection; the word used by model, probe and report alike. `nxdomain`: the name led to no address,
 * because it does not exist or because nobody answered who could know.
 */
export type Outcome = 'delivered' | 'refused' | 'dropped' | 'unreachable' | 'nxdomain';

/** Who connects. `pod/NAMESPACE/NAME`, `node/NAME` and `client/NAME` in text. */
export type From =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'client'; readonly name: string };

/** Where to. `http://10.96.0.1:80/path`, `tcp://…`, `udp://…`, `icmp://10.96.0.1` in text. */
export interface To {
  readonly scheme: 'http' | 'tcp' | 'udp' | 'icmp';
  readonly address: IP;
  /** Absent for icmp. */
  readonly port?: number;
  readonly path?: string;
}

/** Where to, by a name that who connects has to look up. `http://web.default:8080/path` in text. */
export interface NamedTo extends Omit<To, 'address'> {
  /** As it was typed: with a dot at its end it is complete. */
  readonly name: string;
}

/** One possible result of a connection and how likely it is. */
export interface Prediction {
  readonly outcome: Outcome;
  /** `ip:port` where the packet ends up; for delivered only. */
  readonly endpoint?: string;
  /** `namespace/name` of the Pod behind the endpoint, if it is one. */
  readonly pod?: string;
  readonly node?: string;
  /** Source address that the endpoint sees. */
  readonly source?: string;
  readonly probability: number;
}

/** What was seen, with how many connections it was seen in. */
export interface Observation {
  readonly outcome: Outcome;
  readonly endpoint?: string;
  readonly pod?: string;
  readonly source?: string;
  readonly count: number;
}

/** One step of an explanation, in the order in which the packet meets it. */
export interface Step {
  /** Where it happens: `pod/default/web-0`, `node1`, `fabric`… */
  readonly where: string;
  /** One short true sentence. */
  readonly text: string;
  /** The rule, route or object that decides, if one does: a rule's text, a route, a Service's field. */
  readonly because?: string;
}

/** The prediction of one connection with its reasons. Probabilities sum to 1. */
export interface Explanation {
  readonly predicted: readonly Prediction[];
  readonly steps: readonly Step[];
  /** Set when a Service with session affinity chooses: further connections from the same source follow the first. */
  readonly affinity?: Affinity;
}

/** Session affinity that a connection meets; predictions then tell of the first connection only. */
export interface Affinity {
  /** The choice is forgotten after this many seconds without a connection. */
  readonly seconds: number;
  /** How many nodes may be the one that chooses; each keeps its own memory. */
  readonly places: number;
}
