import { createRequire } from 'node:module';
import { LabError } from '../errors.ts';
import type { ConfigMap } from '../kinds/types/configmap.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';

/** kubeadm keeps the configuration in ConfigMap kube-system/kube-proxy under this key. */
const configKey = 'config.conf';

/** Loaded only when a ConfigMap has to be read: importing it takes 16 ms. */
function parseYaml(text: string): unknown {
  const yaml = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const document = yaml.parseDocument(text);
  return document.errors.length === 0 ? document.toJS({ maxAliasCount: 10 }) : undefined;
}

/**
 * The configuration in ConfigMap `kube-proxy`, where kubeadm puts it; that of namespace kube-system before others.
 * Undefined when there is none. Throws `invalid-object` when the ConfigMap holds something else.
 */
export function configInConfigMap(configMaps: readonly ConfigMap[]): KubeProxyConfiguration | undefined {
  const maps = configMaps.filter(({ metadata, data }) => metadata.name === 'kube-proxy' && data?.[configKey]);
  const map = maps.find(({ metadata }) => metadata.namespace === 'kube-system') ?? maps[0];
  const text = map?.data?.[configKey];
  if (text === undefined) return undefined;
  const config = parseYaml(text);
  if (typeof config === 'object' && config !== null && 'kind' in config && config.kind === 'KubeProxyConfiguration') {
    return config as KubeProxyConfiguration;
  }
  throw new LabError(
    'invalid-object',
    `ConfigMap "kube-proxy" is invalid: data[${configKey}]: no KubeProxyConfiguration`,
    {
      field: `data[${configKey}]`,
      hint: 'Write a KubeProxyConfiguration there, or delete the ConfigMap.',
    },
  );
}
