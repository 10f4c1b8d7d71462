import { encode } from 'dns-packet';
import { kubeadmOptions } from '../../../src/dns/options.ts';
import { Responder } from '../../../src/dns/responder.ts';
import { Zone } from '../../../src/dns/zone.ts';
import { zoneChange, zoneChanges } from '../../../src/dns/zone-item.ts';
import { serviceName, servicesAndSlices, slice } from '../cluster.ts';
import { reply, workerInput } from '../in-worker.ts';
import { median } from '../statistics.ts';

/** What the worker is told. */
export interface DnsZoneTask {
  readonly services: number;
  readonly rounds: number;
}

/** Growth of the heap, and the median of the changes of each round. */
export interface DnsZoneReply {
  readonly megabytes: number;
  readonly microseconds: readonly number[];
}

const changesPerRound = 1000;
const task = workerInput<DnsZoneTask>();

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

function question(index: number): Buffer {
  const name = `${serviceName(index % task.services)}.default.svc.cluster.local`;
  return encode({ type: 'query', id: 1, questions: [{ name, type: 'A' }] });
}

function build(): { readonly zone: Zone; readonly responder: Responder } {
  const zone = new Zone();
  const { services, slices } = servicesAndSlices(task.services);
  zone.apply(zoneChanges([...services, ...slices]), 1);
  const responder = new Responder(zone, kubeadmOptions);
  for (let index = 0; index < task.services; index++) responder.respond(question(index), 'udp');
  return { zone, responder };
}

const before = heap();
const { zone, responder } = build();
const megabytes = heap() - before;

function change(index: number): number {
  const asked = question(index);
  const changed = slice(serviceName(index % task.services), task.services + index);
  const startedAt = performance.now();
  zone.apply([zoneChange(changed)], 2);
  responder.respond(asked, 'udp');
  return (performance.now() - startedAt) * 1000;
}

const microseconds: number[] = [];
for (let round = 0; round <= task.rounds; round++) {
  const times = Array.from({ length: changesPerRound }, (_, at) => change((round * changesPerRound + at) * 7));
  if (round > 0) microseconds.push(median(times));
}
reply({ megabytes, microseconds } satisfies DnsZoneReply);
