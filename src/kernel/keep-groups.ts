import koffi from 'koffi';

/*
 * keep-groups.ts PROGRAM ARGUMENTS…
 * Becomes the program with a seccomp filter under which setgroups(2) succeeds and does nothing. tcpdump that runs as
 * root insists on setting its groups, even to those of root, and a user namespace of one user forbids that
 * (user_namespaces(7)).
 */

const libc = koffi.load('libc.so.6');
const prctl = libc.func(
  'int prctl(int option, unsigned long mode, const uint8_t *program, unsigned long c, unsigned long d)',
);
const signal = libc.func('void *signal(int number, intptr_t handler)');
const fcntl = libc.func('int fcntl(int fd, int command, int flags)');
const execv = libc.func('int execv(const char *path, const char **arguments)');

const F_SETFD = 2;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const SIGPIPE = 13;
const SIGXFSZ = 25;

/** AUDIT_ARCH_… and the number of setgroups(2), by what Node calls the machine. */
const machines: Readonly<Record<string, readonly [audit: number, setgroups: number]>> = {
  x64: [0xc000003e, 116],
  arm64: [0xc00000b7, 159],
};

/** Instructions of classic BPF, struct sock_filter: code, jump if true, jump if false, operand. */
function filter(audit: number, setgroups: number): Uint8Array {
  const load = 0x20;
  const jumpIfEqual = 0x15;
  const answer = 0x06;
  const instructions = [
    [load, 0, 0, 4],
    [jumpIfEqual, 0, 3, audit],
    [load, 0, 0, 0],
    [jumpIfEqual, 0, 1, setgroups],
    [answer, 0, 0, 0x00050000],
    [answer, 0, 0, 0x7fff0000],
  ] as const;
  const bytes = new DataView(new ArrayBuffer(8 * instructions.length));
  for (const [at, [code, whenTrue, whenFalse, operand]] of instructions.entries()) {
    bytes.setUint16(8 * at, code, true);
    bytes.setUint8(8 * at + 2, whenTrue);
    bytes.setUint8(8 * at + 3, whenFalse);
    bytes.setUint32(8 * at + 4, operand, true);
  }
  return new Uint8Array(bytes.buffer);
}

/** struct sock_fprog: the number of instructions, and where they are. */
function programOf(instructions: Uint8Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(16));
  bytes.setUint16(0, instructions.length / 8, true);
  bytes.setBigUint64(8, BigInt(koffi.address(instructions)), true);
  return new Uint8Array(bytes.buffer);
}

const machine = machines[process.arch];
if (machine !== undefined) {
  const instructions = filter(...machine);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, programOf(instructions), 0, 0);
}
// Node ignores two signals, which the program would inherit, and closes standard streams on exec, which it would not.
for (const number of [SIGPIPE, SIGXFSZ]) signal(number, 0);
for (const fd of [0, 1, 2]) fcntl(fd, F_SETFD, 0);
const [file = '', ...rest] = process.argv.slice(2);
execv(file, [file, ...rest, null]);
process.stderr.write(`${file} cannot be run: errno ${koffi.errno()}\n`);
process.exitCode = 127;
