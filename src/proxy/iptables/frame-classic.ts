import type { RulesetTable } from '../../plan/desired.ts';
import { localDetector } from '../local-detector.ts';
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
  plainPostrouting,
  portals,
} from './frame.ts';
import { comment, destination, source } from './rule.ts';

type Jumps = RulesetTable['jumps'];

const mangle: FrameTable = { table: 'mangle', chains: { 'KUBE-PROXY-CANARY': [] }, jumps: [] };

const natJumps: Jumps = [
  jump('PREROUTING', 'KUBE-SERVICES', portals.services),
  jump('OUTPUT', 'KUBE-SERVICES', portals.services),
  jump('POSTROUTING', 'KUBE-POSTROUTING', portals.postrouting),
];

/** What a kubelet of the time kept: the chain that marks packets for dropping and the one that drops them. */
function kubelet(martian: boolean) {
  const drop = `${comment('kubernetes firewall for dropping marked packets')}-m mark --mark 0x8000/0x8000 -j DROP`;
  return {
    markDrop: ['-j MARK --set-xmark 0x8000/0x8000'],
    firewall: { 'KUBE-FIREWALL': martian ? [drop, martianRule] : [drop] },
    jumps: [jump('INPUT', 'KUBE-FIREWALL'), jump('OUTPUT', 'KUBE-FIREWALL')],
  };
}

const noKubelet = { markDrop: [], firewall: {}, jumps: [] };

/** The part of the rules of release 1.20 that does not depend on Services. */
export function frame120(frame: FrameInput): readonly FrameTable[] {
  const { input } = frame;
  const node = input.kubelet === true ? kubelet(input.family === 'ipv4') : noKubelet;
  const filter: FrameTable = {
    table: 'filter',
    chains: {
      'KUBE-SERVICES': [],
      'KUBE-EXTERNAL-SERVICES': [],
      'KUBE-FORWARD': [
        ...forwardStart(input, true),
        acceptEstablished('kubernetes forwarding conntrack pod source rule'),
        acceptEstablished('kubernetes forwarding conntrack pod destination rule'),
      ],
      ...node.firewall,
      'KUBE-PROXY-CANARY': [],
    },
    jumps: [
      ...node.jumps,
      jump('INPUT', 'KUBE-EXTERNAL-SERVICES', portals.external, newConnection),
      jump('FORWARD', 'KUBE-FORWARD', portals.forward),
      jump('FORWARD', 'KUBE-SERVICES', portals.services, newConnection),
      jump('FORWARD', 'KUBE-EXTERNAL-SERVICES', portals.external, newConnection),
      jump('OUTPUT', 'KUBE-SERVICES', portals.services, newConnection),
    ],
  };
  const nat: FrameTable = {
    table: 'nat',
    chains: {
      'KUBE-SERVICES': nodePortDispatch(frame, false),
      'KUBE-NODEPORTS': [],
      'KUBE-POSTROUTING': clearingPostrouting(input),
      'KUBE-MARK-MASQ': markMasquerade(input),
      'KUBE-MARK-DROP': node.markDrop,
      'KUBE-PROXY-CANARY': [],
    },
    jumps: natJumps,
  };
  return [mangle, filter, nat];
}

function forward18({ input }: FrameInput): readonly string[] {
  const detector = localDetector(input);
  const start = forwardStart(input, true);
  if (detector?.kind !== 'cidr') return start;
  return [
    ...start,
    acceptEstablished('kubernetes forwarding conntrack pod source rule', source(detector.cidr)),
    acceptEstablished('kubernetes forwarding conntrack pod destination rule', destination(detector.cidr)),
  ];
}

/** The part of the rules of release 1.8 that does not depend on Services, with the chains of its kubelet. */
export function frame18(frame: FrameInput): readonly FrameTable[] {
  const { input } = frame;
  const node = input.kubelet === false ? noKubelet : kubelet(false);
  const filter: FrameTable = {
    table: 'filter',
    chains: {
      'KUBE-SERVICES': [],
      'KUBE-EXTERNAL-SERVICES': [],
      'KUBE-FORWARD': forward18(frame),
      ...node.firewall,
    },
    jumps: [
      ...node.jumps,
      jump('INPUT', 'KUBE-EXTERNAL-SERVICES', portals.external),
      jump('INPUT', 'KUBE-SERVICES', portals.services),
      jump('FORWARD', 'KUBE-FORWARD', portals.forward),
      jump('FORWARD', 'KUBE-SERVICES', portals.services),
      jump('OUTPUT', 'KUBE-SERVICES', portals.services),
    ],
  };
  const nat: FrameTable = {
    table: 'nat',
    chains: {
      'KUBE-SERVICES': nodePortDispatch(frame, false),
      'KUBE-NODEPORTS': [],
      'KUBE-POSTROUTING': plainPostrouting(input),
      'KUBE-MARK-MASQ': markMasquerade(input),
      'KUBE-MARK-DROP': node.markDrop,
    },
    jumps: natJumps,
  };
  return [filter, nat];
}
