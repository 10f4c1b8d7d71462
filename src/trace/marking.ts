/**
 * The differentiated services code point (RFC 2474) that the traced connection carries: none of those that are registered.
 * Neither NAT nor routers change it, and tunnels keep it inside.
 */
export const traceDscp = 0x2d;

/** Name of the nftables table that marks packets for tracing, in the family `inet`. */
export const traceTable = 'svclab-trace';

const families = [
  { ip: 'ip', address: 'ipv4_addr', set: 'answers4', icmp: 'icmp', quotedDscp: '@th,72,6' },
  { ip: 'ip6', address: 'ipv6_addr', set: 'answers6', icmp: 'icmpv6', quotedDscp: '@th,68,6' },
] as const;

const dscp = `0x${traceDscp.toString(16)}`;
const errors = { icmp: '{ 3, 11, 12 }', icmpv6: '{ 1, 2, 3, 4 }' } as const;
const ports = 'meta l4proto { tcp, udp, sctp }';

/**
 * An `nft -f` script of the table that has the kernel trace one connection: what carries the code point, the answers to
 * it, and ICMP errors about it. Answers are known by their addresses, which are noted before and after NAT. Tracing a
 * packet here makes iptables-legacy trace it, too: both ask the same flag of the packet.
 */
export function markingScript(): string {
  const sets = families.map(
    ({ address, set }) => `  set ${set} {
    type ${address} . ${address} . inet_proto . inet_service . inet_service
    size 1024
    flags dynamic
  }`,
  );
  const note = families.map(
    ({ ip, set }) =>
      `    ${ip} dscp ${dscp} ${ports} update @${set} { ${ip} daddr . ${ip} saddr . meta l4proto . th dport . th sport }`,
  );
  const mark = families.flatMap(({ ip, set, icmp, quotedDscp }) => [
    `    ${ip} dscp ${dscp} meta nftrace set 1`,
    `    ${ports} ${ip} saddr . ${ip} daddr . meta l4proto . th sport . th dport @${set} meta nftrace set 1`,
    `    ${icmp} type ${errors[icmp]} ${quotedDscp} ${dscp} meta nftrace set 1`,
  ]);
  const hooks = [
    ['prerouting', -450, 'tracing'],
    ['output', -450, 'tracing'],
    ['input', 250, 'noting'],
    ['postrouting', 250, 'noting'],
  ].map(
    ([hook, priority, chain]) => `  chain ${hook} {
    type filter hook ${hook} priority ${priority}
    jump ${chain}
  }`,
  );
  return [
    unmarkingScript().trimEnd(),
    `table inet ${traceTable} {`,
    ...sets,
    '  chain noting {',
    ...note,
    '  }',
    '  chain tracing {',
    ...mark,
    ...note,
    '  }',
    ...hooks,
    '}',
    '',
  ].join('\n');
}

/** An `nft -f` script that removes the table of markingScript, also where it is not. */
export function unmarkingScript(): string {
  return `table inet ${traceTable}\ndelete table inet ${traceTable}\n`;
}
