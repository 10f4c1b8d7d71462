import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LabError } from '../errors.ts';
import { programOf } from '../files.ts';
import type { Session } from './session.ts';

const holder = programOf('scenario/holder');
/** Milliseconds after which a question counts as dropped: enough for two retransmissions. */
const timeoutMs = 4_000;

/** What came back on a connection that is held open. `closed`: its server or its way has ended it. */
export interface HeldAnswer {
  readonly outcome: 'delivered' | 'refused' | 'dropped' | 'closed';
  readonly pod?: string;
  readonly endpoint?: string;
  readonly source?: string;
  readonly message?: string;
}

/** A TCP connection, or a UDP socket with its port, that stays while a scenario goes on. */
export class HeldConnection {
  readonly from: string;
  /** As the lab writes destinations: `tcp://10.96.0.10:80`. */
  readonly to: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(from: string, to: string, child: ChildProcess) {
    this.from = from;
    this.to = to;
    this.#child = child;
    if (child.stdout === null) throw new LabError('internal', 'the client has no output');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Opens a connection from a target. Throws `not-found`, `environment`. */
  static async open(session: Session, from: string, to: string): Promise<HeldConnection> {
    const { protocol, hostname, port } = new URL(to.replace(/^(tcp|udp):/, 'http:'));
    const transport = to.startsWith('udp:') ? 'udp' : 'tcp';
    const address = hostname.replaceAll(/[[\]]/g, '');
    const number = port === '' && protocol === 'http:' ? '80' : port;
    const argv = [process.execPath, holder, transport, address, number, String(timeoutMs)];
    return new HeldConnection(from, to, await session.spawn(from, argv));
  }

  /** Asks the server, on this connection, who it is. Throws `environment` when the client itself has ended. */
  async ask(): Promise<HeldAnswer> {
    this.#child.stdin?.write('\n');
    const { value, done } = await this.#lines.next();
    if (done !== true) return JSON.parse(value) as HeldAnswer;
    throw new LabError('environment', `the client at ${this.from} has ended`);
  }

  /** Ends the client. */
  close(): void {
    this.#child.stdin?.end();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }
}
