/** Number of single-letter insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The known word nearest to what was written, or undefined when none is near. Case and `-`, `_` do not count much. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  if (written.length > 100) return undefined;
  const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, '');
  const target = plain(written);
  let found: { readonly word: string; readonly distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(target, plain(word));
    if (found === undefined || distance < found.distance) found = { word, distance };
  }
  const allowed = Math.max(1, Math.floor(target.length / 3));
  return found !== undefined && found.distance <= allowed ? found.word : undefined;
}
