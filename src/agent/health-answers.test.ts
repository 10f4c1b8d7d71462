import test from 'ava';
import type { ProxyRelease } from '../proxy/types.ts';
import { isHealthy, type ProxyHealth, proxyHealthAnswer, serviceHealthAnswer } from './health-answers.ts';

const start = Date.parse('2026-11-21T10:00:00.000Z');
const second = 1000;
const releases: readonly ProxyRelease[] = ['1.8', '1.20', '1.36'];
const check = { port: 32000, namespace: 'shop', name: 'web', localEndpoints: 2 };
const none = { ...check, localEndpoints: 0 };
const health: ProxyHealth = {
  startedAt: start,
  lastUpdated: start + 20 * second,
  pendingSince: undefined,
  timeout: 60 * second,
  nodeEligible: true,
  families: ['IPv4'],
};

test('Service health check: 200 with local endpoints, 503 without', (t) => {
  for (const release of releases) {
    t.is(serviceHealthAnswer(check, true, release).status, 200, release);
    t.is(serviceHealthAnswer(none, true, release).status, 503, release);
  }
  t.is(serviceHealthAnswer(check, false, '1.36').status, 503, 'the proxy counts, too');
  t.is(serviceHealthAnswer(check, false, '1.20').status, 200);
});

test('Service health check: body and headers of 1.36', (t) => {
  const { body, headers } = serviceHealthAnswer(check, true, '1.36');
  t.is(
    body,
    '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 2,\n\t"serviceProxyHealthy": true\n}',
  );
  t.deepEqual(headers, {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'X-Load-Balancing-Endpoint-Weight': '2',
  });
  t.regex(serviceHealthAnswer(check, false, '1.36').body, /"serviceProxyHealthy": false\n}$/);
});

test('Service health check: body and headers of old releases', (t) => {
  const body = '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 0\n}';
  const old = serviceHealthAnswer(none, true, '1.8');
  t.is(old.body, body);
  t.deepEqual(old.headers, { 'Content-Type': 'application/json' });
  const newer = serviceHealthAnswer(none, true, '1.20');
  t.is(newer.body, body);
  t.deepEqual(newer.headers, { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' });
});

test('a proxy is healthy unless a change waits too long; in 1.8 unless the last sync is long ago', (t) => {
  const late = { ...health, pendingSince: start + 30 * second };
  t.true(isHealthy(late, '1.36', start + 89 * second));
  t.false(isHealthy(late, '1.36', start + 90 * second));
  t.true(isHealthy(health, '1.20', start + 1e9));
  t.true(isHealthy(health, '1.8', start + 80 * second));
  t.false(isHealthy(health, '1.8', start + 81 * second));
});

test('/healthz of 1.36', (t) => {
  const now = start + 25 * second;
  const { status, body } = proxyHealthAnswer('/healthz', health, '1.36', now);
  t.is(status, 200);
  t.is(
    body,
    '{"lastUpdated":"2026-11-21T10:00:25.000Z","currentTime":"2026-11-21T10:00:25.000Z","nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-11-21T10:00:20.000Z","healthy":true}}}',
  );
  const leaving = proxyHealthAnswer('/healthz', { ...health, nodeEligible: false }, '1.36', now);
  t.is(leaving.status, 503);
  t.like(JSON.parse(leaving.body), { lastUpdated: '2026-11-21T10:00:20.000Z', nodeEligible: false, healthy: true });
});

test('/livez of 1.36 leaves the node out', (t) => {
  const { status, body } = proxyHealthAnswer('/livez', { ...health, nodeEligible: false }, '1.36', start);
  t.is(status, 200);
  t.false('nodeEligible' in JSON.parse(body));
  const stuck = proxyHealthAnswer('/livez', { ...health, pendingSince: start }, '1.36', start + 60 * second);
  t.is(stuck.status, 503);
  t.like(JSON.parse(stuck.body), { healthy: false, status: { IPv4: { healthy: false } } });
});

test('/healthz of old releases has times as Go prints them', (t) => {
  const now = start + 25_250;
  t.is(
    proxyHealthAnswer('/healthz', health, '1.8', now).body,
    '{"lastUpdated": "2026-11-21 10:00:20 +0000 UTC m=+20.000000000","currentTime": "2026-11-21 10:00:25.25 +0000 UTC m=+25.250000000"}',
  );
  t.regex(
    proxyHealthAnswer('/healthz', health, '1.20', now).body,
    /^{"lastUpdated": "2026-11-21 10:00:25\.25 \+0000 UTC/,
  );
});

test('other paths are not found', (t) => {
  const { status, body, headers } = proxyHealthAnswer('/', health, '1.36', start);
  t.is(status, 404);
  t.is(body, '404 page not found\n');
  t.is(headers['Content-Type'], 'text/plain; charset=utf-8');
  t.is(proxyHealthAnswer('/livez', health, '1.20', start).status, 404);
});
