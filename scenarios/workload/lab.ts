import type { ExecTarget } from '../../src/api/types.ts';
import type { To } from '../../src/model/types.ts';
import { parseIP } from '../../src/net/address.ts';
import type { AddressRequest, ProbeAnswer } from '../../src/probe/types.ts';
import type { ServerEvent, ServerSpec } from '../../src/workload/protocol.ts';
import { createHelper, type Helper } from '../../src/workload/supervisor.ts';
import { podAddress, podNetns } from './network.ts';

/** A server of a built-in image in a Pod's namespace. */
export function server(
  pod: number,
  protocol: 'TCP' | 'UDP',
  port: number,
  behaviour: string,
  image: string,
): ServerSpec {
  return {
    id: `default/pod${pod}/main/${protocol}/${port}`,
    netns: podNetns(pod),
    protocol,
    port,
    behaviour,
    identity: {
      namespace: 'default',
      pod: `pod${pod}`,
      container: 'main',
      node: 'node1',
      image,
      ip: podAddress(pod),
      hostname: `pod${pod}`,
    },
  };
}

/** A connection from a Pod. */
export function request(
  from: number,
  scheme: To['scheme'],
  address: string,
  port?: number,
  timeoutMs = 700,
): AddressRequest {
  return {
    from: { kind: 'pod', namespace: 'default', name: `pod${from}` },
    to: { scheme, address: parseIP(address), ...(port === undefined ? {} : { port }) },
    netns: podNetns(from),
    timeoutMs,
  };
}

/** An answer in one line: outcome, endpoint, Pod and source. */
export function tell({ outcome, endpoint, pod, source }: ProbeAnswer): string {
  return [outcome, endpoint, pod, source].filter((part) => part !== undefined).join(' ');
}

/** The helper process, and all that it said. */
export interface ObservedHelper {
  readonly helper: Helper;
  readonly events: readonly ServerEvent[];
  readonly exits: readonly string[];
  /** Resolves when an event fits that came after `from` others. */
  readonly until: (fits: (event: ServerEvent) => boolean, from?: number) => Promise<void>;
}

/** Starts the helper process. */
export function startHelper(): ObservedHelper {
  const events: ServerEvent[] = [];
  const exits: string[] = [];
  const checks = new Set<() => void>();
  const helper = createHelper({
    node: process.execPath,
    onEvent: (event) => {
      events.push(event);
      for (const check of checks) check();
    },
    onExit: ({ code, signal }) => exits.push(`${code} ${signal}`),
    onStderr: (text) => process.stderr.write(text),
  });
  const until: ObservedHelper['until'] = (fits, from = 0) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = (): void => {
      if (events.slice(from).some(fits)) resolve();
    };
    checks.add(check);
    check();
    return promise;
  };
  return { helper, events, exits, until };
}

/** The number of servers started in these events. */
export function startedCount(events: readonly ServerEvent[]): number {
  return new Set(events.flatMap((event) => (event.event === 'started' ? event.ids : []))).size;
}

/** What ContainerRunner needs to know of a Pod. */
export function execTarget(pod: number): ExecTarget {
  return { target: `pod/pod${pod}`, netns: podNetns(pod), hostname: `pod${pod}`, files: '/run/no-files', env: {} };
}
