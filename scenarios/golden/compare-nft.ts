/** State while reading a listing: which table and block a line belongs to. */
interface Reading {
  readonly blocks: Map<string, string[]>;
  table: string | undefined;
  block: string[] | undefined;
  /** Text of an `elements = {` that is not closed yet. */
  elements: string | undefined;
}

function readElements(reading: Reading, line: string): void {
  reading.elements = `${reading.elements ?? ''} ${line}`;
  if (!line.endsWith('}')) return;
  const inside = reading.elements.slice(reading.elements.indexOf('{') + 1, reading.elements.lastIndexOf('}'));
  const elements = inside.split(',').map((element) => element.trim());
  reading.block?.push(
    ...elements
      .filter((element) => element !== '')
      .sort()
      .map((element) => `element ${element}`),
  );
  reading.elements = undefined;
}

function openBlock(reading: Reading, kind: string, name: string): void {
  const key = `${reading.table} ${kind} ${name}`;
  const block = reading.blocks.get(key) ?? [];
  reading.blocks.set(key, block);
  reading.block = block;
}

function readLine(reading: Reading, line: string): void {
  const table = /^table (\S+) (\S+) \{/.exec(line);
  if (table !== null) {
    reading.table = table[2] === 'kube-proxy' ? `${table[1]} kube-proxy` : undefined;
    if (reading.table !== undefined) openBlock(reading, 'table', '');
    return;
  }
  if (reading.table === undefined) return;
  const block = /^(set|map|chain) (\S+) \{/.exec(line);
  if (block?.[1] !== undefined && block[2] !== undefined) openBlock(reading, block[1], block[2]);
  else if (reading.elements !== undefined || line.startsWith('elements = {')) readElements(reading, line);
  else if (line === '}') reading.block = undefined;
  else reading.block?.push(line);
}

/**
 * An `nft list ruleset` text in a form that is equal for rules of equal meaning: only tables named kube-proxy; sets,
 * maps and chains sorted, elements sorted; rules of a chain keep their order.
 */
export function canonicalNft(listing: string): readonly string[] {
  const reading: Reading = { blocks: new Map(), table: undefined, block: undefined, elements: undefined };
  for (const raw of listing.split('\n')) {
    const line = raw.replaceAll(/\s+/g, ' ').trim();
    if (line !== '' && !line.startsWith('#')) readLine(reading, line);
  }
  return [...reading.blocks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, lines]) => [key, ...lines.map((line) => `${key}: ${line}`)]);
}
