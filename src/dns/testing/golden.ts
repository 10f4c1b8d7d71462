import { readFileSync } from 'node:fs';
import { parseManifest } from '../../manifest/parse.ts';
import { parseIP } from '../../net/address.ts';
import { type DnsOptions, kubeadmOptions } from '../options.ts';
import { Zone } from '../zone.ts';
import { zoneChanges } from '../zone-item.ts';

/** A question and what CoreDNS answered; records as lines. */
export interface Golden {
  readonly query: string;
  readonly type: string;
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED' | 'SERVFAIL';
  readonly aa: boolean;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

const read = (name: string) => readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8');

/** Every line of testdata/answers.jsonl. */
export const goldenAnswers: readonly Golden[] = read('answers.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);

/** Serial of the golden zone's SOA. */
export const goldenSerial = 12345;

/** The zone of testdata/cluster.yaml. */
export function goldenZone(): Zone {
  const zone = new Zone();
  const cluster = parseManifest({ file: 'cluster.yaml', text: read('cluster.yaml') });
  zone.apply(zoneChanges(cluster.map(({ object }) => object)), goldenSerial);
  return zone;
}

/** How the CoreDNS of the golden answers was set up. */
export const goldenOptions: DnsOptions = { ...kubeadmOptions, localIPs: [parseIP('10.96.0.10')] };
