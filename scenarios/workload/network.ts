import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mount } from '../../src/kernel/libc.ts';
import { addNetns, netnsPath } from '../../src/kernel/netns.ts';
import { requireTool } from '../../src/kernel/tools.ts';

/** Number of Pod namespaces that buildNetwork makes. */
export const podCount = 20;

/** The namespace that the scenario runs in; it is the router of the others, as a node is. */
export const routerNetns = '/proc/self/ns/net';

/** Address of a Pod, counting from 0. */
export function podAddress(pod: number): string {
  return `10.1.1.${pod + 1}`;
}

/** Path of a Pod's namespace. */
export function podNetns(pod: number): string {
  return netnsPath(`pod${pod}`);
}

/** Runs a system program with input, inside a Pod's namespace when one is given. */
export function tool(
  name: 'ip' | 'iptables' | 'ss' | 'sysctl',
  args: readonly string[],
  pod?: number,
  input = '',
): void {
  const command = [requireTool(name), ...args];
  const [file = '', ...rest] =
    pod === undefined ? command : [requireTool('nsenter'), `--net=${podNetns(pod)}`, ...command];
  execFileSync(file, rest, { input, stdio: ['pipe', 'ignore', 'inherit'] });
}

/** Gives a Pod's namespace its link, address and routes; 10.9.0.0/16 is unreachable from there. */
export function connectPod(pod: number): void {
  tool(
    'ip',
    ['-batch', '-'],
    undefined,
    [`link add veth${pod} master br0 type veth peer name eth0 netns pod${pod}`, `link set veth${pod} up`, ''].join(
      '\n',
    ),
  );
  tool(
    'ip',
    ['-batch', '-'],
    pod,
    [
      'link set lo up',
      'link set eth0 up',
      `address add ${podAddress(pod)}/16 dev eth0`,
      'route add default via 10.1.0.1',
      'route add unreachable 10.9.0.0/16',
      '',
    ].join('\n'),
  );
}

/**
 * Builds a bridge with Pod namespaces on it, in the private namespaces that the process was started in: 10.96.0.1:80 is
 * translated to port 9000 of Pod 5, and Pod 3 drops and rejects on some ports.
 */
export function buildNetwork(): void {
  mount('tmpfs', '/run', 'tmpfs');
  mkdirSync('/run/netns');
  tool(
    'ip',
    ['-batch', '-'],
    undefined,
    'link set lo up\nlink add br0 type bridge\nlink set br0 up\naddress add 10.1.0.1/16 dev br0\n',
  );
  for (let pod = 0; pod < podCount; pod++) {
    addNetns(`pod${pod}`);
    connectPod(pod);
  }
  tool('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
  const nat = ['-t', 'nat', '-p', 'tcp'];
  tool('iptables', [
    ...nat,
    '-A',
    'PREROUTING',
    '-d',
    '10.96.0.1',
    '--dport',
    '80',
    '-j',
    'DNAT',
    '--to',
    '10.1.1.6:9000',
  ]);
  tool('iptables', [...nat, '-A', 'POSTROUTING', '-d', '10.1.1.6', '-j', 'MASQUERADE']);
  const input = ['-A', 'INPUT', '-p', 'tcp', '--dport'];
  tool('sysctl', ['-qw', 'net.ipv4.icmp_ratemask=0'], 3);
  tool('iptables', [...input, '90', '-j', 'DROP'], 3);
  tool('iptables', [...input, '91', '-j', 'REJECT', '--reject-with', 'icmp-host-unreachable'], 3);
  tool('iptables', [...input, '92', '-j', 'REJECT', '--reject-with', 'tcp-reset'], 3);
  tool('iptables', [...input, '93', '-j', 'REJECT'], 3);
  tool('iptables', ['-A', 'INPUT', '-p', 'udp', '--dport', '90', '-j', 'DROP'], 3);
  tool('iptables', ['-A', 'INPUT', '-p', 'icmp', '-j', 'DROP'], 4);
}
