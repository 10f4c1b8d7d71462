import { LabError } from '../../errors.ts';
import { bind, close, recv, send, setsockopt, socket, systemError } from '../libc.ts';
import { withNetns } from '../netns.ts';
import { type Message, MessageWriter, readAttributes, readMessages, readText } from './message.ts';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_EXT_ACK = 11;
const NETLINK_CAP_ACK = 10;
const NETLINK_GET_STRICT_CHK = 12;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const MSG_DONTWAIT = 0x40;

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_DUMP = 0x300;
const NLMSGERR_ATTR_MSG = 1;
const EINTR = 4;
const EAGAIN = 11;
const ENODEV = 19;
const ENOBUFS = 105;

/** Netlink protocol families. */
const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

/** A request: what fills the message, and what to call it when the kernel refuses. */
export interface Request {
  readonly type: number;
  /** NLM_F_CREATE, NLM_F_REPLACE…; REQUEST and ACK are added. */
  readonly flags: number;
  readonly fill: (writer: MessageWriter) => void;
  /** errno values that are as good as success, such as EEXIST. */
  readonly ignore?: readonly number[];
  /** The request as the command that a person would type, for the error. */
  readonly describe: () => string;
}

/** How many requests go into one datagram; their acknowledgements must fit into the socket's receive buffer. */
const batchSize = 128;

/** A netlink socket in one network namespace. It keeps the namespace alive until it is closed. */
export class NetlinkSocket {
  readonly #fd: number;
  readonly #buffer = sharedBuffer;
  #sequence = 0;

  /** Opens the socket inside the namespace at the path. Throws `kernel`. */
  constructor(netns: string, protocol: number = NETLINK_ROUTE) {
    this.#fd = withNetns(netns, () => socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol));
    setsockopt(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setsockopt(this.#fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    if (protocol === NETLINK_ROUTE) setsockopt(this.#fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  }

  /** Lets the kernel queue up to `bytes`; an ordinary user gets no more than net.core.rmem_max allows. */
  growReceiveBuffer(bytes: number): void {
    try {
      setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
    } catch {
      setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUF, bytes);
    }
  }

  close(): void {
    close(this.#fd);
  }

  /** Joins a multicast group, whose messages `drain` then gives. Throws `kernel`. */
  join(group: number): void {
    // The kernel's own messages pass over sockets without an address of their own.
    bind(this.#fd, Uint8Array.of(AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    setsockopt(this.#fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  }

  /**
   * What the kernel has sent by itself and nobody has read yet, without waiting; `lost` when it had to throw messages
   * away because the receive buffer was full. Throws `kernel`.
   */
  drain(): { readonly messages: readonly Message[]; readonly lost: boolean } {
    const messages: Message[] = [];
    let lost = false;
    for (;;) {
      const received = recv(this.#fd, this.#buffer, MSG_DONTWAIT);
      if (-received === EAGAIN) return { messages, lost };
      if (-received === ENOBUFS) lost = true;
      else if (received < 0 && -received !== EINTR) throw systemError('netlink recv', -received);
      for (const message of readMessages(this.#buffer.subarray(0, Math.max(received, 0)))) {
        messages.push({ ...message, body: Buffer.from(message.body) });
      }
    }
  }

  /** Sends the requests in order and waits for all answers. Throws `kernel` for the first that was refused. */
  request(requests: readonly Request[]): void {
    let failure: LabError | undefined;
    for (let at = 0; at < requests.length; at += batchSize) {
      failure ??= this.#requestBatch(requests.slice(at, at + batchSize));
    }
    if (failure !== undefined) throw failure;
  }

  #requestBatch(requests: readonly Request[]): LabError | undefined {
    const writer = new MessageWriter();
    const first = this.#sequence + 1;
    for (const request of requests) {
      this.#sequence++;
      writer.begin(request.type, request.flags | NLM_F_REQUEST | NLM_F_ACK, this.#sequence);
      request.fill(writer);
      writer.finish();
    }
    this.#send(writer.take());
    let failure: LabError | undefined;
    for (let open = requests.length; open > 0; ) {
      for (const message of this.#receive()) {
        const request = requests[message.sequence - first];
        if (message.type !== NLMSG_ERROR || request === undefined) continue;
        open--;
        const errno = -message.body.readInt32LE(0);
        if (errno !== 0 && !request.ignore?.includes(errno)) failure ??= refused(request, errno, message);
      }
    }
    return failure;
  }

  /** Asks for one device; undefined when the kernel does not have it. Throws `kernel`. */
  get(type: number, fill: (writer: MessageWriter) => void): Message | undefined {
    this.#ask(type, 0, fill);
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== this.#sequence) continue;
        if (message.type !== NLMSG_ERROR) return { ...message, body: Buffer.from(message.body) };
        const errno = -message.body.readInt32LE(0);
        if (errno === ENODEV) return undefined;
        throw systemError(`netlink request ${type}`, errno);
      }
    }
  }

  #ask(type: number, flags: number, fill: (writer: MessageWriter) => void): void {
    const writer = new MessageWriter();
    this.#sequence++;
    writer.begin(type, NLM_F_REQUEST | flags, this.#sequence);
    fill(writer);
    writer.finish();
    this.#send(writer.take());
  }

  /** Asks for a dump and returns the messages that belong to it. Throws `kernel`. */
  dump(type: number, fill: (writer: MessageWriter) => void): Message[] {
    this.#ask(type, NLM_F_DUMP, fill);
    const found: Message[] = [];
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== this.#sequence) continue;
        if (message.type === NLMSG_DONE) return found;
        if (message.type === NLMSG_ERROR) throw systemError(`netlink dump ${type}`, -message.body.readInt32LE(0));
        found.push({ ...message, body: Buffer.from(message.body) });
      }
    }
  }

  #send(data: Uint8Array): void {
    const sent = send(this.#fd, data);
    if (sent < 0) throw systemError('netlink send', -sent);
  }

  #receive(): Iterable<Message> {
    for (;;) {
      const received = recv(this.#fd, this.#buffer);
      if (received >= 0) return readMessages(this.#buffer.subarray(0, received));
      if (-received === ENOBUFS) throw new LabError('kernel', 'netlink: the receive buffer is too small');
      if (-received !== EINTR) throw systemError('netlink recv', -received);
    }
  }
}

/** The kernel fills dumps up to 32 KiB a datagram. */
const sharedBuffer = Buffer.alloc(256 * 1024);

function refused(request: Request, errno: number, message: Message): LabError {
  const extended = readAttributes(message.body.subarray(20)).get(NLMSGERR_ATTR_MSG);
  const reason = extended === undefined ? '' : `: ${readText(extended)}`;
  return systemError(`${request.describe()}${reason}`, errno);
}
