import { splitDump } from '../dump.ts';
import { ruleSetKinds } from '../registry.ts';
import { ruleSetsOf } from '../rule-sets.ts';
import { isSysctlCommand, parseSysctls } from '../sysctls.ts';
import type { LintInput } from './types.ts';

/** Reads a dump for lint. Throws `usage` with the line where it is damaged. */
export function readForLint(text: string, file: string): LintInput {
  const sections = splitDump(
    text,
    file,
    ruleSetKinds.map(({ recognise }) => recognise),
  );
  const sysctls = new Map<string, string>();
  for (const section of sections) if (isSysctlCommand(section.command)) parseSysctls(section, sysctls);
  const addresses = new Set<string>();
  for (const section of sections.filter(({ command }) => /^ip\b.*\baddr/.test(command))) {
    for (const [, address = ''] of section.text.matchAll(/\binet6? ([0-9a-f.:]+)\//g)) addresses.add(address);
  }
  return { sections, ruleSets: ruleSetsOf(sections), sysctls, addresses };
}
