import test from 'ava';
import { frameComment } from './comment.ts';
import { captureNames } from './names.ts';
import { PcapReader } from './pcap.ts';
import { Commentator, type CommentedFrame, PcapngWriter } from './stream.ts';
import { readPcapng } from './testing/read-pcapng.ts';

const pod = (name: string, ip: string) => ({
  apiVersion: 'v1',
  kind: 'Pod' as const,
  metadata: { name, namespace: 'default' },
  spec: { nodeName: 'node1', containers: [] },
  status: { podIP: ip },
});
const service = {
  apiVersion: 'v1',
  kind: 'Service' as const,
  metadata: { name: 'web', namespace: 'default' },
  spec: { clusterIP: '10.96.0.7', externalIPs: ['80.11.12.10'], ports: [{ port: 80, nodePort: 30080 }] },
};
const node = (name: string, ip: string, subnet: string) => ({ name, ip, lease: { subnet, expires: '' } });
const names = captureNames({
  pods: [pod('web-1', '10.244.1.2'), pod('client', '10.244.2.2')] as never,
  services: [service] as never,
  nodes: [node('node1', '192.168.56.11', '10.244.1.0/24'), node('node2', '192.168.56.12', '10.244.2.0/24')] as never,
  clients: [{ name: 'laptop', ip: '203.0.113.10' }] as never,
});

test('whose addresses they are', (t) => {
  t.is(names.address('10.244.1.2'), 'Pod default/web-1');
  t.is(names.address('10.96.0.7', 80), 'Service default/web (ClusterIP)');
  t.is(names.address('80.11.12.10'), 'Service default/web (externalIP)');
  t.is(names.address('192.168.56.12'), 'node2');
  t.is(names.address('192.168.56.12', 30080), 'node2, nodePort of Service default/web');
  t.is(names.address('10.244.2.1'), "node2 (Pods' bridge)");
  t.is(names.address('10.244.2.0'), 'node2 (overlay)');
  t.is(names.address('203.0.113.10'), 'client laptop');
  t.is(names.address('8.8.8.8'), undefined);
});

const udp = (source: string, destination: string, ports: string, payload: string) =>
  `45000000000000004011${'0000'}${source}${destination}${ports}${(8 + payload.length / 2).toString(16).padStart(4, '0')}0000${payload}`;
const ethernet = '0a580af402010a580af402020800';
const inner = ethernet + udp('0af40202', '0a600007', '9c400050', '6869');
const wrapped = udp('c0a8380c', 'c0a8380b', 'd0dc2118', `0800000000000100${inner}`);
/** LINUX_SLL2: IPv4, interface 7, going out. */
const cooked = `08000000${'00000007'}0001${'04'}06${'0000000000000000'}${wrapped}`;

function pcap(linkType: number, frames: readonly string[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(linkType, 20);
  const records = frames.map((hex, at) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_790_000_000 + at, 0);
    record.writeUInt32LE(123_456, 4);
    record.writeUInt32LE(hex.length / 2, 8);
    record.writeUInt32LE(hex.length / 2 + 5, 12);
    return Buffer.concat([record, Buffer.from(hex, 'hex')]);
  });
  return Buffer.concat([header, ...records]);
}

const place = {
  target: 'node2',
  interface: 'any',
  linkName: (index: number) => (index === 7 ? 'eth0' : undefined),
  names,
  vxlanPorts: [8472],
};
const comment =
  'VXLAN 1, node2 → node1; inside Pod default/client → Service default/web (ClusterIP); node2, out by eth0';

test('frames with comments, from pieces of any size', (t) => {
  const file = pcap(276, [cooked, cooked]);
  for (const size of [1, 7, 24, 41, file.length]) {
    const commentator = new Commentator(place);
    const frames: CommentedFrame[] = [];
    for (let at = 0; at < file.length; at += size) frames.push(...commentator.read(file.subarray(at, at + size)));
    t.deepEqual(
      frames.map((frame) => [frame.comment, frame.interface, frame.time, frame.length - frame.data.length]),
      [
        [comment, 'eth0', 1_790_000_000_123_456_000n, 5],
        [comment, 'eth0', 1_790_000_001_123_456_000n, 5],
      ],
      String(size),
    );
  }
});

test('pcapng holds what was captured, with comments in UTF-8 and any length', (t) => {
  const writer = new PcapngWriter(place);
  const frames = new Commentator(place).read(pcap(276, [cooked, cooked]));
  const other = frames.map((frame, at) => ({ ...frame, interface: `lo${at}`, data: frame.data.subarray(0, 21 + at) }));
  const all = [...frames, ...other];
  const read = readPcapng(Buffer.concat([writer.start('test'), ...all.map((frame) => writer.write(frame))]));
  t.deepEqual(
    read.map((one) => ({ ...one, data: one.data.toString('hex') })),
    all.map(({ interface: name, linkType, time, data, length }) => ({
      interface: name,
      linkType,
      time,
      length,
      data: data.toString('hex'),
      comment,
    })),
  );
});

test('frames that hold no IP, on one interface', (t) => {
  const hop = { target: 'node2', interface: 'eth0' };
  t.is(frameComment(undefined, hop, names, []), 'node2, on eth0');
  const [frame] = new Commentator({ ...place, interface: 'cni0' }).read(pcap(1, [inner]));
  t.is(frame?.comment, 'Pod default/client → Service default/web (ClusterIP); node2, on cni0');
});

test('something else than pcap is refused; both byte orders and nanoseconds are read', (t) => {
  t.throws(() => new PcapReader().read(Buffer.alloc(24)), { instanceOf: RangeError });
  const big = Buffer.from('a1b23c4d00020004000000000000000000040000000001146ab0ec00000000070000000100000002ff', 'hex');
  t.deepEqual(new PcapReader().read(big)[0], {
    time: 0x6ab0ec00n * 1_000_000_000n + 7n,
    length: 2,
    data: Buffer.from([0xff]),
  });
});
