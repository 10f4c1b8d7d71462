import type { Section } from './types.ts';

/** Whether a command prints sysctls. */
export function isSysctlCommand(command: string): boolean {
  return /^sysctl\b/.test(command);
}

/** `sysctl -a` if the text looks like its output. */
export function recogniseSysctls(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== '');
  return first !== undefined && /^(net|kernel|vm|fs|abi|debug|dev|user)\.\S+ = /.test(first) ? 'sysctl -a' : undefined;
}

/**
 * Values by name from lines `NAME = VALUE` (`sysctl -a`), or from a value alone when the command names one
 * (`sysctl -n net.ipv4.ip_forward`). Slashes in names are dots. Only what begins with `net.` is kept.
 */
export function parseSysctls({ command, text }: Section, into: Map<string, string>): void {
  const alone = /^sysctl\s+.*-n\s+(\S+)$/.exec(command)?.[1];
  if (alone !== undefined) into.set(sysctlName(alone), text.trim());
  for (const [, name = '', value = ''] of text.matchAll(/^(net[./]\S+?)\s*=[ \t]*(.*)$/gm)) {
    into.set(sysctlName(name), value.trim());
  }
}

/** The name with dots. A dot in an interface's name is a slash then, as sysctl writes it (`net.ipv4.conf.eth0/1.rp_filter`). */
function sysctlName(name: string): string {
  return name.includes('.') ? name : name.replaceAll('/', '.');
}
