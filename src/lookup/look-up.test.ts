import test from 'ava';
import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { lookUp } from './look-up.ts';
import { namesOf } from './names.ts';

function service(namespace: string, name: string, clusterIP: string): Service {
  const spec = { type: 'ClusterIP', clusterIP, ports: [{ protocol: 'TCP', port: 53, targetPort: 53 }] } as const;
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec };
}

const dnsEndpoints: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: 'kube-system', name: 'dns', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.0.2'] }],
};

const names = namesOf([
  service('kube-system', 'kube-dns', '10.96.0.10'),
  dnsEndpoints,
  service('default', 'web', '10.96.7.7'),
]);

/** What dig prints about a question: an answer of the table, by `SERVER NAME`; silence for anything else. */
type Answers = Readonly<Record<string, string>>;

async function ask(name: string, type: string, resolvConf: string, answers: Answers) {
  const run = async (argv: readonly string[]) => {
    if (argv[0] === 'cat') return resolvConf;
    const [, server = ''] = argv;
    return answers[`${server.slice(1)} ${argv.at(-1)}`] ?? ';; no servers could be reached\n';
  };
  const found = await lookUp({ from: 'pod/box', name, type }, { run, names: async () => names });
  const { steps, outcome, agrees } = found;
  return { outcome, agrees, asked: steps.map((step) => `${step.server} ${step.name} ${step.observed.rcode}`) };
}

const status = (rcode: string, ...records: readonly string[]) =>
  [`;; ->>HEADER<<- opcode: QUERY, status: ${rcode}, id: 1`, ...records, ''].join('\n');

test('the search list is gone through until a name has records', async (t) => {
  const conf = 'search prod.svc.cluster.local default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
  const found = await ask('web', 'A', conf, {
    '10.96.0.10 web.prod.svc.cluster.local.': status('NXDOMAIN'),
    '10.96.0.10 web.default.svc.cluster.local.': status('NOERROR', 'web.default.svc.cluster.local. 30 IN A 10.96.7.7'),
  });
  t.deepEqual(found, {
    outcome: 'found',
    agrees: true,
    asked: ['10.96.0.10 web.prod.svc.cluster.local NXDOMAIN', '10.96.0.10 web.default.svc.cluster.local NOERROR'],
  });
});

test('a server that is silent or knows nothing is followed by the next', async (t) => {
  const conf = 'nameserver 9.9.9.9\nnameserver 10.96.0.10\n';
  const full = 'web.default.svc.cluster.local';
  const good = status('NOERROR', `${full}. 30 IN A 10.96.7.7`);
  const silent = await ask(full, 'A', conf, { [`10.96.0.10 ${full}.`]: good });
  t.deepEqual(silent, {
    outcome: 'found',
    agrees: true,
    asked: [`9.9.9.9 ${full} no answer`, `10.96.0.10 ${full} NOERROR`],
  });
  const lost = await ask(full, 'A', conf, { [`9.9.9.9 ${full}.`]: status('NXDOMAIN') });
  t.deepEqual([lost.outcome, lost.asked], ['nxdomain', [`9.9.9.9 ${full} NXDOMAIN`]]);
});

test('what cannot be asked about', async (t) => {
  const conf = `search ${'x.'.repeat(20)}example.com\nnameserver 10.96.0.10\n`;
  for (const name of ['', 'x..y', '.x', `${'a'.repeat(64)}.example.com`, `${'abc.'.repeat(70)}com`]) {
    await t.throwsAsync(ask(name, 'A', conf, {}), { message: /is not a name/ }, name);
  }
  await t.throwsAsync(ask('web', 'LOC', conf, {}), { message: /unknown type/ });
  t.deepEqual((await ask('.', 'NS', conf, { '10.96.0.10 .': status('SERVFAIL') })).asked, ['10.96.0.10  SERVFAIL']);
  const long = `${'abc.'.repeat(60)}com`;
  const { asked } = await ask(long, 'A', conf, { [`10.96.0.10 ${long}.`]: status('SERVFAIL') });
  t.deepEqual(asked, [`10.96.0.10 ${long} SERVFAIL`], 'with the search list it would be too long');
});
