import { existsSync } from 'node:fs';
import { findTool, neededTools, type ToolName, toolPackages } from '../src/kernel/tools.ts';

/** Kernel modules that nothing loads by itself, or that only root can load. br_netfilter is the one labs cannot do without. */
const modules = ['br_netfilter', 'vxlan', 'ip_tables', 'iptable_nat', 'iptable_filter', 'nf_conntrack'] as const;

/** What the machine still lacks. */
export interface Missing {
  /** Debian packages, sorted. */
  readonly packages: readonly string[];
  /** Kernel modules to try to load; empty when bridges pass their traffic to iptables already. */
  readonly modules: readonly string[];
}

/** Debian packages that bring these programs, each once, sorted. */
export function packagesOf(tools: readonly ToolName[]): string[] {
  return [...new Set(tools.map((tool) => toolPackages[tool]))].sort();
}

/** Looks for the programs themselves, not for packages, and for br_netfilter's sysctls. Takes about a millisecond. */
export function findMissing(): Missing {
  const bridgeNetfilter = existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables');
  return {
    packages: packagesOf(neededTools.filter((tool) => findTool(tool) === undefined)),
    modules: bridgeNetfilter || findTool('modprobe') === undefined ? [] : modules,
  };
}

/** The one line that a person types, as somebody who may use sudo, to get what is missing. */
export function lineToType(missing: Missing): string {
  const steps: string[] = [];
  if (missing.packages.length > 0) {
    steps.push('sudo apt-get update', `sudo apt-get install -y --no-install-recommends ${missing.packages.join(' ')}`);
  }
  if (missing.modules.length > 0) steps.push('sudo modprobe br_netfilter');
  return steps.join(' && ');
}
