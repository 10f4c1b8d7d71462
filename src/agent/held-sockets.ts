import { LabError } from '../errors.ts';
import { close } from '../kernel/libc.ts';
import { withNetns } from '../kernel/netns.ts';
import { hostPort } from '../net/address.ts';
import type { HeldPort } from '../proxy/held-ports.ts';
import type { ProxyRelease } from '../proxy/types.ts';
import { anyAddress, anyIPv4, type ListeningAddress, openListening } from './listening-socket.ts';

/** Releases since 1.18 hold a port for one family; before, Go's wildcard address took both. */
function socketOf({ protocol, family, ip, port }: HeldPort, release: ProxyRelease): ListeningAddress {
  if (ip !== undefined) return { protocol, address: ip, port };
  if (release === '1.8') return { protocol, address: anyAddress, port };
  return family === 'ipv4'
    ? { protocol, address: anyIPv4, port }
    : { protocol, address: anyAddress, port, onlyIPv6: true };
}

/**
 * The sockets that an old kube-proxy holds in its node, so that no other program takes a port whose traffic the rules
 * lead away. They listen and are never accepted from. `ss -ltnu` shows them.
 */
export class HeldSockets {
  readonly #fds = new Map<string, number>();

  /** Opens and closes sockets until they are those wanted. Returns a line for each that cannot be had; a later sync tries again. */
  sync(netns: string, wanted: readonly HeldPort[], release: ProxyRelease): readonly string[] {
    const keyed = new Map(
      wanted.map((held) => {
        const socket = socketOf(held, release);
        const key: string = `${socket.protocol} ${hostPort(socket.address, socket.port)}`;
        return [key, socket] as const;
      }),
    );
    for (const [key, fd] of this.#fds) {
      if (keyed.has(key)) continue;
      close(fd);
      this.#fds.delete(key);
    }
    const missing = [...keyed].filter(([key]) => !this.#fds.has(key));
    if (missing.length === 0) return [];
    return withNetns(netns, () =>
      missing.flatMap(([key, socket]) => {
        try {
          this.#fds.set(key, openListening(socket));
          return [];
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          return [`kube-proxy can't hold ${key}: ${error.message}`];
        }
      }),
    );
  }

  /** Closes all of them. */
  close(): void {
    for (const fd of this.#fds.values()) close(fd);
    this.#fds.clear();
  }
}
