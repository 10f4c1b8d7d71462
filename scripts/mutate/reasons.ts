import type { Mutant } from './types.ts';

interface Reason {
  /** Where; everywhere when absent. */
  readonly target?: RegExp;
  readonly kind: RegExp;
  readonly what: RegExp;
  readonly why: string;
}

const accepted = 'The policy of the chain is ACCEPT: what no rule of it takes passes all the same.';
const ownHairpin =
  'Only what the endpoint itself sends comes from this address, and that is translated on its own node, the other one.';
const stillMasqueraded =
  'flannel masquerades what comes from outside the Pod network and goes to Pods: the mark is one reason more.';
const roundTrip =
  'What a node sends back to the router would go round and round until its TTL ends: silence either way.';
const byARP = 'Neighbours ask for MACs by ARP, and learn the new one.';
const smaller = 'Senders are told by ICMP, or by the other end of their TCP connection, to send smaller packets.';

const reasons: readonly Reason[] = [
  { kind: /rule is gone/, what: /FLANNEL-POSTRTG -m mark --mark 0x4000/, why: stillMasqueraded },
  { kind: /./, what: /will be dropped by KUBE-PROXY-FIREWALL"$/, why: 'The rule has no target: it is a note.' },
  {
    kind: /another mark is set|rule is gone|change places/,
    what: /KUBE-POSTROUTING:? -j MARK --set-xmark 0x4000\/0x0/,
    why: 'With the mark that stays, the VXLAN envelope is masqueraded too: to the address that it has.',
  },
  { target: /node1/, kind: /./, what: /-s 10\.244\.2\.\d+\/32 .*-j KUBE-MARK-MASQ/, why: ownHairpin },
  {
    kind: /./,
    what: /-s 192\.168\.56\.11\/32 .*-j KUBE-MARK-MASQ/,
    why: 'The endpoint is the node itself, which has the address already that masquerading would give.',
  },
  {
    kind: /rule is gone|state turned round/,
    what: /-A (INPUT|OUTPUT) -m conntrack --ctstate NEW .*load balancer firewall/,
    why: 'A load balancer address is not one of the nodes: what goes there is forwarded, or dropped by the next node.',
  },
  {
    kind: /rule is gone|turned round|chain is empty|another|returns at once|change places/,
    what: /KUBE-FORWARD|FLANNEL-FWD|filter: FORWARD$/,
    why: accepted,
  },
  {
    kind: /policy of DROP/,
    what: /filter: FORWARD/,
    target: /node/,
    why: 'The rules of flannel and kube-proxy accept all that is forwarded.',
  },
  {
    kind: /rule is gone|another|accepted in place/,
    what: /--ctstate INVALID -j DROP/,
    why: 'Only a packet that fits no connection would tell; verify makes connections.',
  },
  {
    kind: /rule is gone|another|accepted in place/,
    what: /KUBE-EXTERNAL-SERVICES .*--dst-type LOCAL .*--dport 30090 -j REJECT/,
    why: 'Nothing listens at the nodePort, so that the node refuses by itself.',
  },
  {
    kind: /./,
    what: /block incoming localnet connections|-A INPUT -j KUBE-FIREWALL|filter: KUBE-FIREWALL$/,
    why: 'Only a neighbour that forges packets to 127.0.0.1 would tell; an honest host keeps them to itself.',
  },
  {
    kind: /rule is gone|another|chain is empty/,
    what: /filter:( -A)? KUBE-NODEPORTS|-A INPUT .*health check service ports/,
    why: accepted,
  },
  {
    kind: /rule is gone|another|accepted in place|state turned round|returns at once|chain is empty/,
    what: /KUBE-PROXY-FIREWALL -d 172\.16|-A FORWARD .*load balancer firewall|filter: KUBE-PROXY-FIREWALL$/,
    why: 'Without the rule the packet goes on to the next node, which has the same rule, or back: silence either way.',
  },
  {
    kind: /rule is gone|another|accepted in place/,
    what: /KUBE-SERVICES -d 10\.96\.1\.3\/32 .*has no local endpoints/,
    why: 'Without the rule the packet leaves the node for an address that nobody has: silence either way.',
  },
  {
    kind: /./,
    what: /masquerade LOCAL traffic for default\/inside|default\/inside.*masquerade local traffic/,
    why: 'What a node itself sends to Pods of other nodes is masqueraded by flannel too.',
  },
  {
    kind: /./,
    what: /default\/exporter.*(masquerade|KUBE-MARK-MASQ)/,
    why: 'The endpoint is the node itself: what goes there is input, and nothing is masqueraded on input.',
  },
  {
    kind: /rule is gone|another|accepted in place/,
    what: /Drop traffic to unallocated ClusterIPs/,
    why: 'Without the rule the packet leaves the node for an address that nobody has: silence either way.',
  },
  {
    kind: /rule is gone|returns at once/,
    what: /^filter-(input|output): ct state new jump service-endpoints-check/,
    why: 'Addresses of Services are not the node’s own: what goes there is forwarded.',
  },
  {
    kind: /rule is gone|accepted in place/,
    what: /"clients are told"/,
    why: 'Without the rule clients are told by the kernel, if three seconds later.',
  },
  {
    kind: /an element is gone/,
    what: /^hairpin-connections: 192\.168\.56/,
    why: 'The endpoint is the node itself, which has the address already that masquerading would give.',
  },
  {
    kind: /an element is gone/,
    what: /^no-endpoint-(services: 10\.96\.1\.6|nodeports: tcp \. 30090)/,
    why: 'Nothing else takes the packet, and what nobody takes is refused just the same.',
  },
  {
    kind: /change places/,
    what: /KUBE-SERVICES: -d .*NOTE: this must be the last rule/,
    why: 'The last rule is for addresses of the node, and those of Services are none.',
  },
  {
    kind: /somebody else comes first/,
    what: /nat: -I (PREROUTING|OUTPUT) -p tcp -j ACCEPT/,
    why: 'What a table of iptables accepts still meets kube-proxy’s table of nftables.',
  },
  { target: /fabric/, kind: /rule is gone|another|accepted|returns/, what: /"not back to/, why: roundTrip },
  { kind: /^link/, what: /^void/, why: 'Rules answer for what would go to void, so that nothing gets there.' },
  {
    target: /node2/,
    kind: /bridge-nf-call-iptables/,
    what: /./,
    why: 'Only one Pod is on this node, so that nothing goes from one port of its bridge to another.',
  },
  { kind: /another MAC/, what: /./, why: byARP },
  { kind: /a small MTU/, what: /./, why: smaller },
  { kind: /one more/, what: /./, why: 'Nobody connects to the address, and none comes from it.' },
  { kind: /learning off/, what: /./, why: 'A bridge floods what it has not learned, and it arrives all the same.' },
  { kind: /with flood off/, what: /./, why: 'MACs are learned from ARP, which is broadcast; nothing else is flooded.' },
  { kind: /isolated on/, what: /./, why: 'Only two isolated ports do not hear each other.' },
  { kind: /hairpin on/, what: /./, why: 'Nothing arrives at the port whose way leads out of the same port.' },
  {
    kind: /hairpin off/,
    what: /vetha4de7405/,
    why: 'The Pod busybox is behind no Service, so that it never meets itself.',
  },
  {
    kind: /^route: gone/,
    what: /^(192\.168\.56|10\.244\.\d+)\.0\/(24|16) (via 10\.244\.\d+\.1 )?dev eth0/,
    why: 'The default route leads to the same router, which forwards to the same network.',
  },
  { kind: /conf\.default\./, what: /./, why: 'Links that are there already do not look at the default again.' },
  {
    kind: /icmp_ratemask/,
    what: /./,
    why: 'The kernel lets bursts of refusals pass; verify is not refused more often.',
  },
  { kind: /send_redirects/, what: /./, why: 'Redirects are hints to hosts of a better router; all ask the best one.' },
  { kind: /rp_filter/, what: /./, why: 'Packets arrive by the interface that leads back to their sender.' },
  { kind: /arp_ignore/, what: /./, why: 'Everybody asks for an address where it is.' },
];

/** Why a mutant that verify does not notice changes nothing that connections would show, if it is known. */
export function reasonOf({ target, kind, what }: Mutant): string | undefined {
  return reasons.find(
    (reason) => (reason.target?.test(target) ?? true) && reason.kind.test(kind) && reason.what.test(what),
  )?.why;
}
