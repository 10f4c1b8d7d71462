import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Operation } from '../plan/operations.ts';
import { filePath } from '../plan/text.ts';
import { loadRules } from './netfilter.ts';
import { addNetns, deleteNetns, netnsPath, withNetns } from './netns.ts';
import { isRtnl, Rtnl } from './rtnl.ts';
import { writeSysctl } from './sysctl.ts';

/** Carries operations out on the kernel of this machine, inside the lab's own namespaces. */
export class Kernel {
  readonly #rtnl = new Map<string, Rtnl>();

  /** The rtnetlink connection of a namespace. Throws `kernel` when it is not there. */
  rtnl(netns: string): Rtnl {
    let rtnl = this.#rtnl.get(netns);
    if (rtnl === undefined) {
      rtnl = new Rtnl(netns);
      this.#rtnl.set(netns, rtnl);
    }
    return rtnl;
  }

  /** Carries the operations out in their order; Netfilter rules of several namespaces at once. Throws `kernel`. */
  async apply(operations: readonly Operation[]): Promise<void> {
    for (const group of groups(operations)) {
      const { op, netns } = group.first;
      if (op === 'rules') await this.#rules(group.operations);
      else if (op === 'sysctl') this.#sysctls(netns, group.operations);
      else if (isRtnl(group.first)) this.rtnl(netns).apply(group.operations.filter(isRtnl));
      else for (const operation of group.operations) this.#single(operation);
    }
  }

  /** Texts of one namespace go in one after the other, those of several namespaces at the same time. */
  async #rules(operations: readonly Operation[]): Promise<void> {
    const byNetns = Map.groupBy(operations, ({ netns }) => netns);
    await Promise.all(
      [...byNetns.values()].map(async (own) => {
        for (const operation of own) {
          if (operation.op === 'rules') await loadRules(operation.netns, operation.loader, operation.text);
        }
      }),
    );
  }

  #sysctls(netns: string, operations: readonly Operation[]): void {
    withNetns(netnsPath(netns), () => {
      for (const operation of operations) if (operation.op === 'sysctl') writeSysctl(operation.sysctl);
    });
  }

  #single(operation: Operation): void {
    const { netns } = operation;
    if (operation.op === 'netns-add') {
      addNetns(netns);
      this.rtnl(netns).upLoopback();
    } else if (operation.op === 'netns-delete') {
      this.#rtnl.get(netns)?.close();
      this.#rtnl.delete(netns);
      deleteNetns(netns);
    } else if (operation.op === 'file-write') {
      const path = filePath(operation.file.owner ?? netns, operation.file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, operation.file.content);
    }
  }
}

interface Group {
  readonly first: Operation;
  readonly operations: Operation[];
}

/** Neighbouring operations that can be carried out together. */
function groups(operations: readonly Operation[]): Group[] {
  const found: Group[] = [];
  let last: { group: Group; kind: string } | undefined;
  for (const operation of operations) {
    const kind = groupKind(operation);
    if (last?.kind !== kind) {
      last = { group: { first: operation, operations: [] }, kind };
      found.push(last.group);
    }
    last.group.operations.push(operation);
  }
  return found;
}

function groupKind(operation: Operation): string {
  if (operation.op === 'rules') return 'rules';
  if (operation.op === 'sysctl') return `sysctl ${operation.netns}`;
  return isRtnl(operation) ? `rtnl ${operation.netns}` : `single`;
}
