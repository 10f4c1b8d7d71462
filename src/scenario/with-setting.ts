import { LabError } from '../errors.ts';
import { normalizeObject } from '../kinds/normalize.ts';
import type { LabObject } from '../kinds/types/object.ts';
import type { ManifestObject } from '../manifest/parse.ts';
import type { Setting } from './types.ts';

/** flannel's usual network, kube-proxy's clusterCIDR unless a scenario's own configuration says otherwise. */
const clusterCIDR = '10.244.0.0/16';

function made(raw: unknown): ManifestObject {
  const result = normalizeObject(raw);
  if (!('object' in result)) throw new LabError('internal', 'an object of the setting is not valid');
  return { object: result.object, file: '<setting>', locate: () => ({ file: '<setting>' }) };
}

/** The object as it is with the setting: it decides on the release of a Lab and the mode of a KubeProxyConfiguration. */
export function inSetting(object: LabObject, { mode, release }: Setting): LabObject {
  if (object.kind === 'Lab') return { ...object, spec: { ...object.spec, kubernetesRelease: release } };
  return object.kind === 'KubeProxyConfiguration' ? { ...object, mode } : object;
}

/** The setting that the objects themselves ask for. */
export function settingOf(manifests: readonly ManifestObject[]): Setting {
  const objects = manifests.map(({ object }) => object);
  const lab = objects.find((object) => object.kind === 'Lab');
  const proxy = objects.find((object) => object.kind === 'KubeProxyConfiguration');
  const release = lab?.spec.kubernetesRelease;
  return {
    mode: proxy?.mode === 'nftables' ? 'nftables' : 'iptables',
    release: release === '1.8' || release === '1.20' ? release : '1.36',
  };
}

/** The objects of a scenario's lab, changed to have the setting's proxy. */
export function withSetting(manifests: readonly ManifestObject[], setting: Setting): readonly ManifestObject[] {
  const objects = manifests.map((manifest) => ({ ...manifest, object: inSetting(manifest.object, setting) }));
  const has = (kind: LabObject['kind']) => objects.some(({ object }) => object.kind === kind);
  const { mode, release: kubernetesRelease } = setting;
  const lab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'lab' }, spec: { kubernetesRelease } };
  const proxy = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode, clusterCIDR };
  return [
    ...objects,
    ...(has('Lab') ? [] : [made(lab)]),
    ...(has('KubeProxyConfiguration') || mode === 'iptables' ? [] : [made(proxy)]),
  ];
}
