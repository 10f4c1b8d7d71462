/**
 * The words of a line of iptables-save: parted by blanks, quoted ones without their quotes. Undefined when a quote is
 * not closed.
 */
export function splitWords(line: string): string[] | undefined {
  if (!line.includes('"')) return line.includes('  ') ? line.split(' ').filter((word) => word !== '') : line.split(' ');
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ') {
      at++;
    } else if (line[at] === '"') {
      const end = closingQuote(line, at + 1);
      if (end < 0) return undefined;
      const word = line.slice(at + 1, end);
      words.push(word.includes('\\') ? word.replaceAll(/\\(.)/g, '$1') : word);
      at = end + 1;
    } else {
      const end = line.indexOf(' ', at);
      words.push(line.slice(at, end < 0 ? line.length : end));
      at = end < 0 ? line.length : end;
    }
  }
  return words;
}

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at > 0 && isEscaped(line, at)) at = line.indexOf('"', at + 1);
  return at;
}

function isEscaped(line: string, at: number): boolean {
  let backslashes = 0;
  while (line[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
