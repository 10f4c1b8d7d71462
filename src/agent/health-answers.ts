import { type HealthCheck, healthCheckBody } from '../proxy/health-checks.ts';
import type { ProxyRelease } from '../proxy/types.ts';
import { goDuration, goTime } from './go-time.ts';

/** An HTTP answer. */
export interface HealthAnswer {
  readonly status: 200 | 404 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a node's kube-proxy is; times in milliseconds since 1970. */
export interface ProxyHealth {
  /** When the process began. */
  readonly startedAt: number;
  /** When rules were last brought up to date. */
  readonly lastUpdated: number;
  /** When the oldest change came in that is not in the rules yet. */
  readonly pendingSince: number | undefined;
  /** Milliseconds that a change may wait: twice the sync period. */
  readonly timeout: number;
  /** False: the node is about to be removed, and load balancers should leave it. */
  readonly nodeEligible: boolean;
  /** IP families whose rules the proxy keeps, as Kubernetes names them. */
  readonly families: readonly ('IPv4' | 'IPv6')[];
}

/** Whether kube-proxy keeps up: by the last sync in 1.8, later by the changes that wait (kubernetes PR 81517). */
export function isHealthy({ lastUpdated, pendingSince, timeout }: ProxyHealth, release: ProxyRelease, now: number) {
  if (release === '1.8') return now <= lastUpdated + timeout;
  return pendingSince === undefined || now - pendingSince < timeout;
}

/** Go's http.NewServeMux for a path that nobody serves. */
const notFound: HealthAnswer = {
  status: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: '404 page not found\n',
};

function jsonHeaders(release: ProxyRelease): Record<string, string> {
  const nosniff = release === '1.8' ? {} : { 'X-Content-Type-Options': 'nosniff' };
  return { 'Content-Type': 'application/json', ...nosniff };
}

/**
 * The answer of a Service's healthCheckNodePort, to any path and method. The endpoint weight came in 1.28; old releases
 * ask for endpoints alone. Source: pkg/proxy/healthcheck/service_health.go.
 */
export function serviceHealthAnswer(check: HealthCheck, healthy: boolean, release: ProxyRelease): HealthAnswer {
  const modern = release === '1.36';
  const weight = modern ? { 'X-Load-Balancing-Endpoint-Weight': String(check.localEndpoints) } : {};
  return {
    status: check.localEndpoints > 0 && (healthy || !modern) ? 200 : 503,
    headers: { ...jsonHeaders(release), ...weight },
    body: healthCheckBody(check, release, healthy),
  };
}

function modernBody(health: ProxyHealth, healthy: boolean, shown: number, now: number, withNode: boolean): string {
  const iso = (time: number) => new Date(time).toISOString();
  const status = health.families.map((family) => [family, { lastUpdated: iso(health.lastUpdated), healthy }] as const);
  return JSON.stringify({
    lastUpdated: iso(shown),
    currentTime: iso(now),
    ...(withNode ? { nodeEligible: health.nodeEligible } : {}),
    healthy,
    status: Object.fromEntries(status),
  });
}

function classicBody({ startedAt }: ProxyHealth, shown: number, now: number): string {
  const text = (time: number) => `"${goTime(time)} ${goDuration(time - startedAt)}"`;
  return `{"lastUpdated": ${text(shown)},"currentTime": ${text(now)}}`;
}

/**
 * The answer of kube-proxy's own health server on port 10256: `/healthz`, and in 1.36 `/livez`, which leaves the node's
 * eligibility out. A healthy proxy of 1.20 and later says that it was updated just now.
 * Source: pkg/proxy/healthcheck/proxy_health.go and its forerunners.
 */
export function proxyHealthAnswer(path: string, health: ProxyHealth, release: ProxyRelease, now: number): HealthAnswer {
  const modern = release === '1.36';
  if (path !== '/healthz' && !(modern && path === '/livez')) return notFound;
  const withNode = modern && path === '/healthz';
  const healthy = isHealthy(health, release, now);
  const good = healthy && (!withNode || health.nodeEligible);
  const shown = good && release !== '1.8' ? now : health.lastUpdated;
  return {
    status: good ? 200 : 503,
    headers: jsonHeaders(release),
    body: modern ? modernBody(health, healthy, shown, now, withNode) : classicBody(health, shown, now),
  };
}
