/** Up to this share of a chain's rules is edited one by one; beyond it the chain is written anew. */
const largestShare = 0.25;

function commonStart(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

function isUnique(rules: readonly string[]): boolean {
  return new Set(rules).size === rules.length;
}

/**
 * Lines of iptables-restore that turn the rules of a chain into others by deleting and inserting single ones:
 * `-D CHAIN RULE`, `-I CHAIN NUMBER RULE`. Undefined where writing the chain anew is better: many changes, a changed
 * order, or rules that occur twice. With 10,000 Services this takes a quarter off the time of iptables-legacy-restore.
 */
export function chainEdit(
  chain: string,
  before: readonly string[],
  after: readonly string[],
): readonly string[] | undefined {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const old = before.slice(start, before.length - end);
  const wanted = after.slice(start, after.length - end);
  const oldSet = new Set(old);
  const wantedSet = new Set(wanted);
  const deleted = old.filter((rule) => !wantedSet.has(rule));
  const inserted = wanted.flatMap((rule, at) => (oldSet.has(rule) ? [] : [{ rule, number: start + at + 1 }]));
  if (deleted.length + inserted.length > largestShare * after.length) return undefined;
  if (oldSet.size !== old.length || wantedSet.size !== wanted.length) return undefined;
  if (deleted.length > 0 && !isUnique(before)) return undefined;
  const kept = old.filter((rule) => wantedSet.has(rule));
  const stays = wanted.filter((rule) => oldSet.has(rule));
  if (kept.some((rule, at) => rule !== stays[at])) return undefined;
  return [
    ...deleted.map((rule) => `-D ${chain} ${rule}`),
    ...inserted.map(({ rule, number }) => `-I ${chain} ${number} ${rule}`),
  ];
}
