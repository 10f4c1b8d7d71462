import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import {
  applyObjects,
  getStatus,
  getTarget,
  syncNow,
  verifyEvents,
  waitReady,
  waitSettled,
} from '../../src/api/client.ts';
import type { LabLocation } from '../../src/api/locate.ts';
import type { ExecTarget, LabStatus, VerifyReport, VerifyRequest } from '../../src/api/types.ts';
import { enterCommand } from '../../src/kernel/enter.ts';
import { iptablesVariant } from '../../src/kernel/netfilter.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { ScratchLab } from '../scratch-lab.ts';
import type { Mode, Place, Typed } from './types.ts';

/** The nodes of lab.yaml. Both differ in what they have: endpoints of one Service, the address that the outside routes to. */
export const nodes = ['node1', 'node2'] as const;

/** Everywhere in the lab that has neighbours. */
export const places = [...nodes, 'fabric', 'pod/busybox', 'pod/near', 'pod/far', 'client/laptop'] as const;

const everything = `
iptables-${iptablesVariant()}-save
nft list table ip kube-proxy | grep -v ' set affinity-'
ip -o address | sed 's/valid_lft.*//'
ip route | sed 's/ linkdown//'
ip -o link | sed 's/link.ether [0-9a-f:]*//; s/state [A-Z]*//; s/NO-CARRIER,//; s/,LOWER_UP//'
bridge fdb | grep permanent | grep dst
ip neighbour show nud permanent
true
`;

/** Milliseconds after which no answer is an answer; verify looks twice, the second time with twice the patience. */
const silence = 400;

/** Milliseconds until a lab has to be ready. */
const patience = 120_000;

/** A lab that repairs nothing unless it is asked to. */
function manifest(mode: Mode): string {
  const proxy = `---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${mode}
${mode}: { syncPeriod: 1h }
`;
  return readFileSync(join(import.meta.dirname, 'lab.yaml'), 'utf8') + proxy;
}

/** The lab that is mutated, in a run directory of its own. */
export class RunningLab {
  readonly #scratch: ScratchLab;
  readonly #targets = new Map<string, ExecTarget>();
  readonly #mode: Mode;
  readonly #status: Pick<LabStatus, 'pid' | 'rootless'>;

  private constructor(scratch: ScratchLab, mode: Mode, status: Pick<LabStatus, 'pid' | 'rootless'>) {
    this.#scratch = scratch;
    this.#mode = mode;
    this.#status = status;
  }

  get #lab(): LabLocation {
    return this.#scratch.location;
  }

  /** Starts the lab of lab.yaml in a proxy mode and waits until it is ready. Throws what its parts throw. */
  static async start(mode: Mode): Promise<RunningLab> {
    const objects = parseManifest({ file: 'lab.yaml', text: manifest(mode) }).map(({ object }) => object);
    const scratch = await ScratchLab.start('mutate', async (lab) => {
      await applyObjects(lab, { objects });
      await waitReady(lab, patience);
      await waitSettled(lab, patience);
    });
    return new RunningLab(scratch, mode, await getStatus(scratch.location));
  }

  /** Ends the lab; nothing is left of it. */
  close(): Promise<void> {
    return this.#scratch.close();
  }

  /** What a target of the lab shows. */
  place(target: string): Place {
    return { target, read: async (...argv) => (await this.#run(target, { argv })).stdout };
  }

  /** Types a command at a target; undefined when it went well, else its words. */
  async type(target: string, typed: Typed): Promise<string | undefined> {
    try {
      await this.#run(target, typed);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #run(target: string, { argv, input = '' }: Typed): Promise<{ stdout: string }> {
    const found = this.#targets.get(target) ?? (await getTarget(this.#lab, target));
    this.#targets.set(target, found);
    const { file, args } = enterCommand(found, this.#status.pid, this.#status.rootless, argv);
    return execa(file, args, { input });
  }

  /** All that a target shows of its rules and links, sorted lines: the same ones when it is in the same state. */
  async fingerprint(target: string): Promise<readonly string[]> {
    const { stdout } = await this.#run(target, { argv: ['sh', '-c', everything] });
    return stdout
      .split('\n')
      .map((line) => line.replace(/^(:\S+ \S+) .*/, '$1').trim())
      .filter((line) => line !== '' && !/^#|^\*|^COMMIT|^:\S+ ACCEPT$|expires/.test(line))
      .sort();
  }

  /** Makes the nodes forget whom session affinity has led where, so that a broken memory shows. */
  async forgetClients(): Promise<void> {
    const recent = 'for list in /proc/net/xt_recent/*; do [ ! -e "$list" ] || echo / > "$list"; done';
    const flush = (names: readonly string[]) => names.map((name) => `flush set ip kube-proxy ${name}\n`).join('');
    for (const node of nodes) {
      if (this.#mode === 'iptables') await this.#run(node, { argv: ['sh', '-c', recent] });
      else {
        const { stdout } = await this.#run(node, { argv: ['nft', 'list', 'sets', 'ip'] });
        const names = Array.from(stdout.matchAll(/^\tset (affinity-\S+) /gm), ([, name = '']) => name);
        await this.#run(node, { argv: ['nft', '-f', '-'], input: flush(names) });
      }
    }
  }

  /** Makes everybody ask anew by ARP, so that a broken answer shows. */
  async forgetNeighbours(): Promise<void> {
    for (const place of places) await this.#run(place, { argv: ['ip', 'neighbour', 'flush', 'all'] });
  }

  /** What verify finds: everywhere, or from a sender or to a destination; short of patience unless told otherwise. */
  async verify(request: VerifyRequest = {}): Promise<VerifyReport> {
    for await (const event of verifyEvents(this.#lab, { timeout: silence, ...request }))
      if (event.event === 'done') return event.report;
    throw new Error('verify ended without a report');
  }

  /** Repairs, and tells whether there was anything to repair. */
  async repair(): Promise<boolean> {
    const { namespaces } = await syncNow(this.#lab, {});
    return namespaces.length > 0;
  }
}
