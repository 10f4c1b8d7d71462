/** Cuts a stream of chunks into lines and hands on each one that is complete and not empty. */
export function createLineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      from = end + 1;
      if (line !== '') onLine(line);
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  };
}
