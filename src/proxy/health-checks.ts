import type { IP } from '../net/address.ts';
import { nodePortAddresses } from './node-ports.ts';
import { portsOfInput } from './ports-of-input.ts';
import type { ProxyInput } from './types.ts';

/** A healthCheckNodePort that the node serves. */
export interface HealthCheck {
  readonly port: number;
  readonly namespace: string;
  readonly name: string;
  /** Distinct addresses of ready endpoints on this node; the answer is 200 when there is one, else 503. */
  readonly localEndpoints: number;
}

/** The health checks of load balancer Services with externalTrafficPolicy Local, one a Service. */
export function healthChecks(input: ProxyInput): readonly HealthCheck[] {
  const found = new Map<string, { port: number; namespace: string; name: string; ips: Set<IP> }>();
  for (const { info, endpoints } of portsOfInput(input)) {
    const { namespace, name, healthCheckNodePort: port } = info;
    if (port === 0) continue;
    const check = found.get(`${namespace} ${name}`) ?? { port, namespace, name, ips: new Set<IP>() };
    for (const { ip, ready, isLocal } of endpoints) if (ready && isLocal) check.ips.add(ip);
    found.set(`${namespace} ${name}`, check);
  }
  return Array.from(found.values(), ({ ips, ...check }) => ({ ...check, localEndpoints: ips.size }));
}

/** Old releases listen on every address, whatever nodePortAddresses says. */
function healthCheckAddresses(input: ProxyInput): readonly IP[] | undefined {
  if (input.release !== '1.36') return undefined;
  const { matchAll, ips } = nodePortAddresses(input, input.config.mode === 'nftables' ? 'primary' : 'all');
  return matchAll ? undefined : ips;
}

/** Body of the answer as kube-proxy writes it: JSON indented by tabs. `serviceProxyHealthy` came after 1.20. */
export function healthCheckBody(
  { namespace, name, localEndpoints }: HealthCheck,
  release: ProxyInput['release'],
  serviceProxyHealthy = true,
): string {
  const healthy = release === '1.36' ? { serviceProxyHealthy } : {};
  return JSON.stringify({ service: { namespace, name }, localEndpoints, ...healthy }, undefined, '\t');
}

/** A health check, and the addresses that serve it; undefined: all of the node's. */
export interface ServedHealthCheck {
  readonly check: HealthCheck;
  readonly addresses: readonly IP[] | undefined;
}

/** The health checks of a node's families together: a Service of both is served by the proxier of the first. */
export function nodeHealthChecks(inputs: readonly ProxyInput[]): readonly ServedHealthCheck[] {
  const found = new Map<string, ServedHealthCheck>();
  for (const input of inputs) {
    for (const check of healthChecks(input)) {
      const key = `${check.namespace} ${check.name}`;
      if (!found.has(key)) found.set(key, { check, addresses: healthCheckAddresses(input) });
    }
  }
  return [...found.values()];
}
