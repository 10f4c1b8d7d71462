import type { Mac } from '../net/address.ts';
import type {
  DesiredAddress,
  DesiredFdbEntry,
  DesiredFile,
  DesiredLink,
  DesiredNeighbour,
  DesiredRoute,
  DesiredRule,
  Ruleset,
  Sysctl,
  VethLink,
} from './desired.ts';

/** Attributes of a link that can be changed while it exists. */
export interface LinkChanges {
  readonly up?: true;
  readonly mtu?: number;
  readonly mac?: Mac;
  /** Empty: out of the bridge. */
  readonly master?: string;
  readonly hairpin?: boolean;
}

/** One change of one network namespace. `toText` shows it as the command that a person would type. */
export type Operation = { readonly netns: string } & (
  | { readonly op: 'netns-add' }
  | { readonly op: 'netns-delete' }
  | { readonly op: 'sysctl'; readonly sysctl: Sysctl }
  | {
      readonly op: 'link-add';
      readonly link: DesiredLink;
      readonly peer?: { readonly netns: string; readonly link: VethLink };
    }
  | { readonly op: 'link-set'; readonly name: string; readonly changes: LinkChanges }
  | { readonly op: 'link-delete'; readonly name: string }
  | { readonly op: 'address-add' | 'address-delete'; readonly address: DesiredAddress }
  | { readonly op: 'route-replace' | 'route-delete'; readonly route: DesiredRoute }
  | { readonly op: 'rule-add' | 'rule-delete'; readonly rule: DesiredRule }
  | { readonly op: 'neighbour-replace' | 'neighbour-delete'; readonly neighbour: DesiredNeighbour }
  | { readonly op: 'fdb-replace' | 'fdb-delete'; readonly entry: DesiredFdbEntry }
  | {
      readonly op: 'rules';
      readonly loader: Ruleset['loader'];
      readonly text: string;
      /** Removes what an earlier change left behind; not a sign of drift. */
      readonly leftover?: boolean;
    }
  | { readonly op: 'file-write'; readonly file: DesiredFile }
);
