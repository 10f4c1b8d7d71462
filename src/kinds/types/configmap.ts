import type { KubeObject, StringMap } from './meta.ts';

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap';
  readonly data?: StringMap;
  /** Values in base64. */
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
}
