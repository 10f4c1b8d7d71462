import type { Packet, World } from '../../types.ts';
import type { MatchAnswer, MatchModule, RuleOption, Test } from '../types.ts';

/** Names that bridges of Pods and containers have by custom. */
const bridgeName = /^(cni|cbr|docker|br|bridge|virbr|kube-bridge|podman|lxcbr|lxdbr|weave|vmbr)(\d|-|$)/;

/** Whether the packet came in by a port of a bridge and br_netfilter has noted it. */
function cameFromBridge({ inInterface }: Packet, world: World): boolean {
  if (inInterface === undefined || world.sysctl('net.bridge.bridge-nf-call-iptables') === '0') return false;
  return bridgeName.test(inInterface);
}

function optionTest({ name, negated }: RuleOption): Test {
  if (name === '--physdev-is-in') {
    return (packet, world) => {
      const is = cameFromBridge(packet, world);
      if (!is) return negated;
      const assumed = `${packet.inInterface} is a bridge, and net.bridge.bridge-nf-call-iptables is 1.`;
      return { matches: !negated, assumed };
    };
  }
  if (name !== '--physdev-in') return () => negated;
  return (packet, world) => {
    if (!cameFromBridge(packet, world)) return negated;
    const unknown = `nobody knows which port of the bridge ${packet.inInterface} the packet came in by`;
    return { matches: true, unknown };
  };
}

/** `-m physdev`: ports of bridges. A packet that is routed never leaves by a known one. */
export const physdev: MatchModule = {
  name: 'physdev',
  options: {
    '--physdev-in': 1,
    '--physdev-out': 1,
    '--physdev-is-in': 0,
    '--physdev-is-out': 0,
    '--physdev-is-bridged': 0,
  },
  compile: (options) => {
    const tests = options.map(optionTest);
    return (packet, world) => {
      let last: boolean | MatchAnswer = true;
      for (const test of tests) {
        const answer = test(packet, world);
        if (answer === false || (answer !== true && !answer.matches)) return answer;
        if (answer !== true) last = answer;
      }
      return last;
    };
  },
};
