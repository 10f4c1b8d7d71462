import type { SelectedEndpoints } from '../endpoints.ts';
import type { ServicePortInfo } from '../service-ports.ts';
import type { ProxyRelease } from '../types.ts';
import { classicServiceRules } from './classic.ts';
import type { RuleContext } from './context.ts';
import type { FrameInput, FrameTable } from './frame.ts';
import { frame18, frame120 } from './frame-classic.ts';
import { modernFrame } from './frame-modern.ts';
import { modernServiceRules } from './modern.ts';
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

/** The iptables form of each release. */
export const iptablesEras: Readonly<Record<ProxyRelease, IptablesEra>> = {
  '1.8': {
    release: '1.8',
    trailingColon: true,
    localPrefix: 'KUBE-XLB-',
    probabilityDigits: 5,
    dropsCommentsWhenLarge: false,
    serviceRules: classicServiceRules({ externalIPsKeepSource: false, refusesVIPsIn: 'filterServices' }),
    frame: frame18,
  },
  '1.20': {
    release: '1.20',
    trailingColon: false,
    localPrefix: 'KUBE-XLB-',
    probabilityDigits: 10,
    dropsCommentsWhenLarge: true,
    serviceRules: classicServiceRules({ externalIPsKeepSource: true, refusesVIPsIn: 'filterExternal' }),
    frame: frame120,
  },
  '1.36': {
    release: '1.36',
    trailingColon: false,
    localPrefix: 'KUBE-SVL-',
    probabilityDigits: 10,
    dropsCommentsWhenLarge: true,
    serviceRules: modernServiceRules,
    frame: modernFrame,
  },
};
