import { checkFaults as check, manifest } from './testing.ts';

const ports = [{ port: 80 }];
const service = (spec: object) => manifest('v1', 'Service', { ports, ...spec });
const serviceNamed = (name: string) => ({ ...service({}), metadata: { name } });

check([
  ['Service: a number first in the name', serviceNamed('1a'), ['metadata.name: Invalid value: "1a": a DNS-1035 label']],
  ['Service: capital letters', serviceNamed('Web'), ['metadata.name: Invalid value: "Web"']],
  ['Service: a name of 64', serviceNamed('a'.repeat(64)), ['metadata.name: Invalid value: ']],
  ['Service: no name', serviceNamed(''), ['metadata.name: Required value']],
  ['Service: no ports', service({ ports: [] }), ['spec.ports: Required value']],
  ['Service: headless without ports', service({ ports: [], clusterIP: 'None' }), []],
  ['Service: port 0', service({ ports: [{ port: 0 }] }), ['spec.ports[0].port: Required value']],
  [
    'Service: port and targetPort too large',
    service({ ports: [{ port: 65_536, targetPort: 70_000 }] }),
    ['spec.ports[0].port: Invalid value: 65536', 'spec.ports[0].targetPort: Invalid value: 70000'],
  ],
  [
    'Service: target port name',
    service({ ports: [{ port: 80, targetPort: 'a-very-long-port-name' }] }),
    ['spec.ports[0].targetPort: Invalid value: "a-very-long-port-name": must be no more than 15 characters'],
  ],
  [
    'Service: target port by number as a string',
    service({ ports: [{ port: 80, targetPort: '8080' }] }),
    ['spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter'],
  ],
  [
    'Service: several ports without names',
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
  ],
  [
    'Service: names twice',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    }),
    ['spec.ports[1].name: Duplicate value: "a"'],
  ],
  [
    'Service: port and protocol twice',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
        { name: 'c', port: 80, protocol: 'UDP' },
      ],
    }),
    ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}'],
  ],
  [
    'Service: a number in quotes is still compared',
    service({
      ports: [
        { name: 'a', port: '80' },
        { name: 'b', port: 80 },
      ],
    }),
    ['spec.ports[0].port: must be a number', 'spec.ports[1]: Duplicate value'],
  ],
  [
    'Service: node port twice',
    service({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_001 },
        { name: 'b', port: 81, nodePort: 30_001 },
      ],
    }),
    ['spec.ports[1].nodePort: Duplicate value: 30001'],
  ],
  [
    'Service: one node port for TCP and UDP is fine',
    service({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53, nodePort: 30_053 },
        { name: 'b', port: 53, nodePort: 30_053, protocol: 'UDP' },
      ],
    }),
    [],
  ],
  [
    'Service: node port of a ClusterIP',
    service({ ports: [{ port: 80, nodePort: 30_000 }] }),
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [
    'Service: ExternalName without name',
    manifest('v1', 'Service', { type: 'ExternalName' }),
    ['spec.externalName: Required'],
  ],
  [
    'Service: ExternalName with a ClusterIP',
    manifest('v1', 'Service', { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.1' }),
    ['spec.clusterIP: Forbidden', 'spec.clusterIPs: Forbidden'],
  ],
  [
    'Service: NodePort cannot be headless',
    service({ type: 'NodePort', clusterIP: 'None' }),
    ['spec.clusterIP: Invalid'],
  ],
  [
    'Service: bad ClusterIP',
    service({ clusterIP: '10.96.0.256' }),
    ['spec.clusterIPs[0]: Invalid value: "10.96.0.256"'],
  ],
  [
    'Service: clusterIPs do not begin with clusterIP',
    service({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.2'] }),
    ['spec.clusterIPs[0]: Invalid value: "10.96.0.2": first value must match `clusterIP`'],
  ],
  ['Service: clusterIPs alone', service({ clusterIPs: ['10.96.0.2'] }), ['spec.clusterIPs: Forbidden']],
  [
    'Service: the family of an address',
    service({ clusterIP: 'fd00::1', ipFamilies: ['IPv4'] }),
    ['spec.clusterIPs[0]: Invalid value: "fd00::1": expected an IPv4 value'],
  ],
  [
    'Service: two addresses of one family',
    service({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', '10.96.0.2'] }),
    ['spec.clusterIPs: Invalid value'],
  ],
  ['Service: families twice', service({ ipFamilies: ['IPv4', 'IPv4'] }), ['spec.ipFamilies: Duplicate value']],
  [
    'Service: two families, one stack',
    service({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'SingleStack' }),
    ['spec.ipFamilyPolicy: Invalid value'],
  ],
  [
    'Service: externalTrafficPolicy inside only',
    service({ externalTrafficPolicy: 'Local' }),
    ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
  ],
  [
    'Service: externalTrafficPolicy with external IPs',
    service({ externalTrafficPolicy: 'Local', externalIPs: ['1.2.3.4'] }),
    [],
  ],
  [
    'Service: healthCheckNodePort',
    service({ type: 'LoadBalancer', healthCheckNodePort: 30_000 }),
    ['spec.healthCheckNodePort'],
  ],
  [
    'Service: healthCheckNodePort with Local',
    service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_000 }),
    [],
  ],
  [
    'Service: affinity timeout',
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } }),
    ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401'],
  ],
  [
    'Service: affinity timeout 0',
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }),
    ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0'],
  ],
  [
    'Service: affinity settings alone',
    service({ sessionAffinityConfig: {} }),
    ['spec.sessionAffinityConfig: Forbidden'],
  ],
  [
    'Service: addresses of load balancers',
    {
      ...service({ type: 'LoadBalancer' }),
      status: {
        loadBalancer: { ingress: [{ ip: 'x' }, { hostname: 'lb.example.com', ipMode: 'VIP' }, { ip: '::1' }] },
      },
    },
    ['status.loadBalancer.ingress[0].ip: Invalid value: "x"', 'status.loadBalancer.ingress[1].ipMode: Forbidden'],
  ],
  [
    'Service: source ranges',
    service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8', '10.0.0.1'] }),
    ['spec.loadBalancerSourceRanges[1]: Invalid value: "10.0.0.1"'],
  ],
  [
    'Service: source ranges of a NodePort',
    service({ type: 'NodePort', loadBalancerSourceRanges: ['10.0.0.0/8'] }),
    ['spec.loadBalancerSourceRanges: Forbidden'],
  ],
  [
    'Service: external IPs',
    service({
      externalIPs: [
        '80.11.12.10',
        'x',
        '127.0.0.1',
        '169.254.1.1',
        '224.0.0.1',
        '0.0.0.0',
        '::1',
        'fe80::1',
        'ff02::1',
        '::',
      ],
    }),
    ['x', '127.0.0.1', '169.254.1.1', '224.0.0.1', '0.0.0.0', '::1', 'fe80::1', 'ff02::1', '::'].map(
      (ip, index) => `spec.externalIPs[${index + 1}]: Invalid value: "${ip}": m`,
    ),
  ],
  [
    'Service: selector',
    service({ selector: { 'a b': 'c', d: 'e f' } }),
    ['spec.selector[a b]: Invalid value: "a b"', 'spec.selector.d: Invalid value: "e f"'],
  ],
  ['Service: type', service({ type: 'nodeport' }), ['spec.type: Unsupported value: "nodeport"']],
  [
    'Service: a wrong type does not hide other faults',
    service({ type: 'nodeport', ports: [{ port: '80', nodePort: 70_000 }], externalIPs: ['x'] }),
    [
      'spec.type: Unsupported',
      'spec.ports[0].port: must be a number',
      'spec.ports[0].nodePort: Invalid',
      'spec.externalIPs[0]: Invalid',
    ],
  ],
  [
    'labels and annotations',
    { ...service({}), metadata: { name: 'web', labels: { '/a': 'b' }, annotations: { 'x y': '' } } },
    [
      'metadata.labels[/a]: Invalid value: "/a": prefix part must be non-empty',
      'metadata.annotations[x y]: Invalid value',
    ],
  ],
]);
