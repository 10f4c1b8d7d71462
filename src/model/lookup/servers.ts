import type { ClusterView } from '../../cluster/view.ts';
import { type IP, tryParseIP } from '../../net/address.ts';
import { listeningPorts } from '../../workload/ports.ts';
import { predict } from '../predict.ts';
import { topologyOf } from '../topology.ts';
import type { Explanation, From, Prediction } from '../types.ts';

/** The way of a query to one name server, and who answers there. */
export interface ServerWay {
  readonly server: IP;
  readonly explanation: Explanation;
  /** Chance that a DNS server of the lab gets the query. */
  readonly answered: number;
  /** Chance that the sender is told at once that nobody is there; it turns to its next server then. */
  readonly refused: number;
}

const port = 53;
/** resolv.conf(5): without a nameserver line, the one on the machine itself is asked. */
const ownMachine = '127.0.0.1' as IP;
/** More are not looked at (resolv.conf(5), MAXNS). */
const serversAtMost = 3;

function isDnsServer(view: ClusterView, { pod, endpoint = '' }: Prediction): boolean {
  const topology = topologyOf(view);
  const [namespace = '', name = ''] = (pod ?? '').split('/');
  const found = topology.pod(namespace, name);
  const number = Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
  if (found === undefined) return false;
  return listeningPorts(found).some(
    (socket) => socket.protocol === 'UDP' && socket.port === number && socket.behaviour === 'dns',
  );
}

function sum(predicted: readonly Prediction[], counts: (one: Prediction) => boolean): number {
  return predicted.filter(counts).reduce((all, { probability }) => all + probability, 0);
}

/** The ways to all servers that the sender asks, in their order. A query is one datagram like any other. */
export function serverWays(view: ClusterView, from: From, nameservers: readonly string[]): readonly ServerWay[] {
  const given = nameservers.slice(0, serversAtMost).flatMap((text) => tryParseIP(text) ?? []);
  const servers = nameservers.length === 0 ? [ownMachine] : given;
  return servers.map((server) => {
    const explanation = predict(view, from, { scheme: 'udp', address: server, port });
    const { predicted } = explanation;
    return {
      server,
      explanation,
      answered: sum(predicted, (one) => one.outcome === 'delivered' && isDnsServer(view, one)),
      refused: sum(predicted, ({ outcome }) => outcome === 'refused' || outcome === 'unreachable'),
    };
  });
}

/** Chance that a query is answered: a server that is not there passes it on to the next, one that keeps silent does not. */
export function chanceOfAnswer([first, ...rest]: readonly ServerWay[]): number {
  return first === undefined ? 0 : first.answered + first.refused * chanceOfAnswer(rest);
}

/** The first server that keeps silent: a resolver waits for it when those before it did not know about the name. */
export function silentServer(ways: readonly ServerWay[]): IP | undefined {
  return ways.find(({ answered, refused }) => answered + refused === 0)?.server;
}
