import type { Socket } from 'node:net';
import type { Container } from '../../kinds/types/container.ts';
import type { ServerSpec } from '../protocol.ts';

/** Who answers, as the controller told the helper. */
export type Identity = ServerSpec['identity'];

/** Both ends of one conversation; IPv4-mapped IPv6 addresses are already plain IPv4. */
export interface Ends {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export interface HttpRequest {
  readonly method: string;
  /** As sent: `/path?query`. */
  readonly target: string;
  /** `1.0` or `1.1`. */
  readonly version: string;
  /** In the order sent; names as sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status?: number;
  /** In the order sent. Content-Length, Connection and the identity headers are added by the server. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What a conversation that is not HTTP says next. */
export interface Reply {
  readonly data: string | Buffer;
  /** Close the connection after that. */
  readonly end?: boolean;
}

/** One TCP connection of a protocol other than HTTP. */
export interface Session {
  /** Said before the client speaks. */
  readonly greeting?: Reply;
  /** Answer to the next bytes; keeps what is incomplete. */
  readonly receive?: (chunk: Buffer) => Reply | undefined;
}

/** What a server of a built-in image does. State that connections share lives in the closure that made it. */
export interface Handlers {
  readonly http?: (request: HttpRequest, ends: Ends) => HttpResponse;
  /** Spoken on TCP by clients that do not begin with an HTTP request line, or by all of them when `http` is absent. */
  readonly session?: (ends: Ends) => Session;
  /** Takes a TCP connection over for good, with the bytes that came in already; then `http` and `session` are not asked. */
  readonly connection?: (socket: Socket, first: Buffer) => void;
  /** Answer to a datagram, at once or later; a later one never fails. No answer when undefined. */
  readonly datagram?: (
    message: Buffer,
    ends: Ends,
  ) => string | Buffer | Promise<string | Buffer | undefined> | undefined;
}

/**
 * Makes the handlers of one server. The parameter is what follows the first colon of ServerSpec.behaviour; netns is the
 * path of the network namespace that the server is in.
 */
export type Behaviour = (identity: Identity, parameter: string, netns: string) => Handlers;

/** A port that an image listens on whatever the manifest declares. */
export interface ImagePort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  /** Name of a behaviour, with `:PARAMETER` where it takes one. */
  readonly behaviour: string;
}

/** A built-in image. Adding one: a file here, and a line in registry.ts. */
export interface ImageDefinition {
  /** Last part of the image's name, without registry and tag. */
  readonly names: readonly string[];
  /** Programs of the image that are this server itself, so that a `command:` naming one is still built in. */
  readonly entrypoints?: readonly string[];
  /** Ports it listens on, given the arguments that follow the entry point. */
  readonly ports: (args: readonly string[], container: Container) => readonly ImagePort[];
  /** Behaviour of declared containerPorts that `ports` does not name; without it they stay closed. */
  readonly declared?: string;
  /** True: the image has a shell or an interpreter as its entry point, so that `args:` is a command. */
  readonly argsAreCommand?: boolean;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
}
