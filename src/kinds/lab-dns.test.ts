import test from 'ava';
import { normalizeObject } from './normalize.ts';
import type { Lab } from './types/lab.ts';

function read(dns: unknown) {
  return normalizeObject({ apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'a' }, spec: { dns } });
}

function dnsOf(dns: unknown) {
  const result = read(dns);
  return 'object' in result ? (result.object as Lab).spec.dns : result.faults.map(({ field }) => field);
}

test('dns: true, false and absent', (t) => {
  const plain = { clusterDomain: 'cluster.local', upstreams: [], stubDomains: [], hosts: [] };
  t.deepEqual(dnsOf(true), plain);
  t.deepEqual(dnsOf({}), plain);
  t.deepEqual(dnsOf(undefined), plain);
  t.false(dnsOf(false));
});

test('faults of dns', (t) => {
  t.deepEqual(dnsOf({ upstreams: ['8.8.8.8', 'dns.example'] }), ['spec.dns.upstreams[1]']);
  t.deepEqual(dnsOf({ clusterDomain: 'Not good' }), ['spec.dns.clusterDomain']);
  t.deepEqual(dnsOf({ stubDomains: [{ domain: 'a.example' }] }), ['spec.dns.stubDomains[0].servers']);
  t.deepEqual(dnsOf({ hosts: [{ ip: 'x', hostnames: [] }] }), ['spec.dns.hosts[0].ip', 'spec.dns.hosts[0].hostnames']);
});
