import { checkFaults as check, manifest } from './testing.ts';

const containers = [{ name: 'a', image: 'b' }];
const pod = (spec: object) => manifest('v1', 'Pod', { containers, ...spec });
const container = (more: object) => pod({ containers: [{ name: 'a', image: 'b', ...more }] });

check([
  ['Pod: no containers', pod({ containers: [] }), ['spec.containers: Required value']],
  ['Pod: no spec', manifest('v1', 'Pod'), ['spec.containers: Required value']],
  [
    'Pod: no image and no name',
    pod({ containers: [{}] }),
    ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
  ],
  [
    'Pod: container names twice',
    pod({ initContainers: containers }),
    ['spec.containers[0].name: Duplicate value: "a"'],
  ],
  [
    'Pod: port names twice',
    container({
      ports: [
        { name: 'x', containerPort: 1 },
        { name: 'x', containerPort: 2 },
      ],
    }),
    ['spec.containers[0].ports[1].name: Duplicate value: "x"'],
  ],
  [
    'Pod: ports',
    container({ ports: [{ containerPort: 70_000 }, { name: 'UPPER', containerPort: 1 }, {}] }),
    [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000',
      'spec.containers[0].ports[1].name: Invalid value: "UPPER"',
      'spec.containers[0].ports[2].containerPort: Required value',
    ],
  ],
  [
    'Pod: host ports twice',
    container({
      ports: [
        { containerPort: 1, hostPort: 80 },
        { containerPort: 2, hostPort: 80 },
      ],
    }),
    ['spec.containers[0].ports[1].hostPort: Duplicate value'],
  ],
  [
    'Pod: host network and another host port',
    pod({ hostNetwork: true, containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 1, hostPort: 2 }] }] }),
    ['spec.containers[0].ports[0].hostPort: Invalid value: 2: must match `containerPort`'],
  ],
  ['Pod: a probe of nothing', container({ livenessProbe: {} }), ['spec.containers[0].livenessProbe: Required value']],
  [
    'Pod: a probe of two things',
    container({ livenessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 80 } } }),
    ['spec.containers[0].livenessProbe.tcpSocket: Forbidden'],
  ],
  [
    'Pod: probe times',
    container({
      readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: -1 },
      startupProbe: { tcpSocket: { port: 1 }, successThreshold: 2 },
    }),
    ['spec.containers[0].startupProbe.successThreshold', 'spec.containers[0].readinessProbe.periodSeconds'],
  ],
  [
    'Pod: environment',
    container({ env: [{ name: 'A=B' }, {}] }),
    ['spec.containers[0].env[0].name: Invalid value: "A=B"', 'spec.containers[0].env[1].name: Required value'],
  ],
  [
    'Pod: tolerations',
    pod({ tolerations: [{ operator: 'Equal', value: 'x' }, { operator: 'Exists' }] }),
    ['spec.tolerations[0].operator: Invalid value'],
  ],
  [
    'Pod: unknown field deep inside',
    container({ securityContext: { capabilities: { ad: [] } } }),
    ['spec.containers[0].securityContext.capabilities.ad: unknown field "ad"'],
  ],
  [
    'Pod: a namespaced name',
    { ...pod({}), metadata: { name: 'a', namespace: 'B' } },
    ['metadata.namespace: Invalid value'],
  ],
  [
    'Pod: a mount without its volume',
    container({ volumeMounts: [{ name: 'data', mountPath: '/d' }] }),
    ['spec.containers[0].volumeMounts[0].name: Not found: "data"'],
  ],
  [
    'Pod: amounts',
    container({ resources: { limits: { cpu: '500mb', memory: '1Gi' } } }),
    ['spec.containers[0].resources.limits.cpu: Invalid value: "500mb"'],
  ],
]);

const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
const selector = { matchLabels: { app: 'web' } };
const deployment = (spec: object) => manifest('apps/v1', 'Deployment', { selector, template, ...spec });

check([
  [
    'Deployment: selector and labels',
    deployment({ selector: { matchLabels: { app: 'x' } } }),
    ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  ],
  ['Deployment: negative replicas', deployment({ replicas: -1 }), ['spec.replicas: Invalid value: -1']],
  [
    'Deployment: percentages',
    deployment({ strategy: { rollingUpdate: { maxSurge: '25' } } }),
    ['spec.strategy.rollingUpdate.maxSurge'],
  ],
  [
    'Deployment: neither more nor less',
    deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0'],
  ],
  [
    'Deployment: Recreate with a rolling update',
    deployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
    ['spec.strategy.rollingUpdate: Forbidden'],
  ],
  [
    'Deployment: restartPolicy',
    deployment({ template: { ...template, spec: { containers, restartPolicy: 'Never' } } }),
    ['spec.template.spec.restartPolicy: Unsupported value: "Never"'],
  ],
  [
    'Deployment: selector operators',
    deployment({ selector: { ...selector, matchExpressions: [{ key: 'app', operator: 'In' }] } }),
    ['spec.selector.matchExpressions[0].values: Required value', 'spec.template.metadata.labels: Invalid value'],
  ],
  [
    'ReplicationController: selector',
    manifest('v1', 'ReplicationController', { selector: { a: 'b' }, template }),
    ['spec.template.metadata.labels: Invalid value'],
  ],
]);
