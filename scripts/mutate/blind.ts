import type { Mutant } from './types.ts';

interface Blindness {
  readonly what: RegExp;
  readonly kind: RegExp;
  readonly why: string;
}

const known: readonly Blindness[] = [
  {
    kind: /an element is gone/,
    what: /^cluster-ips: /,
    why: 'verify tries a wrong port at one ClusterIP only, and this is another one.',
  },
  {
    kind: /bcast_flood off/,
    what: /./,
    why: 'In verify everybody asks everybody by ARP, and who asks is known to whom it asked.',
  },
  { kind: /a policy of DROP/, what: /filter: INPUT/, why: 'verify does not ping the router between the nodes.' },
  {
    kind: /accepted in place of dropped|rule is gone|chain is empty|returns at once/,
    what: /nodes get no answer from nowhere|filter: (-A FORWARD -j SVCLAB-ROUTER|FORWARD|SVCLAB-ROUTER)$/,
    why: 'That nobody has an address is told after three seconds; verify does not wait so long for a silence.',
  },
  {
    kind: /a shorter time of affinity|affinity that lasts less/,
    what: /./,
    why: 'verify is over before even a short affinity ends.',
  },
  {
    kind: /./,
    what: /sticky|affinity|KUBE-SEP-(DQBUMIADPOYM2PQG|OKFNLGY6EI6PCETH)|KUBE-SVC-BJWR5DPVIKTHVKZU/,
    why: 'Under session affinity each client draws once; verify sees too few draws to tell one share from another.',
  },
];

/** Why verify does not notice a mutant that does change behaviour, if that is known. */
export function whyBlind({ kind, what }: Mutant): string | undefined {
  return known.find((one) => one.kind.test(kind) && one.what.test(what))?.why;
}
