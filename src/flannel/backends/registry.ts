import { hostGw } from './host-gw.ts';
import type { Backend, BackendType } from './types.ts';
import { vxlan } from './vxlan.ts';

/** All backends by their `Type`; a new one is a file beside this one and a line here. */
export const backends: Readonly<Record<BackendType, Backend>> = {
  vxlan,
  'host-gw': hostGw,
};

/** Whether svclab builds backends of this type. */
export function isBackendType(type: string): type is BackendType {
  return Object.hasOwn(backends, type);
}
