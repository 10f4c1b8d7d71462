import test from 'ava';
import type { KubeObject } from '../kinds/types/meta.ts';
import { applyToLab } from './changes.ts';
import { LabState } from './state.ts';

const proxy = (mode: string): KubeObject =>
  ({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode }) as unknown as KubeObject;

const detecting = (detectLocalMode: string): KubeObject =>
  ({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    detectLocalMode,
    detectLocal: { bridgeInterface: 'cni0' },
  }) as unknown as KubeObject;

const labOf = (kubernetesRelease: string): KubeObject =>
  ({ apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'x' }, spec: { kubernetesRelease } }) as KubeObject;

const flannel = (text: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-flannel-cfg', namespace: 'kube-system' },
    data: { 'net-conf.json': text },
  }) as KubeObject;

const cases: readonly (readonly [string, readonly KubeObject[], RegExp, number])[] = [
  ['a mode that the release never had', [labOf('1.20'), proxy('nftables')], /1\.20 never had mode nftables/, 1],
  [
    'a way to detect Pods that the release did not know',
    [labOf('1.20'), detecting('BridgeInterface')],
    /1\.20 does not know detectLocalMode BridgeInterface/,
    1,
  ],
  ['a mode that svclab does not make', [proxy('ipvs')], /mode ipvs/, 0],
  [
    'a flannel backend that is not there',
    [flannel('{"Network":"10.244.0.0/16","Backend":{"Type":"wireguard"}}')],
    /wireguard/,
    0,
  ],
];

for (const [title, objects, message, object] of cases) {
  test(`${title} is refused with its object, and nothing is changed`, (t) => {
    const state = new LabState('x', () => new Date());
    t.like(
      t.throws(() => applyToLab(state, { objects })),
      { code: 'invalid-object', object },
    );
    t.throws(() => applyToLab(state, { objects }), { message });
    t.deepEqual(state.store.all(), []);
  });
}

test('a running lab refuses a change of mode in the same way, and keeps the mode it has', (t) => {
  const state = new LabState('x', () => new Date());
  applyToLab(state, { objects: [labOf('1.20'), proxy('iptables')] });
  const before = state.store.resourceVersion;
  t.throws(() => applyToLab(state, { objects: [proxy('nftables')] }), { message: /never had mode nftables/ });
  t.is(state.store.resourceVersion, before);
});
