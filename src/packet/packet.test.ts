import test from 'ava';
import { decodeEthernet } from './ethernet.ts';
import { decodeIP } from './ip.ts';
import { unwrapVxlan } from './vxlan.ts';

/** A SYN of curl from a Pod, as tcpdump saw it in a lab, marked with DSCP 0x2d. */
const syn =
  '45b4003c98bf40004006c9d30af402020a6e0f1f91f41f90' +
  '5e9f3c1100000000a002fd2000000000020405820402080a0000162e0000000001030307';
const ethernet = '0a580af402010a580af402020800';

test('a TCP SYN with its options', (t) => {
  t.deepEqual(decodeIP(Buffer.from(syn, 'hex')), {
    family: 'ipv4',
    source: '10.244.2.2',
    destination: '10.110.15.31',
    protocol: 6,
    dscp: 0x2d,
    id: 0x98bf,
    sourcePort: 37364,
    destinationPort: 8080,
    tcp: { fin: false, syn: true, rst: false, ack: false, sequence: 0x5e9f3c11, timestamp: 0x162e },
  } as never);
});

test('what VXLAN carries is unwrapped at its port only', (t) => {
  const vxlan = `0800000000000100${ethernet}${syn}`;
  const udp = `d0dc2118${(8 + vxlan.length / 2).toString(16).padStart(4, '0')}0000${vxlan}`;
  const header = '45000000000000004011' + '0000c0a8380cc0a8380d';
  const outer = decodeIP(Buffer.from(header + udp, 'hex'));
  t.like(outer, { source: '192.168.56.12', sourcePort: 53468, destinationPort: 8472 });
  if (outer === undefined) return;
  t.like(unwrapVxlan(outer, 8472), { vni: 1 });
  t.is(unwrapVxlan(outer, 8472)?.inner.destination, '10.110.15.31' as never);
  t.is(unwrapVxlan(outer, 4789), undefined);
});

test('an ICMP error with the packet that it is about', (t) => {
  const icmp = `03030000${'00000000'}${syn.slice(0, 56)}`;
  const error = decodeIP(Buffer.from(`45c00038000000004001${'0000'}0af402010af40202${icmp}`, 'hex'));
  t.like(error?.icmp, { type: 3, code: 3 });
  t.like(error?.icmp?.quoted, { destination: '10.110.15.31', destinationPort: 8080 });
});

test('IPv6 with an extension header before ICMPv6', (t) => {
  const addresses = `fd00001000000000000000000000000${'1'}fd000010000000000000000000000002`;
  const packet = decodeIP(Buffer.from(`6b40000000100040${addresses}3a00000000000000${'8000000000070001'}`, 'hex'));
  t.like(packet, { family: 'ipv6', source: 'fd00:10::1', protocol: 58, dscp: 0x2d });
  t.deepEqual(packet?.icmp, { type: 128, code: 0, echo: { id: 7, sequence: 1 } });
});

test('frames cut off anywhere give what is there, or nothing', (t) => {
  const frame = Buffer.from(ethernet + syn, 'hex');
  for (let length = 0; length <= frame.length; length++) {
    const packet = decodeEthernet(frame.subarray(0, length));
    t.is(packet?.source, length < 34 ? undefined : ('10.244.2.2' as never), String(length));
    t.is(packet?.sourcePort, length < 38 ? undefined : 37364, String(length));
  }
  t.is(decodeEthernet(Buffer.from(`ffffffffffff0a580af402020806${'00'.repeat(28)}`, 'hex')), undefined, 'ARP');
});
