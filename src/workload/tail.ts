/** The last bytes of a stream. */
export interface Tail {
  readonly add: (chunk: Buffer) => void;
  readonly text: () => string;
}

/** Keeps the last `limit` bytes of what is added; a character cut in half at the start is dropped. */
export function createTail(limit: number): Tail {
  let chunks: Buffer[] = [];
  let size = 0;
  const compact = (): Buffer => {
    const all = Buffer.concat(chunks);
    let start = Math.max(0, all.length - limit);
    while (start > 0 && start < all.length && ((all[start] ?? 0) & 0xc0) === 0x80) start++;
    const kept = all.subarray(start);
    chunks = [kept];
    size = kept.length;
    return kept;
  };
  return {
    add: (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit * 2) compact();
    },
    text: () => compact().toString('utf8'),
  };
}
