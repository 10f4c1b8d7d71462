import type { Family, IP } from '../../net/address.ts';
import type { LocalDetector } from '../local-detector.ts';
import type { IptablesEra } from './era.ts';

/** What the rules of every Service port of one node share. */
export interface RuleContext {
  readonly family: Family;
  readonly era: IptablesEra;
  readonly masqueradeAll: boolean;
  readonly detector: LocalDetector | undefined;
  /** The node's own address; source ranges that hold it also admit the load balancer's address. */
  readonly nodeIP: IP | undefined;
  /** Up to 1,000 endpoints; beyond it kube-proxy leaves comments of endpoint rules out. */
  readonly endpointComments: boolean;
}
