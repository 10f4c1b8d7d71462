import type { KubeObject } from './meta.ts';

export interface Namespace extends KubeObject {
  readonly kind: 'Namespace';
}
