import { decode, encode, type RecordType } from 'dns-packet';
import { recordText, type ZoneRecord } from '../dns/records.ts';
import { Responder } from '../dns/responder.ts';
import { parseResolvConf, searchedNames } from '../dns/search-list.ts';
import { LabError } from '../errors.ts';
import { hostPort, type IP, tryParseIP } from '../net/address.ts';
import type { ClusterNames } from './names.ts';

/** What one name came to; `no answer` when nobody answered. */
export interface NameAnswer {
  readonly rcode: string;
  /** Records as lines. */
  readonly answers: readonly string[];
  /** Of a prediction: the servers outside that are asked first, `ADDRESS:PORT`; what they say nobody can predict. */
  readonly forwardedTo?: readonly string[];
}

/** A name that was asked about, on the way to the one that has records. */
export interface LookupStep {
  readonly name: string;
  readonly server: string;
  readonly predicted: NameAnswer;
  readonly observed: NameAnswer;
  readonly agrees: boolean;
}

/** A look-up as `svclab dns -o json` prints it. */
export interface Lookup {
  readonly from: string;
  readonly name: string;
  readonly type: string;
  /** The server that is asked first. Absent: the resolv.conf there names none, and nobody is asked. */
  readonly server?: string;
  readonly steps: readonly LookupStep[];
  readonly outcome: 'found' | 'nxdomain' | 'no answer';
  readonly agrees: boolean;
}

const types: ReadonlySet<string> = new Set(['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'TXT', 'NS', 'SOA', 'MX', 'ANY']);
const silence: NameAnswer = { rcode: 'no answer', answers: [] };

/** A resolver looks at no more servers (resolv.conf(5), MAXNS). */
const serversAtMost = 3;
/** After such an answer a resolver asks its next server. */
const passedOn: ReadonlySet<string> = new Set([silence.rcode, 'SERVFAIL', 'REFUSED', 'NOTIMP']);

const plain = (line: string) =>
  line
    .replaceAll(/\s+/g, ' ')
    .replace(' IN ', ' ')
    .replace(/(SOA \S+ \S+) \d+/, '$1 SERIAL');

/** What cluster DNS answers, if it has a Pod that is ready. What a server outside says nobody knows. */
function predict(names: ClusterNames, server: string, name: string, type: string): NameAnswer {
  const [service] = names.zone.withClusterIP(server);
  if (service === undefined) return { ...silence, forwardedTo: [server] };
  const [first] = [...names.zone.endpoints(service.namespace, service.name)].flatMap(({ addresses }) => addresses);
  if (first === undefined) return silence;
  const responder = new Responder(names.zone, { ...names.options, localIPs: [first.ip as IP] }, names.outside);
  const query = encode({ type: 'query', id: 1, questions: [{ name, type: type as RecordType }] });
  const reply = responder.respond(query, 'tcp');
  const forwarding = reply === undefined || Buffer.isBuffer(reply) ? undefined : reply;
  const bytes = forwarding?.finish(undefined) ?? (reply as Buffer | undefined);
  if (bytes === undefined) return silence;
  const forwardedTo = forwarding?.servers.map(({ address, port }) => hostPort(address, port));
  const { answers = [], ...header } = decode(bytes);
  const rcode = (header as { readonly rcode?: string }).rcode ?? '';
  const lines = answers.map((record) => plain(recordText(record as ZoneRecord))).sort();
  return { rcode, answers: lines, ...(forwardedTo === undefined ? {} : { forwardedTo }) };
}

async function observe(run: Surroundings['run'], server: string, name: string, type: string): Promise<NameAnswer> {
  const options = ['+noall', '+comments', '+answer', '+nocookie', '+tries=1', '+time=6', '+nosearch'];
  const stdout = await run(['dig', `@${server}`, ...options, '-t', type, '-q', `${name}.`]);
  const rcode = /status: (\w+)/.exec(stdout)?.[1];
  if (rcode === undefined) return silence;
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return { rcode, answers: lines.map(plain).sort() };
}

/** Where servers outside are asked, any answer is right that has what is known without them. */
function isAsPredicted(predicted: NameAnswer, observed: NameAnswer): boolean {
  if (predicted.forwardedTo !== undefined) {
    const mayBeSilent = predicted.rcode === silence.rcode;
    return (mayBeSilent || observed !== silence) && predicted.answers.every((line) => observed.answers.includes(line));
  }
  return predicted.rcode === observed.rcode && predicted.answers.join('\n') === observed.answers.join('\n');
}

function outcomeOf(steps: readonly LookupStep[]): Lookup['outcome'] {
  const last = steps.at(-1)?.observed;
  if (last?.rcode === 'no answer') return 'no answer';
  return last !== undefined && last.answers.length > 0 ? 'found' : 'nxdomain';
}

/** What is asked, and by whom. */
export interface LookupRequest {
  /** As the user wrote it. */
  readonly from: string;
  readonly name: string;
  readonly type: string;
}

/** The place that a name is looked up from. */
export interface Surroundings {
  /** What a program prints there. */
  readonly run: (argv: readonly string[]) => Promise<string>;
  /** The names of the cluster as they are now. */
  readonly names: () => Promise<ClusterNames>;
}

/** Whether the text can be asked about: labels of 1 to 63 bytes, 253 in all (RFC 1035 §2.3.4). */
function isName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  const fits = Buffer.byteLength(text) <= 253 && labels.every((label) => /^.{1,63}$/s.test(label));
  return fits || text === '.';
}

/**
 * Looks a name up as the resolver of a place does, name after name of its search list until one has records, server
 * after server until one knows about the name, and predicts each answer. Throws `usage` for an unknown type, and for a
 * text that is no name.
 */
export async function lookUp({ from, name, type }: LookupRequest, { run, names }: Surroundings): Promise<Lookup> {
  if (!types.has(type)) {
    throw new LabError('usage', `unknown type "${type}"`, { hint: `Types: ${[...types].join(', ')}` });
  }
  if (!isName(name)) {
    const hint = 'Its labels, between dots, have 1 to 63 characters each.';
    throw new LabError('usage', `"${name}" is not a name`, { hint });
  }
  const settings = parseResolvConf(await run(['cat', '/etc/resolv.conf']));
  const servers = settings.nameservers.filter((text) => tryParseIP(text) !== undefined).slice(0, serversAtMost);
  const [server] = servers;
  if (server === undefined) return { from, name, type, steps: [], outcome: 'nxdomain', agrees: true };
  const known = await names();
  const steps: LookupStep[] = [];
  for (const tried of searchedNames(name, settings).filter((full) => full === '' || isName(full))) {
    for (const asked of servers) {
      const predicted = predict(known, asked, tried, type);
      const observed = await observe(run, asked, tried, type);
      steps.push({ name: tried, server: asked, predicted, observed, agrees: isAsPredicted(predicted, observed) });
      if (!passedOn.has(observed.rcode)) break;
    }
    const last = steps.at(-1)?.observed;
    if (last !== undefined && (last.answers.length > 0 || last.rcode === silence.rcode)) break;
  }
  return { from, name, type, server, steps, outcome: outcomeOf(steps), agrees: steps.every((step) => step.agrees) };
}
