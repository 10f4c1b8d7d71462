import { LabError } from '../errors.ts';
import type { ProxyModeName } from './config.ts';
import { iptablesMode } from './iptables/mode.ts';
import type { ProxyMode } from './mode.ts';
import { nftablesMode } from './nftables/mode.ts';
import type { ProxyRelease } from './types.ts';

const modes: readonly ProxyMode[] = [iptablesMode, nftablesMode];

/** The mode with this name. Throws `usage` when the release never had it, or svclab cannot do it. */
export function proxyMode(name: ProxyModeName, release: ProxyRelease): ProxyMode {
  const mode = modes.find((candidate) => candidate.name === name);
  if (mode === undefined) {
    throw new LabError('usage', `svclab cannot make the rules of mode ${name}`, {
      hint: `Modes: ${modes.map((known) => known.name).join(', ')}.`,
    });
  }
  if (!mode.releases.includes(release)) {
    throw new LabError('usage', `kube-proxy ${release} never had mode ${name}`, {
      hint: `Releases with ${name}: ${mode.releases.join(', ')}.`,
    });
  }
  return mode;
}
