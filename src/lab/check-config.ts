import { proxyConfiguration } from '../cluster/build-view.ts';
import { internalIP } from '../cluster/nodes.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { LabError } from '../errors.ts';
import { underlayOf } from '../kinds/lab-networks.ts';
import type { LabObject } from '../kinds/types/object.ts';
import { cidrContains } from '../net/address.ts';
import type { ProxyConfig } from '../proxy/config.ts';
import { checkDetectLocalMode } from '../proxy/local-detector.ts';
import { proxyMode } from '../proxy/modes.ts';
import type { ProxyRelease } from '../proxy/types.ts';
import { flannelConfigOf } from './leases.ts';
import { proxyConfigOf } from './proxies.ts';

/**
 * Refuses configurations that no lab can run with, while the objects that bring them can still be taken back: flannel's
 * when the lab starts, since flanneld reads it only then, and kube-proxy's at any time. Throws `invalid-object`, `usage`.
 */
export function checkConfiguration(store: ObjectStore, given: readonly LabObject[], starting: boolean): void {
  const lab = store.list('Lab')[0];
  if (lab === undefined) return;
  if (starting)
    blame(
      given,
      (object) => hasKey(object, 'net-conf.json'),
      () => flannelConfigOf(store),
    );
  blame(
    given,
    (object) => object.kind === 'KubeProxyConfiguration' || hasKey(object, 'config.conf'),
    () => checkProxy(proxyConfigOf(proxyConfiguration(store, [])), lab.spec.kubernetesRelease),
  );
}

function checkProxy(config: ProxyConfig, release: ProxyRelease): void {
  proxyMode(config.mode, release);
  checkDetectLocalMode(config, release);
}

/**
 * Refuses Nodes with an address that is not of the underlay, as those of another cluster mostly are: they could not be
 * connected. Throws `invalid-object`.
 */
export function checkNodeAddresses(store: ObjectStore, given: readonly LabObject[]): void {
  const lab = store.list('Lab')[0];
  const underlay = lab === undefined ? undefined : underlayOf(lab.spec, 'ipv4');
  if (underlay === undefined) return;
  for (const node of store.list('Node')) {
    const ip = internalIP(node);
    if (ip === undefined || cidrContains(underlay, ip)) continue;
    const object = given.findIndex(({ kind, metadata }) => kind === 'Node' && metadata.name === node.metadata.name);
    const message = `Node "${node.metadata.name}" is invalid: status.addresses: Invalid value: "${ip}": is not in the underlay ${underlay}`;
    const hint = 'Remove its addresses, or give the Lab object a spec.underlay.cidr that holds them.';
    throw new LabError('invalid-object', message, {
      hint,
      field: 'status.addresses',
      ...(object < 0 ? {} : { object }),
    });
  }
}

function hasKey(object: LabObject, key: string): boolean {
  return object.kind === 'ConfigMap' && object.data?.[key] !== undefined;
}

/** Runs the check; its fault names the object that it comes from. */
function blame(given: readonly LabObject[], isSource: (object: LabObject) => boolean, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    const index = given.findIndex(isSource);
    if (!(error instanceof LabError) || index < 0) throw error;
    const { message, hint, cause } = error;
    const field = given[index]?.kind === 'ConfigMap' ? 'data' : (error.field ?? 'mode');
    const more = { ...(hint === undefined ? {} : { hint }), ...(cause === undefined ? {} : { cause }) };
    throw new LabError('invalid-object', message, { object: index, field, ...more });
  }
}
