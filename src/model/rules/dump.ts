import { LabError } from '../../errors.ts';
import type { Section } from './types.ts';

/** Tells by the first lines of a text which command printed it. */
export type Recognise = (lines: readonly string[]) => string | undefined;

/** How many lines of a text without headings are looked at. */
const linesToLookAt = 200;

const headingPattern = /^###[ \t]*(\S.*)$/gm;

const programs = '(?:xtables-(?:legacy|nft)-multi|ip6?tables(?:-legacy|-nft)?-save|nft|ipset|ipvsadm|sysctl|ip)';

/** What may stand before a command: a prompt, `sudo -n`, `LC_ALL=C`, `ssh node1`, `kubectl exec kube-proxy-x --`. */
const before = new RegExp(`^(?:\\S+\\s+)*?(?=(?:\\S*/)?${programs}(?:\\s|$))`);

/** The command without what stands before it, and without its folder: `$ sudo /usr/sbin/nft list ruleset` is `nft list ruleset`. */
function plainCommand(heading: string): string {
  return heading
    .trim()
    .replace(before, '')
    .replace(/^ip\s+netns\s+exec\s+\S+\s+(?=\S)/, '')
    .replace(/^\S*\/(?=[^/\s]+(\s|$))/, '')
    .replace(/^xtables-(?:legacy|nft)-multi\s+/, '')
    .replaceAll(/\s+/g, ' ');
}

function firstLines(text: string): string[] {
  const lines: string[] = [];
  for (let from = 0; from < text.length && lines.length < linesToLookAt; ) {
    const end = text.indexOf('\n', from);
    lines.push(text.slice(from, end < 0 ? text.length : end));
    from = end < 0 ? text.length : end + 1;
  }
  return lines;
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#|$)/.test(line));
}

function withoutHeading(text: string, file: string, recognisers: readonly Recognise[]): Section[] {
  const lines = firstLines(text);
  for (const recognise of recognisers) {
    const command = recognise(lines);
    if (command !== undefined) return [{ command, text, file, line: 1 }];
  }
  const seen = lines.find((line) => line.trim() !== '');
  throw new LabError(
    'usage',
    `${file}: ${seen === undefined ? 'nothing is in it' : 'no command is known for this text'}`,
    {
      place: { file, line: 1 },
      hint: 'Give the output of iptables-save or of nft list ruleset; or several outputs, each after a line "### COMMAND".',
    },
  );
}

/** What collect.sh writes under the heading of a command that is missing or failed; nothing is known then. */
function isAvailable({ text }: Section): boolean {
  return !(text.startsWith('# not available: ') && isBlank(text));
}

/**
 * The sections of a dump: what stands under each heading `### COMMAND`, or the whole text as one section if there is no
 * heading and a recogniser knows it. Throws `usage` when nothing is known for the text.
 */
export function splitDump(text: string, file: string, recognisers: readonly Recognise[]): Section[] {
  const plain = (text.includes('\r') ? text.replaceAll('\r\n', '\n') : text).replace(/^\uFEFF/, '');
  const headings = [...plain.matchAll(headingPattern)];
  const [first] = headings;
  if (first === undefined) return withoutHeading(plain, file, recognisers);
  const before = plain.slice(0, first.index);
  const sections = isBlank(before) ? [] : withoutHeading(before, file, recognisers);
  let line = 1;
  let counted = 0;
  for (const [at, heading] of headings.entries()) {
    const start = Math.min(plain.length, heading.index + heading[0].length + 1);
    line += countLines(plain, counted, start);
    counted = start;
    const end = headings[at + 1]?.index ?? plain.length;
    sections.push({ command: plainCommand(heading[1] ?? ''), text: plain.slice(start, end), file, line });
  }
  return sections.filter(isAvailable);
}
