import { closeSync, openSync, writeSync } from 'node:fs';
import { getStatus } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import { type CaptureNames, captureNames } from '../capture/names.ts';
import { type CapturePlace, type CommentedFrame, PcapngWriter } from '../capture/stream.ts';
import { LabError } from '../errors.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { captureAt } from './enter.ts';
import { listObjects } from './objects.ts';
import { kindOf } from './resources.ts';

/** Ports that flannel and others use for VXLAN; those of the target's own devices are added. */
const usualVxlanPorts = [8472, 4789];

async function namesOfLab(lab: LabLocation): Promise<CaptureNames> {
  const [{ nodes, clients }, pods, services] = await Promise.all([
    getStatus(lab),
    listObjects(lab, kindOf('Pod'), {}),
    listObjects(lab, kindOf('Service'), {}),
  ]);
  return captureNames({
    nodes,
    clients,
    pods: pods.items as readonly Pod[],
    services: services.items as readonly Service[],
  });
}

interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly port?: number } };
}

/** What the comments of a capture at a target need to know. Throws `not-found` for an unknown target or interface. */
export async function capturePlace(lab: LabLocation, target: string, link: string): Promise<CapturePlace> {
  const [names, { stdout }] = await Promise.all([
    namesOfLab(lab),
    captureAt({ lab, target, argv: ['ip', '-json', '-details', 'link', 'show'] }),
  ]);
  const links = JSON.parse(stdout === '' ? '[]' : stdout) as readonly Link[];
  if (link !== 'any' && !links.some(({ ifname }) => ifname === link)) {
    throw new LabError('not-found', `${target} has no interface ${link}`, {
      hint: `Interfaces: ${links.map(({ ifname }) => ifname).join(', ')}; any for all.`,
    });
  }
  const byIndex = new Map(links.map(({ ifindex, ifname }) => [ifindex, ifname]));
  const own = links.flatMap(({ linkinfo }) =>
    linkinfo?.info_kind === 'vxlan' ? (linkinfo.info_data?.port ?? []) : [],
  );
  return {
    target,
    interface: link,
    linkName: (index) => byIndex.get(index),
    names,
    vxlanPorts: [...new Set([...own, ...usualVxlanPorts])],
  };
}

/** Where captured frames go. */
export interface FrameSink {
  readonly write: (frame: CommentedFrame) => void;
  readonly close: () => void;
}

function openFile(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (cause) {
    throw new LabError('usage', `${path} cannot be written`, { cause, hint: 'Give another file with -w.' });
  }
}

function writeAll(fd: number, path: string, data: Buffer): void {
  try {
    for (let at = 0; at < data.length; ) at += writeSync(fd, data, at);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LabError('environment', `${path} cannot be written: ${reason}`, { cause });
  }
}

interface Output {
  readonly write: (data: Buffer) => void;
  readonly close: () => void;
}

/** Standard output keeps what a slow reader, such as Wireshark on its start, has not taken yet. */
function outputAt(path: string): Output {
  if (path === '-') return { write: (data) => void process.stdout.write(data), close: () => {} };
  const fd = openFile(path);
  return { write: (data) => writeAll(fd, path, data), close: () => closeSync(fd) };
}

/** A pcapng file that is whole after every frame; `-` is standard output. Throws `usage` when it cannot be written. */
export function pcapngFile(path: string, place: CapturePlace): FrameSink {
  const output = outputAt(path);
  const writer = new PcapngWriter(place);
  output.write(writer.start('svclab capture'));
  return { write: (frame) => output.write(writer.write(frame)), close: output.close };
}
