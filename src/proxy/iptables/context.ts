import type { Family, IP } from '../../net/address.ts';
import type { SelectedEndpoints } from '../endpoints.ts';
import type { LocalDetector } from '../local-detector.ts';
import type { ServicePortInfo } from '../service-ports.ts';
import type { ProxyRelease } from '../types.ts';
import type { FrameInput, FrameTable } from './frame.ts';
import type { ServiceRules } from './service-rules.ts';

/** What sets the iptables rules of one release apart from the others. */
export interface IptablesEra {
  readonly release: ProxyRelease;
  /** A Service port without name is `namespace/name:` (up to 1.18). */
  readonly trailingColon: boolean;
  /** Prefix of the chain of local endpoints. */
  readonly localPrefix: 'KUBE-SVL-' | 'KUBE-XLB-';
  /** Digits of probabilities: 5 up to 1.16. */
  readonly probabilityDigits: 5 | 10;
  /** Endpoint rules lose their comment above 1,000 endpoints (from 1.12). */
  readonly dropsCommentsWhenLarge: boolean;
  /** The rules of one Service port. */
  readonly serviceRules: (info: ServicePortInfo, endpoints: SelectedEndpoints, context: RuleContext) => ServiceRules;
  /** The rules that do not depend on Services. */
  readonly frame: (frame: FrameInput) => readonly FrameTable[];
}

/** What the rules of every Service port of one node share. */
export interface RuleContext {
  readonly family: Family;
  readonly era: IptablesEra;
  readonly masqueradeAll: boolean;
  readonly detector: LocalDetector | undefined;
  /** The node's own address; source ranges that hold it also admit the load balancer's address. */
  readonly nodeIP: IP | undefined;
  /** Whether an address of the node takes NodePort traffic; releases before 1.26 leave NodePorts out otherwise. */
  readonly takesNodePorts: boolean;
  /** Up to 1,000 endpoints; beyond it kube-proxy leaves comments of endpoint rules out. */
  readonly endpointComments: boolean;
}
