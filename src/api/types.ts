import type { LabErrorJSON } from '../errors.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import type { Observation, Prediction, Step } from '../model/types.ts';

/*
 * The lab's own part of the controller's API, under /lab/v1 on the lab's unix socket. The rest of the API is the
 * Kubernetes REST API: GET/POST/PUT/PATCH/DELETE /api/v1/… and /apis/GROUP/VERSION/….
 *
 * An answer that is not 2xx has the body { "error": LabErrorJSON }. Streams are one JSON text a line.
 *
 *   GET    /lab/v1/status                        → LabStatus
 *   GET    /lab/v1/ready?timeout=MS              → LabStatus once everything is ready, without looking for drift;
 *                                                  504 `timeout` otherwise
 *   GET    /lab/v1/settled?timeout=MS            → 204 once every change so far is in the kernel; 504 `timeout` otherwise
 *   POST   /lab/v1/apply        ApplyRequest     → ApplyResponse; all or nothing
 *   POST   /lab/v1/delete       DeleteRequest    → ApplyResponse
 *   POST   /lab/v1/explain      ConnectRequest   → ExplainedConnection
 *   POST   /lab/v1/curl         ConnectRequest   → stream of ConnectEvent
 *   POST   /lab/v1/trace        ConnectRequest   → TraceReport
 *   POST   /lab/v1/verify       VerifyRequest    → stream of VerifyEvent
 *   POST   /lab/v1/sync         SyncRequest      → SyncResponse
 *   GET    /lab/v1/nodes/NAME/rules?family=ipv4  → text, as iptables-save prints it
 *   GET    /lab/v1/logs/NAMESPACE/POD?container=NAME → text: what a container's program has printed
 *   GET    /lab/v1/targets/TARGET                → ExecTarget (TARGET percent-encoded: `node1`, `pod/web-0`, …)
 *   DELETE /lab/v1                               → 202; the lab ends
 */

/** One way in, predicted and perhaps tried. Part of the documented interface. */
export interface Connection {
  /** `pod/NAMESPACE/NAME`, `node/NAME` or `client/NAME`. */
  readonly from: string;
  readonly to: string;
  /** What the connection is an example of: `ClusterIP default/httpd`, `NodePort of node1`, `wrong port`… */
  readonly about?: string;
  readonly predicted: readonly Prediction[];
  readonly observed: readonly Observation[];
  readonly agrees: boolean;
  /** Why it does not agree, in one sentence. */
  readonly difference?: string;
}

/** What `explain` gives: the steps in place of the observation. */
export interface ExplainedConnection {
  readonly from: string;
  readonly to: string;
  readonly predicted: readonly Prediction[];
  readonly steps: readonly Step[];
}

export interface ApplyRequest {
  readonly objects: readonly KubeObject[];
  readonly dryRun?: boolean;
}

export interface ApplyResult {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly result: 'created' | 'configured' | 'unchanged' | 'deleted';
}

export interface ApplyResponse {
  readonly results: readonly ApplyResult[];
}

/** An object's name without its content. */
export interface ObjectKey {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface DeleteRequest {
  readonly objects: readonly ObjectKey[];
  readonly ignoreNotFound?: boolean;
  /** Seconds that Pods get to end, in place of their own terminationGracePeriodSeconds; 0 removes them at once. */
  readonly gracePeriodSeconds?: number;
}

export interface ConnectRequest {
  /** As the user typed it: `pod/web-0`, `node1`, `client/laptop`. */
  readonly from: string;
  /** As the user typed it: a URL, `ADDRESS:PORT`, `ping://ADDRESS`, `svc/NAME:PORT`. */
  readonly to: string;
  readonly count?: number;
}

/** One answer of `curl`, or the closing tally. */
export type ConnectEvent =
  | {
      readonly event: 'answer';
      readonly observation: Observation;
      readonly milliseconds: number;
      readonly status?: number;
      readonly body?: string;
      /** What curl, ping or the kernel said about a connection without an answer. */
      readonly message?: string;
    }
  | { readonly event: 'done'; readonly connection: Connection }
  | { readonly event: 'error'; readonly error: LabErrorJSON };

export interface VerifyRequest {
  readonly from?: string;
  readonly to?: string;
  /** Milliseconds after which a connection without an answer counts as dropped; 1,000 when absent. */
  readonly timeout?: number;
  /** Stop at the first difference: what is still in doubt then is left out of the report. */
  readonly failFast?: boolean;
}

export interface VerifyReport {
  readonly agreed: number;
  readonly disagreed: number;
  readonly connections: readonly Connection[];
  readonly milliseconds: number;
  /** Where drift was repaired while this went on, such as `node1` or `pod/default/web`: what was seen may be a mixture. */
  readonly repaired?: readonly string[];
  /** What was left out, and why, one sentence each. */
  readonly leftOut?: readonly string[];
}

export type VerifyEvent =
  | { readonly event: 'progress'; readonly done: number; readonly total: number }
  | { readonly event: 'done'; readonly report: VerifyReport }
  | { readonly event: 'error'; readonly error: LabErrorJSON };

export interface SyncRequest {
  /** All nodes when absent. */
  readonly node?: string;
}

export interface SyncResponse {
  readonly namespaces: readonly {
    readonly name: string;
    /** The commands, as a person would type them, that the repair came to; empty when nothing had drifted. */
    readonly repaired: readonly string[];
  }[];
  readonly milliseconds: number;
}

export interface LabStatus {
  readonly name: string;
  /** Process id of the controller, as the caller's pid namespace sees it. */
  readonly pid: number;
  readonly ready: boolean;
  /** Why it is not ready yet, one line each. */
  readonly waitingFor: readonly string[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly rootless: boolean;
  readonly kubernetesRelease: string;
  readonly proxyMode: string;
  readonly nodes: readonly NodeStatus[];
  readonly pods: { readonly total: number; readonly ready: number };
  readonly services: number;
  readonly clients: readonly ClientStatus[];
  /** The network between the nodes. */
  readonly fabric: { readonly drift: readonly string[] };
  /** Fields of the given configuration and of Pods that have no effect in a lab. */
  readonly ignoredFields: readonly string[];
  /** Faults that the controller met and goes on trying, one line each. */
  readonly problems: readonly string[];
  /** Bytes, summed over the lab's processes (proportional set size). */
  readonly memory: number;
}

export interface ClientStatus {
  readonly name: string;
  readonly ip: string;
  /** All addresses of a client that has one of each family. */
  readonly ips?: readonly string[];
  /** What differs from the desired state right now, as the commands that would repair it. */
  readonly drift: readonly string[];
}

export interface NodeStatus {
  readonly name: string;
  readonly role: string;
  readonly ip: string;
  /** The IPv6 address beside it, in a lab of both families. */
  readonly ipv6?: string;
  readonly lease: { readonly subnet: string; readonly ipv6Subnet?: string; readonly expires: string };
  readonly kubeProxy: boolean;
  readonly ready: boolean;
  readonly pods: number;
  /** When rules, routes and links were last written or compared; RFC 3339. */
  readonly syncedAt: string;
  /** Seconds the last sync of this node took. */
  readonly syncSeconds: number;
  /** What differs from the desired state right now, as the commands that would repair it. */
  readonly drift: readonly string[];
}

/** How to enter a target: everything `nsenter` needs. */
export interface ExecTarget {
  readonly target: string;
  /** Path of the network namespace in the lab's mount namespace. */
  readonly netns: string;
  readonly hostname: string;
  /** Directory, in the lab's mount namespace, of files to lay over the root (`etc/resolv.conf`, `run/flannel/subnet.env`). */
  readonly files: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir?: string;
}
