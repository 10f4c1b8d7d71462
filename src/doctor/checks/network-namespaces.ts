import { isRoot } from '../sandbox.ts';
import type { Check } from '../types.ts';

/** Whether network namespaces can be made at all; every other check of the kernel runs in one. */
export const networkNamespaces: Check = {
  id: 'network-namespaces',
  title: 'network namespaces',
  needed: true,
  run: (sandbox) => {
    if (sandbox !== undefined) return { status: 'ok', detail: isRoot() ? 'as root' : 'in a user namespace' };
    return {
      status: 'missing',
      detail: 'the kernel refuses to make one',
      fix: isRoot() ? 'give the container CAP_SYS_ADMIN (docker run --privileged)' : 'see user namespaces',
    };
  },
};
