import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseIP } from '../../../net/address.ts';
import { type NodeDump, parseNode } from '../node.ts';
import { type Walk, walk } from '../walk.ts';

/** A question with what the kernel did with 40 connections; see testdata/README.md. */
interface Truth {
  readonly src: string;
  readonly in: string | null;
  readonly dst: string;
  readonly port: number;
  readonly proto: string;
  readonly outcome: 'delivered' | 'refused' | 'dropped' | 'untouched';
  readonly endpoints: Readonly<Record<string, number>>;
  readonly masquerade: readonly boolean[];
}

function ask(node: NodeDump, { src, in: inInterface, dst, port, proto }: Truth): Walk {
  return walk(node, {
    source: parseIP(src),
    destination: parseIP(dst),
    protocol: proto,
    port,
    ...(inInterface === null ? {} : { inInterface }),
  });
}

/** Nothing listened on the node's own addresses: connections to endpoints there were refused, or their answers lost. */
function isDeaf(endpoint: string): boolean {
  return endpoint.startsWith('192.168.56.11:') || endpoint.startsWith('127.0.0.1:');
}

/**
 * What the walk says of the question in another way than the kernel; undefined where both agree. Of more than five endpoints, 40
 * connections may miss one.
 */
function difference(truth: Truth, { predicted }: Walk): string | undefined {
  const own = `${truth.dst}:${truth.port}`;
  const said = predicted.map(({ outcome, endpoint }) => `${outcome} ${endpoint}`).join(', ');
  const delivered = predicted.filter(({ outcome }) => outcome === 'delivered');
  const endpoints = new Set(delivered.map(({ endpoint }) => endpoint));
  const seen = Object.keys(truth.endpoints);
  if (predicted.some(({ outcome }) => outcome === 'unknown')) return said;
  switch (truth.outcome) {
    case 'untouched':
      return predicted.every(({ endpoint, source }) => endpoint === own && source === truth.src) ? undefined : said;
    case 'refused':
    case 'dropped':
      return predicted.every(({ outcome }) => outcome === truth.outcome) || [...endpoints].some(isDeaf)
        ? undefined
        : said;
    case 'delivered': {
      const heard = [...endpoints].filter((endpoint) => !isDeaf(endpoint));
      const affine = seen.length === 1;
      const all =
        seen.every((endpoint) => endpoints.has(endpoint)) &&
        (affine || heard.length > 5 || seen.length >= heard.length);
      const rewritten = new Set(
        delivered.filter(({ endpoint }) => seen.includes(endpoint)).map(({ source }) => source !== truth.src),
      );
      const sources = truth.masquerade.every((one) => rewritten.has(one)) && rewritten.size === truth.masquerade.length;
      return all && sources ? undefined : `${said}; rewritten: ${[...rewritten].join(' and ')}`;
    }
  }
}

const copies = join(import.meta.dirname, 'testdata', 'walk');
const everything = '/work/shared/golden/walk';
const folder = existsSync(everything) ? everything : copies;

for (const name of readdirSync(folder).filter((file) => file.endsWith('.nftables.dump'))) {
  test(`a kernel did as the walk says: ${name}`, (t) => {
    const node = parseNode(readFileSync(join(folder, name), 'utf8'), name);
    const questions = readFileSync(join(folder, name.replace('.dump', '.truth.jsonl')), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    t.deepEqual(
      node.ruleSets.flatMap(({ unknown }) => unknown),
      [],
    );
    for (const line of questions) {
      const truth = JSON.parse(line) as Truth;
      t.is(difference(truth, ask(node, truth)), undefined, line);
    }
  });
}
