/** What of a resolv.conf decides which names are asked whom. */
export interface ResolverSettings {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly ndots: number;
}

/** Reads a resolv.conf (resolv.conf(5)). */
export function parseResolvConf(text: string): ResolverSettings {
  const words = text.split('\n').map((line) => line.trim().split(/\s+/));
  const valuesOf = (keyword: string) => words.filter(([first]) => first === keyword).map(([, ...values]) => values);
  const ndots = valuesOf('options')
    .flat()
    .findLast((option) => option.startsWith('ndots:'));
  return {
    nameservers: valuesOf('nameserver').flat(),
    searches: valuesOf('search').at(-1) ?? [],
    ndots: ndots === undefined ? 1 : Math.min(15, Number(ndots.slice(6)) || 0),
  };
}

/**
 * The names that a resolver tries for one that a program gives, in their order: a name with fewer dots than ndots has
 * the search list before it, any other after it. Names are without final dot.
 */
export function searchedNames(name: string, { searches, ndots }: ResolverSettings): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = searches.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name];
}
