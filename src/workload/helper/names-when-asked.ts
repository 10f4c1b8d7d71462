import type { Socket } from 'node:net';
import type { ZoneChange } from '../../dns/zone-item.ts';
import type { LabDns } from '../../kinds/types/lab.ts';
import { provideDns } from '../images/coredns.ts';
import type { Identity } from '../images/types.ts';
import type { NameHandlers, Names } from './names.ts';

/** Milliseconds after which the code of DNS is loaded if nobody has asked: by then the lab is up. */
const loadAfter = 1_000;

/**
 * The names of a lab, whose servers listen from the first moment; code and zone of DNS are there from the first question
 * on, or a second later, so that a lab starts as fast as without.
 */
export class NamesWhenAsked {
  #dns: LabDns;
  /** What the zone has to be told once it is there. */
  #changes: (readonly [changes: readonly ZoneChange[], time: number])[] = [];
  #names: Names | undefined;
  #loading: Promise<Names> | undefined;

  /** DNS servers can be started from now on. */
  constructor(dns: LabDns) {
    this.#dns = dns;
    provideDns((identity, _, netns) => this.#server(identity, netns));
    setTimeout(() => void this.#load(), loadAfter).unref();
  }

  /** Takes in changes of the zone, made at that Unix time in seconds. */
  change(changes: readonly ZoneChange[], time: number): void {
    if (this.#names === undefined) this.#changes.push([changes, time]);
    else this.#names.change(changes, time);
  }

  /** Takes in another `dns` of the Lab object. */
  configure(dns: LabDns): void {
    this.#dns = dns;
    this.#names?.configure(dns);
  }

  #load(): Promise<Names> {
    this.#loading ??= import('./names.ts').then(({ createNames }) => {
      this.#names = createNames(this.#dns);
      for (const [changes, time] of this.#changes) this.#names.change(changes, time);
      this.#changes = [];
      return this.#names;
    });
    return this.#loading;
  }

  #server(identity: Identity, netns: string): NameHandlers {
    let handlers: NameHandlers | undefined;
    const loaded = async (): Promise<NameHandlers> => {
      const names = await this.#load();
      handlers ??= names.server(identity, netns);
      return handlers;
    };
    return {
      datagram: (message, ends) =>
        handlers === undefined
          ? loaded().then(({ datagram }) => datagram(message, ends))
          : handlers.datagram(message, ends),
      connection: (socket, first) => {
        if (handlers !== undefined) handlers.connection(socket, first);
        else void keep(socket, loaded()).then(({ connection }) => connection(socket, first));
      },
    };
  }
}

/** Lets a connection wait, which loses nothing. */
async function keep<T>(socket: Socket, ready: Promise<T>): Promise<T> {
  socket.pause();
  socket.on('error', () => socket.destroy());
  const result = await ready;
  socket.resume();
  return result;
}
