import { recordEnd } from './curl-config.ts';
import { identityFromHeaders } from './identity.ts';
import { outcomeOfText, unanswered } from './outcome.ts';
import type { ProbeAnswer } from './types.ts';

/** One transfer's record: which URL of the configuration it was, and its answer. */
export interface CurlRecord {
  readonly index: number;
  readonly answer: ProbeAnswer;
}

/**
 * Why connections failed, from curl's verbose text: the reasons for each `ADDRESS port PORT`, in the order of failing.
 * curl 7.88 leaves errno out of `errormsg`, so that only this tells a refusal from a missing route.
 */
function connectFailures(verbose: string): Map<string, string[]> {
  const failures = new Map<string, string[]>();
  let reason = '';
  for (const line of verbose.split('\n')) {
    const why = /^\* (?:connect to .* failed|Immediate connect fail for .*?): ([A-Z].*)$/.exec(line)?.[1];
    if (why !== undefined) reason = why;
    const target = /^\* Failed to connect to (\S+ port \d+) after /.exec(line)?.[1];
    if (target === undefined) continue;
    failures.set(target, [...(failures.get(target) ?? []), reason]);
    reason = '';
  }
  return failures;
}

interface CurlJson {
  readonly urlnum: number;
  readonly exitcode: number;
  readonly errormsg: string | null;
  readonly local_ip: string;
  readonly local_port: number;
  readonly remote_ip: string;
  readonly response_code: number;
  readonly time_connect: number;
  readonly time_total: number;
  readonly size_header: number;
  readonly size_download: number;
}

const noHost = 6;
const timedOut = 28;

/**
 * Outcome of a transfer. A connection that was made and then closed (exit code 52) or reset (56) was delivered to a
 * server that does not speak HTTP. Where no byte came in time, only the endpoint's kernel is known to have accepted it:
 * that is no answer.
 */
function outcomeOf(json: CurlJson, reason: string): Pick<ProbeAnswer, 'outcome' | 'message'> {
  if (json.exitcode === 0) return { outcome: 'delivered' };
  const message = reason === '' ? (json.errormsg ?? `curl exit code ${json.exitcode}`) : reason;
  if (json.time_connect > 0 && json.exitcode === timedOut && json.size_header + json.size_download === 0) {
    return { outcome: 'dropped', message: unanswered };
  }
  if (json.time_connect > 0) return { outcome: 'delivered', message };
  if (json.exitcode === noHost || (json.exitcode === timedOut && /^Resolving timed out/.test(message))) {
    return { outcome: 'nxdomain', message };
  }
  return { outcome: outcomeOfText(message) ?? 'dropped', message };
}

function parseRecord(text: string, failures: Map<string, string[]>): CurlRecord {
  const end = text.indexOf('\n');
  const json = JSON.parse(text.slice(0, end)) as CurlJson;
  const headers = JSON.parse(text.slice(end + 1)) as Readonly<Record<string, readonly string[]>>;
  const target = /Failed to connect to (\S+ port \d+) after /.exec(json.errormsg ?? '')?.[1] ?? '';
  const reason = failures.get(target)?.shift() ?? '';
  return {
    index: json.urlnum,
    answer: {
      ...outcomeOf(json, reason),
      ...identityFromHeaders((name) => headers[name]?.[0]),
      milliseconds: json.time_total * 1000,
      ...(json.response_code === 0 ? {} : { status: json.response_code }),
      ...(json.local_port === 0 ? {} : { localAddress: json.local_ip, localPort: json.local_port }),
      ...(json.remote_ip === '' ? {} : { remoteAddress: json.remote_ip }),
    },
  };
}

/** The transfers that curl told of: its standard output by curlConfig's write-out, and its verbose standard error. */
export function parseCurlOutput(stdout: string, stderr: string): readonly CurlRecord[] {
  const failures = connectFailures(stderr);
  return stdout
    .split(recordEnd)
    .filter((text) => text.trim() !== '')
    .map((text) => parseRecord(text, failures));
}
