import { hostPort } from '../net/address.ts';
import type { ProbeRequest } from './types.ts';

/** Ends the record that curl writes for each transfer; no line of its JSON looks like this. */
export const recordEnd = '\n.\n';

/** URL of a request, with whatever could end a quoted string or a line percent-encoded. */
export function urlOf({ to }: ProbeRequest): string {
  const path = to.path ?? '/';
  const safe = path.replace(/[^!#$%&'()*+,./0-9:;=?@A-Z[\]_a-z~-]/gu, (char) => {
    return [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
  });
  const host = 'name' in to ? `${to.name}:${to.port ?? 80}` : hostPort(to.address, to.port ?? 80);
  return `http://${host}${safe.startsWith('/') ? safe : `/${safe}`}`;
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * Least time to connect, in milliseconds. Where every hop is in this kernel, an ICMP refusal can come back while
 * connect(2) still holds the socket; it counts only when the next SYN, a second later, is refused as well.
 */
const leastConnectMs = 1500;

/**
 * curl's configuration for one process that makes all the transfers, each on a connection of its own, and writes one
 * record a transfer. All requests share the first one's timeout. `outputs` names the file for each body.
 */
export function curlConfig(requests: readonly ProbeRequest[], outputs: readonly string[]): string {
  const { timeoutMs = leastConnectMs } = requests[0] ?? {};
  const connectMs = Math.max(timeoutMs, leastConnectMs);
  const common = [
    'no-progress-meter',
    'verbose',
    'globoff',
    'http1.1',
    'noproxy = "*"',
    'header = "Connection: close"',
    `connect-timeout = ${connectMs / 1000}`,
    `max-time = ${(connectMs + timeoutMs) / 1000}`,
    'write-out = "%{json}\\n%{header_json}\\n.\\n"',
  ];
  const transfers = requests.flatMap((request, at) => [
    `url = ${quote(urlOf(request))}`,
    `output = ${quote(outputs[at] ?? '/dev/null')}`,
  ]);
  return `${[...common, ...transfers].join('\n')}\n`;
}

/** Arguments that go with curlConfig: transfers run side by side, the configuration comes on standard input. */
export const curlArguments = ['-q', '-Z', '--parallel-immediate', '--parallel-max', '64', '-K', '-'] as const;
