import { readFileSync } from 'node:fs';
import { attempt, isRoot } from '../sandbox.ts';
import type { Check } from '../types.ts';

/** Switches that forbid user namespaces to ordinary users, with the value that does so and the command that ends it. */
const switches = [
  { path: '/proc/sys/kernel/unprivileged_userns_clone', forbids: '0', allow: 'kernel.unprivileged_userns_clone=1' },
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: '1',
    allow: 'kernel.apparmor_restrict_unprivileged_userns=0',
  },
  { path: '/proc/sys/user/max_user_namespaces', forbids: '0', allow: 'user.max_user_namespaces=15000' },
] as const;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Whether an ordinary user may make a user namespace and be root in it. Root does without. */
export const userNamespaces: Check = {
  id: 'user-namespaces',
  title: 'user namespaces',
  needed: !isRoot(),
  run: async () => {
    const off = switches.find(({ path, forbids }) => read(path) === forbids);
    const tried = await attempt('unshare', '--user', '--map-root-user', '--net', 'true');
    if (tried.ok && off === undefined) return { status: 'ok', detail: 'labs run without root' };
    if (tried.ok && off !== undefined) {
      return {
        status: 'warn',
        detail: `root may, ordinary users may not (${off.path})`,
        fix: `sudo sysctl -w ${off.allow}`,
      };
    }
    const fix =
      off === undefined ? 'in a container, allow unshare(2) and mount(2) (seccomp)' : `sudo sysctl -w ${off.allow}`;
    return { status: 'missing', detail: tried.fault, fix };
  },
};
