import { readFileSync } from 'node:fs';
import { LabError } from '../errors.ts';

/** UTF-8, or UTF-16 as PowerShell writes what is redirected to a file. */
function textOf(bytes: Buffer): string {
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');
}

/** The text of a dump; `-` is standard input. Throws `not-found` or `usage` when it cannot be read. */
export function readDumpFile(path: string): string {
  try {
    return textOf(readFileSync(path === '-' ? 0 : path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new LabError('not-found', `there is no file ${path}`);
    throw new LabError('usage', `${path} cannot be read: ${message}`, { cause: error });
  }
}

/** How errors name a dump: its path, or `standard input`. */
export function dumpName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Throws `usage` for a dump without any rules, as an ordinary user gathers it. */
export function requireRules(ruleSets: readonly unknown[], path: string): void {
  if (ruleSets.length > 0) return;
  throw new LabError('usage', `${dumpName(path)} has no rules`, {
    hint: 'Give the output of iptables-save or nft list ruleset, or what svclab collect gathers as root.',
  });
}
