import type { ExecTarget } from '../api/types.ts';
import type { From, NamedTo, Outcome, To } from '../model/types.ts';

/** One connection to try. */
export interface ProbeRequest {
  readonly from: From;
  /** Only curl knows what to do with a name; for the other schemes it has to be looked up before. */
  readonly to: To | NamedTo;
  /** Path of the network namespace that the connection is made from. */
  readonly netns: string;
  /** How long to wait for the connection, and again for the answer, in milliseconds; curl waits 1.5 s at least. */
  readonly timeoutMs: number;
  /** Where names are looked up, with the files of that place; without it, as on the machine itself. */
  readonly place?: ExecTarget;
}

/** One connection to an address. */
export type AddressRequest = ProbeRequest & { readonly to: To };

/** What became of one connection. */
export interface ProbeAnswer {
  readonly outcome: Outcome;
  /** `ip:port` that answered; for ICMP the address alone. */
  readonly endpoint?: string;
  /** `namespace/name` of the Pod that answered. */
  readonly pod?: string;
  /** Source address that the endpoint saw. */
  readonly source?: string;
  readonly milliseconds: number;
  /** HTTP status code. */
  readonly status?: number;
  /** Start of the answer's body, at most 4 KiB. */
  readonly body?: string;
  /** Local address and port that the connection was made from, before any translation. */
  readonly localAddress?: string;
  readonly localPort?: number;
  /** Address that a name led to. */
  readonly remoteAddress?: string;
  /** What the program or the kernel said about a connection that was not delivered. */
  readonly message?: string;
}

/** What probes may know of their surroundings; all of it can be left out. */
export interface ProbeContext {
  /** Where addresses are translated: the nodes' network namespaces, searched with conntrack when an answer names nobody. */
  readonly nodes?: readonly { readonly name: string; readonly netns: string }[];
  /** `namespace/name` of the Pod with this address. */
  readonly podByIP?: (ip: string) => string | undefined;
  /** Directory for the bodies of curl's answers while it runs; without it bodies are not kept. */
  readonly bodyDirectory?: string;
}

/** Tries every request; answers come back in the order of the requests. */
export type Prober<R extends ProbeRequest = AddressRequest> = (
  requests: readonly R[],
  context: ProbeContext,
) => Promise<readonly ProbeAnswer[]>;
