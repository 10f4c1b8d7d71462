import { LabError } from '../errors.ts';
import type { LabObject } from '../kinds/types/object.ts';
import { lint } from '../model/rules/lint/lint.ts';
import { proxyOf } from '../model/rules/lint/proxy-of.ts';
import { readForLint } from '../model/rules/lint/read.ts';
import type { Finding, LintInput } from '../model/rules/lint/types.ts';
import type { RuleSet } from '../model/rules/types.ts';
import { asGiven } from './as-given.ts';
import { dumpName, readDumpFile, requireRules } from './dump-file.ts';
import { readManifests } from './manifests.ts';
import { computedRules } from './rules.ts';

/** What lint compares a dump with. */
export interface LintOptions {
  readonly dump: string;
  /** Manifests of the cluster, or a dump of its objects. */
  readonly files?: readonly string[];
  readonly node?: string;
  readonly ignoreUnknown?: boolean;
}

interface NodeAddress {
  readonly name: string;
  readonly addresses: readonly string[];
}

async function nodesOf(objects: readonly LabObject[]): Promise<readonly NodeAddress[]> {
  const given = objects.flatMap((object) =>
    object.kind === 'Node' && object.status?.addresses !== undefined
      ? [{ name: object.metadata.name, addresses: object.status.addresses.map(({ address }) => address) }]
      : [],
  );
  if (given.length > 0) return given;
  const { offlineLab } = await import('../lab/offline.ts');
  return offlineLab('default', asGiven(objects)).view.nodes.map(({ name, ip }) => ({ name, addresses: [ip] }));
}

/** The node that the dump is of, by its addresses. Throws `usage` when they are of none. */
async function nodeOf({ addresses }: LintInput, files: readonly string[], ignoreUnknown: boolean): Promise<string> {
  const manifests = await readManifests(files, { ignoreUnknown });
  const nodes = await nodesOf(manifests.map(({ object }) => object));
  const [only] = nodes;
  const found = nodes.find((node) => node.addresses.some((address) => addresses.has(address)));
  if (found !== undefined) return found.name;
  if (only !== undefined && nodes.length === 1) return only.name;
  throw new LabError('usage', 'the dump does not tell which node it is of', {
    hint: `Name it with --node: ${nodes.map(({ name }) => name).join(', ')}.`,
  });
}

/** The rules that kube-proxy would make of the cluster, in the mode, of the release and for the families of the dump. */
async function expectedRules(
  input: LintInput,
  files: readonly string[],
  options: LintOptions & { readonly clusterDns: boolean },
): Promise<RuleSet[]> {
  const { clusterDns, ignoreUnknown = false } = options;
  const node = options.node ?? (await nodeOf(input, files, ignoreUnknown));
  const { mode, families, release } = proxyOf(input.ruleSets);
  const sets = [...families].map(async (family) => {
    const { text } = await computedRules(files, {
      node,
      mode,
      family,
      ignoreUnknown,
      clusterDns,
      ...(release === undefined ? {} : { release }),
    });
    const command = mode === 'nftables' ? 'nft list ruleset' : family === 'ipv6' ? 'ip6tables-save' : 'iptables-save';
    return readForLint(`### ${command}\n${text}`, 'the rules of the cluster').ruleSets;
  });
  return (await Promise.all(sets)).flat();
}

/** What is wrong in a dump, also against the cluster where files are given. Throws the faults of dump and manifests. */
export async function lintDump(options: LintOptions): Promise<Finding[]> {
  const text = readDumpFile(options.dump);
  const input = readForLint(text, dumpName(options.dump));
  requireRules(input.ruleSets, options.dump);
  const clusterDns = text.includes('kube-system/kube-dns');
  const { files } = options;
  return lint(input, files === undefined ? undefined : await expectedRules(input, files, { ...options, clusterDns }));
}
