import test from 'ava';
import type { EndpointSlice, SliceEndpoint } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { behaviours } from './behaviour.ts';
import { endpointsOf, selectEndpoints } from './endpoints.ts';
import { servicePorts } from './service-ports.ts';

const here = { nodeName: 'node1', zone: 'za' };

function service(spec: Partial<Service['spec']> = {}): Service {
  const ports = [{ protocol: 'TCP' as const, port: 80, targetPort: 8080, nodePort: 30080 }];
  const metadata = { name: 'web', namespace: 'default' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { type: 'NodePort', clusterIP: '10.96.0.1', ports, ...spec },
  };
}

function slice(endpoints: readonly SliceEndpoint[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  };
}

type State = 'ready' | 'not-ready' | 'draining' | 'gone';

const conditions = {
  ready: { ready: true, serving: true, terminating: false },
  'not-ready': { ready: false, serving: false, terminating: false },
  draining: { ready: false, serving: true, terminating: true },
  gone: { ready: false, serving: false, terminating: true },
} as const;

function endpoint(ip: string, state: State, more: Partial<SliceEndpoint> = {}): SliceEndpoint {
  return { addresses: [ip], conditions: conditions[state], nodeName: 'node2', ...more };
}

const onNode1 = { nodeName: 'node1' };
const zone = (name: string): Partial<SliceEndpoint> => ({ hints: { forZones: [{ name }] } });
const nodeHint = (name: string): Partial<SliceEndpoint> => ({
  hints: { forNodes: [{ name }], forZones: [{ name: 'zb' }] },
});
const local = { externalTrafficPolicy: 'Local' } as const;

interface Case {
  readonly name: string;
  readonly spec?: Partial<Service['spec']>;
  readonly endpoints: readonly SliceEndpoint[];
  readonly release?: '1.20' | '1.36';
  readonly cluster: string;
  readonly local?: string;
  readonly hasAny?: boolean;
}

const cases: readonly Case[] = [
  {
    name: 'only ready ones',
    endpoints: [endpoint('10.0.0.1', 'ready'), endpoint('10.0.0.2', 'not-ready')],
    cluster: '1',
  },
  {
    name: 'terminating ones only when none is ready',
    endpoints: [endpoint('10.0.0.1', 'draining'), endpoint('10.0.0.2', 'ready'), endpoint('10.0.0.3', 'gone')],
    cluster: '2',
  },
  {
    name: 'terminating ones that serve, when none is ready',
    endpoints: [endpoint('10.0.0.1', 'draining'), endpoint('10.0.0.3', 'gone')],
    cluster: '1',
  },
  {
    name: '1.20 knows no fallback',
    release: '1.20',
    endpoints: [endpoint('10.0.0.1', 'draining')],
    cluster: '',
    hasAny: false,
  },
  {
    name: 'Local: those of this node',
    spec: local,
    endpoints: [endpoint('10.0.0.1', 'ready'), endpoint('10.0.0.2', 'ready', onNode1)],
    cluster: '12',
    local: '2',
  },
  {
    name: 'Local falls back on its own',
    spec: local,
    endpoints: [endpoint('10.0.0.1', 'ready'), endpoint('10.0.0.2', 'draining', onNode1)],
    cluster: '1',
    local: '2',
  },
  {
    name: 'internal Local without external way in uses no other node, but knows that one exists',
    spec: {
      type: 'ClusterIP',
      internalTrafficPolicy: 'Local',
      ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }],
    },
    endpoints: [endpoint('10.0.0.1', 'ready')],
    cluster: '',
    hasAny: true,
  },
  {
    name: 'hints: the own zone',
    endpoints: [endpoint('10.0.0.1', 'ready', zone('za')), endpoint('10.0.0.2', 'ready', zone('zb'))],
    cluster: '1',
  },
  {
    name: 'hints count only when every ready endpoint has one',
    endpoints: [
      endpoint('10.0.0.1', 'ready', zone('za')),
      endpoint('10.0.0.2', 'ready'),
      endpoint('10.0.0.3', 'not-ready'),
    ],
    cluster: '12',
  },
  {
    name: 'hints for other zones only are passed over',
    endpoints: [endpoint('10.0.0.1', 'ready', zone('zb')), endpoint('10.0.0.2', 'ready', zone('zc'))],
    cluster: '12',
  },
  {
    name: 'hints: the own node before the zone',
    endpoints: [endpoint('10.0.0.1', 'ready', nodeHint('node1')), endpoint('10.0.0.2', 'ready', nodeHint('node2'))],
    cluster: '1',
  },
  {
    name: '1.20 knows no hints',
    release: '1.20',
    endpoints: [endpoint('10.0.0.1', 'ready', zone('za')), endpoint('10.0.0.2', 'ready', zone('zb'))],
    cluster: '12',
  },
];

for (const { name, spec, endpoints, release = '1.36', cluster, local: expected = '', hasAny } of cases) {
  test(`selection: ${name}`, (t) => {
    const behaviour = behaviours[release];
    const [info] = servicePorts(service(spec), 'ipv4', behaviour);
    if (info === undefined) return t.fail('the Service has no port');
    const all = endpointsOf([slice(endpoints)], info, 'ipv4', here.nodeName);
    const selected = selectEndpoints(all, info, here, behaviour);
    const digits = (list: typeof all): string => list.map(({ ip }) => ip.slice(-1)).join('');
    t.is(digits(selected.cluster), cluster);
    t.is(digits(selected.local), expected);
    t.is(selected.hasAny, hasAny ?? cluster + expected !== '');
    t.is(selected.reachable.length, new Set([...selected.cluster, ...selected.local]).size);
  });
}

test('endpoints are sorted by text; of two alike the local one stays', (t) => {
  const info = { portName: '', protocol: 'tcp' } as const;
  const slices = [
    slice([endpoint('10.0.0.9', 'ready'), endpoint('10.0.0.10', 'not-ready')]),
    slice([endpoint('10.0.0.10', 'ready', onNode1), endpoint('10.0.0.9', 'gone')]),
  ];
  const found = endpointsOf(slices, info, 'ipv4', 'node1').map(({ text, isLocal, ready }) => ({
    text,
    isLocal,
    ready,
  }));
  t.deepEqual(found, [
    { text: '10.0.0.10:8080', isLocal: true, ready: true },
    { text: '10.0.0.9:8080', isLocal: false, ready: true },
  ]);
});

test('a Service without conditions on its endpoints has them ready', (t) => {
  const [found] = endpointsOf(
    [slice([{ addresses: ['10.0.0.1'] }])],
    { portName: '', protocol: 'tcp' },
    'ipv4',
    'node1',
  );
  t.like(found, { ready: true, serving: true, terminating: false, isLocal: false });
});
