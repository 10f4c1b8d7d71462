import { getSystemErrorMap } from 'node:util';
import koffi from 'koffi';
import { LabError } from '../errors.ts';

const libc = koffi.load('libc.so.6');

const native = {
  setns: libc.func('int setns(int fd, int nstype)'),
  unshare: libc.func('int unshare(int flags)'),
  mount: libc.func(
    'int mount(const char *source, const char *target, const char *fstype, unsigned long flags, const char *data)',
  ),
  umount2: libc.func('int umount2(const char *target, int flags)'),
  socket: libc.func('int socket(int domain, int type, int protocol)'),
  connect: libc.func('int connect(int fd, const uint8_t *address, uint32_t length)'),
  bind: libc.func('int bind(int fd, const uint8_t *address, uint32_t length)'),
  listen: libc.func('int listen(int fd, int backlog)'),
  send: libc.func('intptr_t send(int fd, const uint8_t *data, size_t length, int flags)'),
  recv: libc.func('intptr_t recv(int fd, _Out_ uint8_t *data, size_t length, int flags)'),
  recvfrom: libc.func(
    'intptr_t recvfrom(int fd, _Out_ uint8_t *data, size_t length, int flags, _Out_ uint8_t *address, _Inout_ uint32_t *addressLength)',
  ),
  getsockname: libc.func('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint32_t *length)'),
  getsockopt: libc.func('int getsockopt(int fd, int level, int name, _Out_ int *value, _Inout_ uint32_t *length)'),
  setsockopt: libc.func('int setsockopt(int fd, int level, int name, const int *value, uint32_t length)'),
  close: libc.func('int close(int fd)'),
  poll: libc.func('int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)'),
  waitid: libc.func('int waitid(int idtype, uint32_t id, _Out_ uint8_t *info, int options)'),
  prctl: libc.func('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)'),
};

/** Flags of unshare(2) and setns(2). */
export const CLONE_NEWNET = 0x40000000;
/** Flags of mount(2). */
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MS_NOEXEC = 8;
export const MS_BIND = 4096;

const errnoNames = new Map([...getSystemErrorMap()].map(([code, [name, text]]) => [-code, { name, text }]));

/** A system call's failure: `kernel`, with the call and errno's name, such as `setns: EPERM (operation not permitted)`. */
export function systemError(call: string, errno: number = koffi.errno(), hint?: string): LabError {
  const known = errnoNames.get(errno);
  const reason = known === undefined ? `errno ${errno}` : `${known.name} (${known.text})`;
  return new LabError('kernel', `${call}: ${reason}`, hint === undefined ? {} : { hint });
}

function check(call: string, result: number): number {
  if (result < 0) throw systemError(call);
  return result;
}

/** errno of the last call that failed. */
export function lastErrno(): number {
  return koffi.errno();
}

/** setns(2): moves the calling thread into the namespace behind the descriptor. Throws `kernel`. */
export function setns(fd: number, type: number): void {
  check('setns', native.setns(fd, type));
}

/** unshare(2): gives the calling thread new namespaces. Throws `kernel`. */
export function unshare(flags: number): void {
  check('unshare', native.unshare(flags));
}

/** mount(2). Throws `kernel`. */
export function mount(
  source: string,
  target: string,
  type: string | null,
  flags = 0,
  data: string | null = null,
): void {
  check(`mount ${source} on ${target}`, native.mount(source, target, type, flags, data));
}

/** umount2(2) with MNT_DETACH, as `umount --lazy`. Throws `kernel`. */
export function umountDetach(target: string): void {
  check(`umount ${target}`, native.umount2(target, 2));
}

/** socket(2); returns the descriptor. Throws `kernel`. */
export function socket(domain: number, type: number, protocol: number): number {
  return check('socket', native.socket(domain, type, protocol));
}

/** connect(2); returns 0 or errno (EINPROGRESS for a non-blocking socket), and does not throw. */
export function connect(fd: number, address: Uint8Array): number {
  return native.connect(fd, address, address.length) < 0 ? koffi.errno() : 0;
}

/** bind(2). Throws `kernel`. */
export function bind(fd: number, address: Uint8Array): void {
  check('bind', native.bind(fd, address, address.length));
}

/** listen(2). Throws `kernel`. */
export function listen(fd: number, backlog: number): void {
  check('listen', native.listen(fd, backlog));
}

/** send(2); returns the bytes sent, or minus errno. */
export function send(fd: number, data: Uint8Array, flags = 0): number {
  const sent = Number(native.send(fd, data, data.length, flags));
  return sent < 0 ? -koffi.errno() : sent;
}

/** recv(2) into the buffer; returns the bytes received, or minus errno. */
export function recv(fd: number, buffer: Uint8Array, flags = 0): number {
  const received = Number(native.recv(fd, buffer, buffer.length, flags));
  return received < 0 ? -koffi.errno() : received;
}

/** recvfrom(2) into both buffers; returns the bytes received, or minus errno. */
export function recvfrom(fd: number, buffer: Uint8Array, flags: number, address: Uint8Array): number {
  const received = Number(native.recvfrom(fd, buffer, buffer.length, flags, address, [address.length]));
  return received < 0 ? -koffi.errno() : received;
}

/** getsockname(2): the raw sockaddr. Throws `kernel`. */
export function getsockname(fd: number): Uint8Array {
  const address = new Uint8Array(28);
  const length = [address.length];
  check('getsockname', native.getsockname(fd, address, length));
  return address.subarray(0, length[0]);
}

/** getsockopt(2) of an int option. Throws `kernel`. */
export function getsockopt(fd: number, level: number, name: number): number {
  const value = [0];
  check('getsockopt', native.getsockopt(fd, level, name, value, [4]));
  return value[0] ?? 0;
}

/** setsockopt(2) of an int option. Throws `kernel`. */
export function setsockopt(fd: number, level: number, name: number, value: number): void {
  check('setsockopt', native.setsockopt(fd, level, name, [value], 4));
}

/** close(2); a failure is ignored, the descriptor is gone either way. */
export function close(fd: number): void {
  native.close(fd);
}

const pollfdBytes = 8;
const POLLHUP = 16;

/** Those of the descriptors that have hung up, by one poll(2) that waits for nothing: a TCP server that listens never has. */
export function hungUp(fds: readonly number[]): readonly number[] {
  const bytes = new Uint8Array(fds.length * pollfdBytes);
  const view = new DataView(bytes.buffer);
  for (const [at, fd] of fds.entries()) view.setInt32(at * pollfdBytes, fd, true);
  if (native.poll(bytes, fds.length, 0) <= 0) return [];
  return fds.filter((_, at) => (view.getInt16(at * pollfdBytes + 6, true) & POLLHUP) !== 0);
}

/** prctl(PR_SET_NAME): the name that `ps` and `top` show for the calling thread; at most 15 characters. */
export function setThreadName(name: string): void {
  const bytes = Buffer.alloc(16);
  bytes.write(name.slice(0, 15));
  native.prctl(15, koffi.address(bytes), 0, 0, 0);
}

const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;

/** Process id of a child that has ended and waits to be reaped, or undefined. Leaves it there (waitid(2) with WNOWAIT). */
export function peekZombie(): number | undefined {
  const info = new Uint8Array(128);
  if (native.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) < 0) return undefined;
  const pid = new DataView(info.buffer).getInt32(12, true);
  return pid === 0 ? undefined : pid;
}

/** Reaps the child that peekZombie named. */
export function reap(pid: number): void {
  native.waitid(P_PID, pid, new Uint8Array(128), WEXITED | WNOHANG);
}
