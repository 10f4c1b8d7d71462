import type { Ends, Identity } from '../types.ts';

/** RESP text of one answer; `end` closes the connection after it. */
export interface Answer {
  readonly data: string;
  readonly end?: boolean;
}

type Run = (args: readonly string[], ends: Ends) => string;

interface Command {
  /** As redis counts arity: with the command's name; negative means at least. */
  readonly arity: number;
  readonly run: Run;
}

const ok = '+OK\r\n';
const nil = '$-1\r\n';
const maxKeys = 10_000;

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function integer(value: number | bigint): string {
  return `:${value}\r\n`;
}

function info(identity: Identity, keys: number): string {
  return [
    '# Server',
    'redis_version:7.4.0',
    'redis_mode:standalone',
    `tcp_host:${identity.hostname}`,
    '',
    '# Replication',
    'role:master',
    'connected_slaves:0',
    '',
    '# Keyspace',
    ...(keys === 0 ? [] : [`db0:keys=${keys},expires=0,avg_ttl=0`]),
    '',
  ].join('\r\n');
}

function increment(store: Map<string, string>, key: string, by: bigint): string {
  const value = store.get(key) ?? '0';
  if (!/^-?\d{1,19}$/.test(value)) return '-ERR value is not an integer or out of range\r\n';
  const sum = BigInt(value) + by;
  if (sum !== BigInt.asIntN(64, sum)) return '-ERR increment or decrement would overflow\r\n';
  store.set(key, sum.toString());
  return integer(sum);
}

function set(store: Map<string, string>, key: string, value: string, options: readonly string[]): string {
  const words = options.map((option) => option.toUpperCase());
  if (words.some((word) => word !== 'NX' && word !== 'XX')) return '-ERR syntax error\r\n';
  if (words.includes('NX') && store.has(key)) return nil;
  if (words.includes('XX') && !store.has(key)) return nil;
  if (!store.has(key) && store.size >= maxKeys) {
    return "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
  }
  store.set(key, value);
  return ok;
}

function commandsOf(store: Map<string, string>, identity: Identity): ReadonlyMap<string, Command> {
  const table: Record<string, Command> = {
    PING: { arity: -1, run: ([message]) => (message === undefined ? '+PONG\r\n' : bulk(message)) },
    ECHO: { arity: 2, run: ([message = '']) => bulk(message) },
    SET: { arity: -3, run: ([key = '', value = '', ...options]) => set(store, key, value, options) },
    GET: {
      arity: 2,
      run: ([key = '']) => {
        const value = store.get(key);
        return value === undefined ? nil : bulk(value);
      },
    },
    DEL: { arity: -2, run: (keys) => integer(keys.filter((key) => store.delete(key)).length) },
    EXISTS: { arity: -2, run: (keys) => integer(keys.filter((key) => store.has(key)).length) },
    INCR: { arity: 2, run: ([key = '']) => increment(store, key, 1n) },
    DECR: { arity: 2, run: ([key = '']) => increment(store, key, -1n) },
    DBSIZE: { arity: 1, run: () => integer(store.size) },
    SELECT: { arity: 2, run: ([db]) => (db === '0' ? ok : '-ERR DB index is out of range\r\n') },
    INFO: { arity: -1, run: () => bulk(info(identity, store.size)) },
    COMMAND: { arity: -1, run: () => '*0\r\n' },
    CLIENT: { arity: -2, run: () => ok },
    ROLE: { arity: 1, run: () => `*3\r\n${bulk('master')}${integer(0)}*0\r\n` },
  };
  return new Map(Object.entries(table));
}

function unknown(words: readonly string[]): string {
  const shown = words.map((word) => word.slice(0, 128).replace(/[\r\n]/g, ' '));
  const args = shown.slice(1).map((word) => `'${word}' `);
  return `-ERR unknown command '${shown[0] ?? ''}', with args beginning with: ${args.join('')}\r\n`;
}

/** A database of strings: gives the RESP answer to one command. Error texts are those of redis 7. */
export function createDatabase(identity: Identity): (words: readonly string[], ends: Ends) => Answer {
  const commands = commandsOf(new Map(), identity);
  return (words, ends) => {
    const [name = '', ...args] = words;
    if (name.toUpperCase() === 'QUIT') return { data: ok, end: true };
    const command = commands.get(name.toUpperCase());
    if (command === undefined) return { data: unknown(words) };
    const fits = command.arity > 0 ? words.length === command.arity : words.length >= -command.arity;
    if (!fits) return { data: `-ERR wrong number of arguments for '${name.toLowerCase()}' command\r\n` };
    return { data: command.run(args, ends) };
  };
}
