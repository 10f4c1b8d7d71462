import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { kubeadmOptions } from '../../../src/dns/options.ts';
import { Responder } from '../../../src/dns/responder.ts';
import { listenDns } from '../../../src/dns/server/listen.ts';
import { Zone } from '../../../src/dns/zone.ts';
import { zoneChanges } from '../../../src/dns/zone-item.ts';
import { servicesAndSlices } from '../cluster.ts';
import type { DnsLoadPorts } from './dns-load.ts';

/*
 * Argument: a number of Services. Answers for them on one port, and sends every question back from another; prints both
 * as one line of JSON, and ends when standard input does.
 */
const { services, slices } = servicesAndSlices(Number(process.argv[2]));
const zone = new Zone();
zone.apply(zoneChanges([...services, ...slices]), 1);
const { port: dns } = await listenDns(new Responder(zone, kubeadmOptions), '127.0.0.1', 0);
const echo = createSocket('udp4');
echo.on('message', (message, { port, address }) => {
  message[2] = (message[2] ?? 0) | 0x80;
  echo.send(message, port, address);
});
const listening = once(echo, 'listening');
echo.bind(0, '127.0.0.1');
await listening;
process.stdout.write(`${JSON.stringify({ dns, echo: echo.address().port } satisfies DnsLoadPorts)}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
