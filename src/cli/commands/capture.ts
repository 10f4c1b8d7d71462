import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { LabLocation } from '../../api/locate.ts';
import type { CapturePlace, CommentedFrame } from '../../capture/stream.ts';
import { capturePlace, type FrameSink, pcapngFile } from '../capture.ts';
import { count, examples, type GlobalOptions, labOf, paintOf, print } from '../context.ts';
import { commandAt } from '../enter.ts';
import { capture } from '../tcpdump.ts';

interface Options extends GlobalOptions {
  readonly interface: string;
  readonly write?: string;
  readonly count?: number;
}

/** tcpdump's own lines, each with what is said of its frame below it. */
async function printer(lab: LabLocation, { target }: CapturePlace, dim: (text: string) => string) {
  const argv = ['tcpdump', '-Z', 'root', '-n', '-l', '-r', '-'];
  const { file, args, env } = await commandAt({ lab, target, argv });
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const comments: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const comment = /^\s/.test(line) ? undefined : comments.shift();
    print(comment === undefined ? [line] : [line, dim(`    ${comment}`)]);
  });
  const ended = new Promise<void>((resolve) => lines.once('close', resolve));
  child.stdin.on('error', () => {});
  return {
    take: (frames: readonly CommentedFrame[], piece: Buffer) => {
      comments.push(...frames.map(({ comment }) => comment));
      child.stdin.write(piece);
    },
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function toFile(lab: LabLocation, place: CapturePlace, path: string, options: CaptureRun): Promise<void> {
  let sink: FrameSink | undefined;
  let frames = 0;
  try {
    await capture({
      lab,
      place,
      ...options,
      onListening: () => {
        sink = pcapngFile(path, place);
        tell(`capturing at ${place.target}, interface ${place.interface}; Ctrl-C ends`);
      },
      onFrames: (more) => {
        frames += more.length;
        for (const frame of more) sink?.write(frame);
      },
    });
  } finally {
    sink?.close();
  }
  tell(`${frames} frames written to ${path === '-' ? 'standard output' : path}`);
}

interface CaptureRun {
  readonly filter: readonly string[];
  readonly count?: number;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function toTerminal(
  lab: LabLocation,
  place: CapturePlace,
  options: CaptureRun,
  dim: (text: string) => string,
): Promise<void> {
  const printed = await printer(lab, place, dim);
  const onListening = () => tell(`capturing at ${place.target}, interface ${place.interface}; Ctrl-C ends`);
  try {
    await capture({ lab, place, ...options, onListening, onFrames: printed.take });
  } finally {
    await printed.end();
  }
}

/** `svclab capture` */
export function define(command: Command): void {
  command
    .description(
      'Captures packets at a node, a Pod, an outside client or the fabric, as tcpdump does, and says of each frame ' +
        'whose it is: Pods, Services, nodes, and the hop. With -w as a pcapng file for Wireshark, where this stands in ' +
        'the comments of the frames. Ctrl-C ends; the file is whole at any time.',
    )
    .usage('[options] TARGET [FILTER...]')
    .argument('<target>', 'node1, pod/NAME, pod/NAMESPACE/NAME, client/NAME, fabric')
    .argument('[filter...]', "tcpdump's expression: see pcap-filter(7)")
    .option('-i, --interface <name>', 'the interface; any for all', 'any')
    .option('-w, --write <file>', 'write pcapng; - is standard output')
    .option('-c, --count <count>', 'end after that many frames', count)
    .addHelpText(
      'after',
      examples([
        ['svclab capture node1 tcp port 8080', 'all that passes a node'],
        ['svclab capture -i flannel.1 -w overlay.pcapng node1', 'the overlay, for Wireshark'],
        ['svclab capture -w - fabric udp port 8472 | wireshark -k -i -', 'live, with the VXLAN around'],
      ]),
    )
    .action(async (target: string, words: readonly string[], options: Options) => {
      const lab = await labOf(options);
      const place = await capturePlace(lab, target, options.interface);
      const run: CaptureRun = { filter: words, ...(options.count === undefined ? {} : { count: options.count }) };
      if (options.write === undefined) await toTerminal(lab, place, run, paintOf(options).dim);
      else await toFile(lab, place, options.write, run);
    });
}
