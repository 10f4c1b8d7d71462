import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { computedRules } from './rules.ts';

const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: node1}\n';
const configMap = (text: string): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system}\ndata:\n  config.conf: '${text}'\n`;
const kubeadm = configMap('{kind: KubeProxyConfiguration, iptables: {masqueradeBit: 3}}');
const own =
  '---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\niptables: {masqueradeBit: 5}\n';

async function rulesOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'svclab-rules-'));
  try {
    await writeFile(join(folder, 'dump.yaml'), text);
    return (await computedRules([join(folder, 'dump.yaml')], {})).text;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a dump brings the configuration that kubeadm keeps in a ConfigMap, unless it holds another', async (t) => {
  t.regex(await rulesOf(node), /MARK --set-xmark 0x4000\/0x4000/);
  t.regex(await rulesOf(node + kubeadm), /MARK --set-xmark 0x8\/0x8/);
  t.regex(await rulesOf(node + kubeadm + own), /MARK --set-xmark 0x20\/0x20/);
});

test('a ConfigMap of kube-proxy without a configuration is an error', async (t) => {
  await t.throwsAsync(rulesOf(node + configMap('what')), { message: /no KubeProxyConfiguration/ });
});

test('a fault that only admission finds has its place', async (t) => {
  const service = (name: string): string =>
    `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  type: NodePort\n  ports: [{port: 80, nodePort: 30080}]\n`;
  const error = await t.throwsAsync(rulesOf(service('a') + service('b')), { message: /already allocated/ });
  t.like(error, { place: { line: 14, column: 22 } });
});
