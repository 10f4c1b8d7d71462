function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]).flatMap(
    (item) => item ?? [],
  );
}

/** Which senders a destination may have, and which of them it should not be without. */
export interface Pairing<D, S> {
  readonly allowed: (destination: D, sender: S) => boolean;
  readonly wanted: (destination: D, sender: S) => boolean;
}

function some<S>(list: readonly S[], from: number, cap: number, wanted: (sender: S) => boolean): readonly S[] {
  if (list.length <= cap) return list;
  const chosen = [...list, ...list].slice(from % list.length, (from % list.length) + cap);
  const missing = chosen.some(wanted) ? undefined : list.find(wanted);
  return missing === undefined ? chosen : [...chosen.slice(0, -1), missing];
}

/**
 * Pairs of destination and sender, at most so many: all of them when they fit. Otherwise every destination keeps an
 * equal number of senders, who take turns, a wanted one among them; and if even one each is too many, destinations are
 * left out evenly.
 */
export function thin<D, S>(
  destinations: readonly D[],
  senders: readonly S[],
  { allowed, wanted }: Pairing<D, S>,
  most: number,
): readonly (readonly [D, S])[] {
  const kept = evenly(destinations, most);
  const partners = kept.map((destination) => senders.filter((sender) => allowed(destination, sender)));
  const sum = (cap: number) => partners.reduce((all, list) => all + Math.min(cap, list.length), 0);
  let cap = Math.max(0, ...partners.map((list) => list.length));
  while (cap > 1 && sum(cap) > most) cap--;
  return kept.flatMap((destination, at) =>
    some(partners[at] ?? [], at * cap, cap, (sender) => wanted(destination, sender)).map(
      (s) => [destination, s] as const,
    ),
  );
}
