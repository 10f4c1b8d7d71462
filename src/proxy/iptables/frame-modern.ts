import {
  acceptEstablished,
  clearingPostrouting,
  type FrameInput,
  type FrameTable,
  forwardStart,
  jump,
  markMasquerade,
  martianRule,
  newConnection,
  nodePortDispatch,
  portals,
} from './frame.ts';

function filterTable({ input, localhostNodePorts }: FrameInput): FrameTable {
  const firewall = (chain: string) => jump(chain, 'KUBE-PROXY-FIREWALL', portals.firewall, newConnection);
  const services = (chain: string) => jump(chain, 'KUBE-SERVICES', portals.services, newConnection);
  const external = (chain: string) => jump(chain, 'KUBE-EXTERNAL-SERVICES', portals.external, newConnection);
  return {
    table: 'filter',
    chains: {
      'KUBE-SERVICES': [],
      'KUBE-EXTERNAL-SERVICES': [],
      'KUBE-FORWARD': [
        ...forwardStart(input, !input.config.conntrack.tcpBeLiberal),
        acceptEstablished('kubernetes forwarding conntrack rule'),
      ],
      'KUBE-NODEPORTS': [],
      'KUBE-PROXY-FIREWALL': [],
      'KUBE-FIREWALL': localhostNodePorts ? [martianRule] : [],
      'KUBE-PROXY-CANARY': [],
    },
    jumps: [
      jump('INPUT', 'KUBE-FIREWALL'),
      firewall('INPUT'),
      jump('INPUT', 'KUBE-NODEPORTS', portals.health),
      external('INPUT'),
      firewall('FORWARD'),
      jump('FORWARD', 'KUBE-FORWARD', portals.forward),
      services('FORWARD'),
      external('FORWARD'),
      jump('OUTPUT', 'KUBE-FIREWALL'),
      firewall('OUTPUT'),
      services('OUTPUT'),
    ],
  };
}

/** The part of the rules of release 1.36 that does not depend on Services. */
export function modernFrame(frame: FrameInput): readonly FrameTable[] {
  return [
    { table: 'mangle', chains: { 'KUBE-PROXY-CANARY': [] }, jumps: [] },
    filterTable(frame),
    {
      table: 'nat',
      chains: {
        'KUBE-SERVICES': nodePortDispatch(frame, true),
        'KUBE-NODEPORTS': [],
        'KUBE-POSTROUTING': clearingPostrouting(frame.input),
        'KUBE-MARK-MASQ': markMasquerade(frame.input),
        'KUBE-PROXY-CANARY': [],
      },
      jumps: [
        jump('PREROUTING', 'KUBE-SERVICES', portals.services),
        jump('OUTPUT', 'KUBE-SERVICES', portals.services),
        jump('POSTROUTING', 'KUBE-POSTROUTING', portals.postrouting),
      ],
    },
  ];
}
