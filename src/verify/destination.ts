import type { NamedTo, To } from '../model/types.ts';

/** One place to connect to. */
export interface Destination {
  readonly kind: 'service' | 'name' | 'pod' | 'other';
  readonly to: To | NamedTo;
  readonly about: string;
  /** Texts that `--to` may name it by. */
  readonly labels: readonly string[];
  /** `namespace/name` of the Pods behind it. */
  readonly endpointPods: ReadonlySet<string>;
  /** Where a Pod is. */
  readonly node?: string;
  /** The one sender for whom it exists: 127.0.0.1 is another place for everybody. */
  readonly onlyFrom?: string;
}
