import { cidrPrefix } from '../net/address.ts';
import type { DesiredLink, DesiredRoute, DesiredRule } from './desired.ts';
import type { LinkChanges, Operation } from './operations.ts';

/** Where a lab keeps the files that processes of one namespace, or of one owner there, see in place of the machine's own. */
export function filePath(owner: string, path: string): string {
  return `/run/svclab/files/${owner}${path}`;
}

/** The operation as the commands that a person would type as root, one a line; texts for stdin as here-documents. */
export function toText(operation: Operation): string {
  const { netns } = operation;
  const ip = `ip -n ${netns}`;
  switch (operation.op) {
    case 'netns-add':
      return `ip netns add ${netns}\n${ip} link set dev lo up`;
    case 'netns-delete':
      return `ip netns delete ${netns}`;
    case 'sysctl':
      return `ip netns exec ${netns} sysctl -qw ${operation.sysctl.key}=${operation.sysctl.value}`;
    case 'link-add':
      return `${ip} link add name ${linkText(operation.link)}${peerText(operation)}`;
    case 'link-set':
      return linkSetText(ip, operation.name, operation.changes);
    case 'link-delete':
      return `${ip} link delete dev ${operation.name}`;
    case 'address-add':
    case 'address-delete': {
      const { device, address, prefix } = operation.address;
      const nodad = address.includes(':') && operation.op === 'address-add' ? ' nodad' : '';
      return `${ip} address ${verb(operation.op)} ${address}/${prefix} dev ${device}${nodad}`;
    }
    case 'route-replace':
    case 'route-delete':
      return `${ipOf(netns, operation.route.to)} route ${verb(operation.op)} ${routeText(operation.route)}`;
    case 'rule-add':
    case 'rule-delete':
      return `ip -n ${netns}${operation.rule.family === 'ipv6' ? ' -6' : ''} rule ${verb(operation.op)} ${ruleText(operation.rule)}`;
    case 'neighbour-replace':
    case 'neighbour-delete': {
      const { address, mac, device } = operation.neighbour;
      return `${ip} neighbour ${verb(operation.op)} ${address} lladdr ${mac} dev ${device} nud permanent`;
    }
    case 'fdb-replace':
    case 'fdb-delete': {
      const { mac, destination, device } = operation.entry;
      return `bridge -n ${netns} fdb ${verb(operation.op)} ${mac} dev ${device} dst ${destination} self permanent`;
    }
    case 'rules': {
      const program = operation.loader === 'nft' ? 'nft -f -' : `${operation.loader}-restore --noflush`;
      return `ip netns exec ${netns} ${program} <<'END'\n${operation.text}END`;
    }
    case 'file-write':
      return `install -D -m 0644 /dev/stdin ${filePath(operation.file.owner ?? netns, operation.file.path)} <<'END'\n${operation.file.content}END`;
  }
}

function verb(op: string): string {
  return op.slice(op.indexOf('-') + 1);
}

function ipOf(netns: string, to: string): string {
  return `ip -n ${netns}${to.includes(':') ? ' -6' : ''}`;
}

function common(link: DesiredLink): string {
  return [
    link.mtu === undefined ? '' : ` mtu ${link.mtu}`,
    link.mac === undefined ? '' : ` address ${link.mac}`,
    link.master === undefined ? '' : ` master ${link.master}`,
  ].join('');
}

function linkText(link: DesiredLink): string {
  const up = link.kind === 'veth' ? '' : ' up';
  const start = `${link.name}${up}${common(link)} type ${link.kind}`;
  if (link.kind !== 'vxlan') return start;
  const learning = link.learning ? 'learning' : 'nolearning';
  const gbp = link.gbp ? ' gbp' : '';
  return `${start} id ${link.vni} local ${link.local} dev ${link.device} dstport ${link.port} ${learning}${gbp}`;
}

function peerText(operation: Extract<Operation, { op: 'link-add' }>): string {
  if (operation.peer === undefined) return '';
  const { netns, link } = operation.peer;
  return ` peer name ${link.name} netns ${netns}${common(link)}`;
}

function linkSetText(ip: string, name: string, changes: LinkChanges): string {
  const plain = [
    changes.up ? ' up' : '',
    changes.mtu === undefined ? '' : ` mtu ${changes.mtu}`,
    changes.mac === undefined ? '' : ` address ${changes.mac}`,
    changes.master === undefined ? '' : changes.master === '' ? ' nomaster' : ` master ${changes.master}`,
  ].join('');
  const lines = plain === '' ? [] : [`${ip} link set dev ${name}${plain}`];
  if (changes.hairpin !== undefined) {
    lines.push(`${ip} link set dev ${name} type bridge_slave hairpin ${changes.hairpin ? 'on' : 'off'}`);
  }
  return lines.join('\n');
}

/** The route as `ip route add` takes it and `ip route show` prints it. */
export function routeText(route: DesiredRoute): string {
  const to = cidrPrefix(route.to) === 0 ? 'default' : route.to;
  return [
    route.kind === undefined ? '' : `${route.kind} `,
    to,
    route.via === undefined ? '' : ` via ${route.via}`,
    route.device === undefined ? '' : ` dev ${route.device}`,
    route.onlink ? ' onlink' : '',
    route.protocol === undefined ? '' : ` proto ${route.protocol}`,
    route.scope === undefined ? '' : ` scope ${route.scope}`,
    route.source === undefined ? '' : ` src ${route.source}`,
    route.metric === undefined ? '' : ` metric ${route.metric}`,
    route.table === undefined ? '' : ` table ${route.table}`,
    ...(route.nexthops ?? []).map(({ via, device }) => ` nexthop via ${via} dev ${device}`),
  ].join('');
}

function ruleText(rule: DesiredRule): string {
  const action = typeof rule.action === 'object' ? `lookup ${rule.action.table}` : rule.action;
  return [
    `priority ${rule.priority}`,
    rule.from === undefined ? '' : ` from ${rule.from}`,
    rule.to === undefined ? '' : ` to ${rule.to}`,
    rule.inputDevice === undefined ? '' : ` iif ${rule.inputDevice}`,
    ` ${action}`,
  ].join('');
}
