import { findTool, neededTools, optionalTools, type ToolName, toolPackages } from '../../kernel/tools.ts';
import { attempt } from '../sandbox.ts';
import type { Check } from '../types.ts';

/** The option that makes a tool print its version, where it is not `--version`. */
const versionOptions: Partial<Record<ToolName, string>> = { ip: '-V', bridge: '-V', ss: '-V', tc: '-V', ping: '-V' };

/** The version number in what a tool prints about itself, such as `1.8.9` in `iptables v1.8.9 (nf_tables)`. */
export function versionIn(text: string): string | undefined {
  return /\d+(?:\.\d+)+(?:-[a-z0-9]+)?/.exec(text)?.[0];
}

function toolCheck(tool: ToolName, needed: boolean): Check {
  return {
    id: `tool-${tool}`,
    title: tool,
    needed,
    run: async () => {
      const path = findTool(tool);
      if (path === undefined) {
        return { status: 'missing', detail: 'not installed', fix: `sudo apt-get install ${toolPackages[tool]}` };
      }
      const said = await attempt(tool, versionOptions[tool] ?? '--version');
      const version = versionIn(said.stdout || said.fault);
      return { status: 'ok', detail: version === undefined ? path : `${path} ${version}` };
    },
  };
}

/** One check for each system program: where it is, and its version. */
export const tools: readonly Check[] = [
  ...neededTools.map((tool) => toolCheck(tool, true)),
  ...optionalTools.map((tool) => toolCheck(tool, false)),
];
