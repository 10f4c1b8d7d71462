import { run } from '../kernel/run.ts';
import { requireTool } from '../kernel/tools.ts';
import { outcomeOfText } from './outcome.ts';
import { mapLimit } from './pool.ts';
import type { AddressRequest, ProbeAnswer } from './types.ts';

const processes = 64;

/**
 * What ping's words mean. A reply is delivered; `Destination Port Unreachable`, which a REJECT rule sends, is refused;
 * other ICMP unreachables and local routing failures are unreachable; silence is dropped.
 */
export function parsePing(stdout: string, stderr: string): Omit<ProbeAnswer, 'milliseconds'> {
  const reply = /^\d+ bytes from ([0-9a-fA-F.:]+): icmp_seq=\d+/m.exec(stdout)?.[1];
  if (reply !== undefined) return { outcome: 'delivered', endpoint: reply };
  const complaint = /^From (\S+) icmp_seq=\d+ (.*)$/m.exec(stdout)?.[2]?.trim();
  if (complaint !== undefined) {
    if (/port unreachable/i.test(complaint)) return { outcome: 'refused', message: complaint };
    const unreachable = /unreachable|prohibited|filtered|unknown|no route/i.test(complaint);
    return { outcome: unreachable ? 'unreachable' : 'dropped', message: complaint };
  }
  const local = /^(?:\S*\/)?ping: (?:\S+: )?(.+)$/m.exec(stderr)?.[1];
  if (local === undefined) return { outcome: 'dropped' };
  return { outcome: outcomeOfText(local) ?? 'dropped', message: local };
}

async function ping({ to, netns, timeoutMs }: AddressRequest): Promise<ProbeAnswer> {
  const startedAt = performance.now();
  const args = ['-n', '-c', '1', '-W', String(timeoutMs / 1000), to.address];
  const { stdout, stderr } = await run(requireTool('ping'), args, { netns, accept: [0, 1, 2] });
  return { ...parsePing(stdout, stderr), milliseconds: performance.now() - startedAt };
}

/**
 * Tries ICMP echo with the real ping, 64 at once. Throws `missing-tool` without ping.
 * Equivalent command: `ping -n -c 1 -W SECONDS ADDRESS`.
 */
export async function probeWithPing(requests: readonly AddressRequest[]): Promise<readonly ProbeAnswer[]> {
  return mapLimit(requests, processes, ping);
}
