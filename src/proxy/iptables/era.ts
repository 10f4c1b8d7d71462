import type { ProxyRelease } from '../types.ts';
import { classicServiceRules } from './classic.ts';
import type { IptablesEra } from './context.ts';
import { frame18, frame120 } from './frame-classic.ts';
import { modernFrame } from './frame-modern.ts';
import { modernServiceRules } from './modern.ts';

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
