import type { Connection } from '../../api/types.ts';

const ways: readonly (readonly [RegExp, string])[] = [
  [/^(ping|wrong port of) (\S+( IP)?)/, '$1 $2'],
  [/^(short name|name\.namespace|full name) of/, '$1'],
  [/^own localhost/, 'own localhost'],
  [/^health check/, 'health check'],
  [/^NodePort .* on 127\.0\.0\.1/, 'NodePort on 127.0.0.1'],
  [/^load balancer IP/, 'load balancer IP'],
  [/^Pod .* (on (?:the same|another) node|from itself|from outside)$/, 'Pod, $1'],
  [/^as asked/, 'as asked'],
  [/^(\S+).* \(hairpin\)$/, '$1'],
];

/** The way in that a connection is an example of: `ClusterIP`, `NodePort`, `Pod, on another node`, `ping Pod`… */
export function wayOf({ about = '' }: Connection): string {
  if (about === '') return 'connection';
  for (const [pattern, name] of ways) {
    const match = pattern.exec(about);
    if (match !== null) return name.replaceAll(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
  }
  return about.split(' ')[0] ?? about;
}

/** Connections by way in, in the order in which the ways first come up. */
export function byWay(connections: readonly Connection[]): ReadonlyMap<string, readonly Connection[]> {
  return Map.groupBy(connections, wayOf);
}
