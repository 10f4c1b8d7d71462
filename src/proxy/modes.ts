import { LabError } from '../errors.ts';
import type { Family } from '../net/address.ts';
import type { Ruleset } from '../plan/desired.ts';
import type { ProxyModeName } from './config.ts';
import { iptablesMode } from './iptables/mode.ts';
import { nftablesMode } from './nftables/mode.ts';
import type { ProxyInput, ProxyRelease } from './types.ts';

/** The proxy of one node and family in one mode. */
export interface Proxier {
  readonly rulesets: (input: ProxyInput) => readonly Ruleset[];
}

/** A way of programming the kernel: what it needs to be offered by `svclab rules`. */
export interface ProxyMode {
  readonly name: ProxyModeName;
  /** Releases of kube-proxy that had it. */
  readonly releases: readonly ProxyRelease[];
  /** Families that one text holds unless one is asked for. */
  readonly defaultFamilies: readonly Family[];
  /** Computes what a node wants again and again, remembering what it made of Services that did not change. */
  readonly createProxier: () => Proxier;
  /** The rules as text for the mode's own loader into an empty namespace. */
  readonly text: (input: ProxyInput) => string;
}

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
