import { cpus, release, totalmem } from 'node:os';
import { execa } from 'execa';
import { findTool, type ToolName } from '../../src/kernel/tools.ts';

/** The machine and the programs that something was measured with. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly user: 'root' | 'an ordinary user';
  /** Version of each program; programs that are missing are left out. */
  readonly versions: Readonly<Record<string, string>>;
}

const asked: readonly (readonly [ToolName, string])[] = [
  ['iptables-legacy', '--version'],
  ['nft', '--version'],
  ['ip', '-Version'],
  ['curl', '--version'],
];

async function versionOf(tool: ToolName, option: string): Promise<readonly (readonly [string, string])[]> {
  const file = findTool(tool);
  if (file === undefined) return [];
  const { stdout } = await execa(file, [option], { reject: false });
  const version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0];
  return version === undefined ? [] : [[tool, version]];
}

/** Describes this machine. */
export async function describeMachine(): Promise<Machine> {
  const tools = await Promise.all(asked.map(([tool, option]) => versionOf(tool, option)));
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory: totalmem(),
    kernel: `Linux ${release()} ${process.arch}`,
    user: process.getuid?.() === 0 ? 'root' : 'an ordinary user',
    versions: { node: process.versions.node, ...Object.fromEntries(tools.flat()) },
  };
}
