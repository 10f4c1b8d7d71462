import type { ChildProcess } from 'node:child_process';
import type { From, Outcome, To } from '../model/types.ts';

/** One connection to try. */
export interface ProbeRequest {
  readonly from: From;
  readonly to: To;
  /** Path of the network namespace that the connection is made from. */
  readonly netns: string;
  /** How long to wait for the connection, and again for the answer, in milliseconds. */
  readonly timeoutMs: number;
}

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
  /** What the program or the kernel said about a connection that was not delivered. */
  readonly message?: string;
}

/** How a program's standard streams are set up; as child_process.spawn has it. */
export type Stdio = 'pipe' | 'ignore';

/** Starts a program inside the network namespace at the path; argv[0] is an absolute path. No shell. */
export type SpawnInNetns = (
  netns: string,
  argv: readonly string[],
  stdio: readonly [Stdio, Stdio, Stdio],
) => ChildProcess;

/** What probes need of their surroundings. */
export interface ProbeContext {
  readonly spawnIn: SpawnInNetns;
  /** Absolute paths of the programs; a probe whose program is absent throws `missing-tool`. */
  readonly tools: { readonly curl?: string; readonly ping?: string; readonly conntrack?: string };
  /** Where addresses are translated: the nodes' network namespaces, searched with conntrack when an answer names nobody. */
  readonly nodes?: readonly { readonly name: string; readonly netns: string }[];
  /** `namespace/name` of the Pod with this address. */
  readonly podByIP?: (ip: string) => string | undefined;
}

/** Tries every request; answers come back in the order of the requests. */
export type Prober = (requests: readonly ProbeRequest[], context: ProbeContext) => Promise<readonly ProbeAnswer[]>;
