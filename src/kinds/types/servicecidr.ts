import type { KubeObject } from './meta.ts';

export interface ServiceCIDR extends KubeObject {
  readonly kind: 'ServiceCIDR';
  readonly spec: { readonly cidrs: readonly string[] };
}
