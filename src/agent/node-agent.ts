import { statSync } from 'node:fs';
import { toLabError } from '../errors.ts';
import { netnsPath } from '../kernel/netns.ts';
import type { IP } from '../net/address.ts';
import { type HealthCheck, nodeHealthChecks, type ServedHealthCheck } from '../proxy/health-checks.ts';
import { heldPorts } from '../proxy/held-ports.ts';
import type { ProxyInput, ProxyRelease } from '../proxy/types.ts';
import {
  type HealthAnswer,
  isHealthy,
  type ProxyHealth,
  proxyHealthAnswer,
  serviceHealthAnswer,
} from './health-answers.ts';
import { HealthServer } from './health-server.ts';
import { HeldSockets } from './held-sockets.ts';
import { anyAddress } from './listening-socket.ts';

/** Port of kube-proxy's own health server. */
const healthzPort = 10256;

/** What serves health checks wants to know at each request. */
interface Current {
  readonly release: ProxyRelease;
  readonly health: () => ProxyHealth;
  readonly checks: ReadonlyMap<string, HealthCheck>;
}

/** A server that should run on the node. */
interface WantedServer {
  readonly what: string;
  readonly addresses: readonly IP[];
  readonly port: number;
  readonly answer: (path: string) => HealthAnswer;
}

/** What the kube-proxy process of one node keeps open: health servers and held ports. */
export class NodeAgent {
  readonly #node: string;
  readonly #held = new HeldSockets();
  readonly #servers = new Map<string, HealthServer>();
  #current: Current;
  #netns: number | undefined;

  constructor(node: string, release: ProxyRelease, health: () => ProxyHealth) {
    this.#node = node;
    this.#current = { release, health, checks: new Map() };
  }

  /**
   * Opens and closes what the inputs ask for, one of each family that the node has. Returns a line for each thing that
   * cannot be had. Throws `kernel`.
   */
  sync(inputs: readonly ProxyInput[], health: () => ProxyHealth): readonly string[] {
    const netns = netnsPath(this.#node);
    this.#renew(statSync(netns).ino);
    const checks = nodeHealthChecks(inputs);
    const { release } = this.#current;
    this.#current = {
      release,
      health,
      checks: new Map(checks.map(({ check }) => [`${check.namespace}/${check.name}`, check])),
    };
    const wanted = [this.#healthz(), ...checks.map((check) => this.#check(check))];
    const problems = [...this.#serve(netns, wanted), ...this.#held.sync(netns, inputs.flatMap(heldPorts), release)];
    return problems.map((problem) => `${this.#node}: ${problem}`);
  }

  /** A node that was made anew has lost its sockets. */
  #renew(netns: number): void {
    if (this.#netns !== undefined && this.#netns !== netns) this.close();
    this.#netns = netns;
  }

  #healthz(): WantedServer {
    const answer = (path: string) => proxyHealthAnswer(path, this.#current.health(), this.#current.release, Date.now());
    return { what: 'its own health server', addresses: [anyAddress], port: healthzPort, answer };
  }

  #check({ check: { namespace, name, port }, addresses = [anyAddress] }: ServedHealthCheck): WantedServer {
    const key = `${namespace}/${name}`;
    const answer = () => {
      const { release, health, checks } = this.#current;
      const check = checks.get(key) ?? { namespace, name, port, localEndpoints: 0 };
      return serviceHealthAnswer(check, isHealthy(health(), release, Date.now()), release);
    };
    return { what: `the health check of Service ${key}`, addresses, port, answer };
  }

  #serve(netns: string, wanted: readonly WantedServer[]): string[] {
    const keyed = new Map(wanted.map((server) => [`${server.what} ${server.port} ${server.addresses.join()}`, server]));
    for (const [key, server] of this.#servers) {
      if (keyed.has(key)) continue;
      server.close();
      this.#servers.delete(key);
    }
    return [...keyed].flatMap(([key, { what, addresses, port, answer }]) => {
      if (this.#servers.has(key)) return [];
      try {
        this.#servers.set(key, new HealthServer(netns, addresses, port, answer));
        return [];
      } catch (error) {
        return [`kube-proxy can't serve ${what} on port ${port}: ${toLabError(error).message}`];
      }
    });
  }

  /** Closes everything. */
  close(): void {
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
    this.#held.close();
  }
}
