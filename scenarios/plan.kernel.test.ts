import { symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { iptablesVariant } from '../src/kernel/netfilter.ts';
import { requireTool, type ToolName } from '../src/kernel/tools.ts';
import { quickstart, startLab } from './testing/lab.ts';
import { type Scratch, withScratch } from './testing/scratch.ts';

/** Prints everything that the network namespaces of /run/netns hold, and the files that belong to them. */
const dump = `
for netns in /run/netns/*; do
  name=\${netns##*/}
  echo "#json $name link";   ip -n "$name" -d -j link
  echo "#json $name address"; ip -n "$name" -d -j address
  echo "#json $name route";  ip -n "$name" -d -j route show table all
  echo "#json $name route6"; ip -n "$name" -6 -d -j route show table all
  echo "#json $name rule";   ip -n "$name" -d -j rule
  echo "#json $name neigh";  ip -n "$name" -d -j neighbour show nud permanent
  echo "#text $name fdb";    bridge -n "$name" fdb show | grep permanent
  echo "#text $name rules";  ip netns exec "$name" iptables-legacy-save
  echo "#text $name sysctl"; ip netns exec "$name" sysctl -a -r '^net\\.' 2>/dev/null
done
find /run/svclab/files -type f | sort | while read -r file; do
  echo "#text $file content"; cat "$file"
done
`;

/** A machine of its own for what is typed by hand: empty network, process and mount namespaces, and an empty /run. */
const byHand = `
mount -t tmpfs tmpfs /run
mkdir -p /run/lock
set -e
. "$1"
set +e
. "$2"
`;

type Sections = ReadonlyMap<string, unknown>;

/** Numbers that follow from the order of making, timers that run, and what the kernel notices up to a second later. */
const incidental =
  /^operstate$|index$|netnsid$|timer$|^(ifindex|bridge_id|root_id|designated_\w+|tx_\w+|rx_\w+|topology_change\w*)$/;

function plain(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .filter((item) => item !== 'NO-CARRIER' && item !== 'linkdown' && item !== 'linkdown')
      .map(plain)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !incidental.test(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

const volatileSysctl = /nf_conntrack_count|random|base_reachable_time|tcp_fastopen_key|rss_key/;

/** The lines without dates and counters, in an order of their own. */
function plainLines(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !line.startsWith('# ') && !volatileSysctl.test(line))
    .map((line) => line.replace(/\[\d+:\d+\]/, '').trim());
}

/** The parts of a dump; addresses of links that the plan does not name are the kernel's own random ones. */
function sections(text: string, plan: string): Sections {
  const known = text.replace(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, (mac) =>
    plan.includes(mac) || /^(33:33|01:|ff:|00:00)/.test(mac) ? mac : 'MAC',
  );
  return new Map(
    known
      .split(/^#(?=json |text )/m)
      .slice(1)
      .map((part) => {
        const [title = '', ...lines] = part.trimEnd().split('\n');
        const json = title.startsWith('json ');
        return [title, json ? plain(JSON.parse(lines.join('') || '[]')) : plainLines(lines)] as const;
      }),
  );
}

/** A directory in which iptables is the variant that labs use, as the machine's alternatives may have it as well. */
async function toolsOfLabs(scratch: Scratch): Promise<string> {
  const directory = join(scratch.directory, 'bin');
  await mkdir(directory);
  for (const suffix of ['', '-save', '-restore']) {
    const tool = requireTool(`iptables-${iptablesVariant()}${suffix}` as ToolName);
    symlinkSync(tool, join(directory, `iptables${suffix}`));
  }
  return directory;
}

async function runByHand(scratch: Scratch, plan: string): Promise<string> {
  const files = [scratch.file(plan, 'plan.sh'), scratch.file(dump, 'dump.sh')];
  const path = `${await toolsOfLabs(scratch)}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const shell = [requireTool('sh'), '-c', byHand, 'sh', ...files];
  const { stdout } = await execa(requireTool('unshare'), [...namespaces, ...shell], { env: { PATH: path } });
  return stdout;
}

test('what svclab does is what its plan says: the plan, typed by hand, builds the same network', async (t) => {
  t.timeout(300_000);
  await withScratch(t, async (scratch) => {
    const { stdout: plan, exitCode } = await scratch.svclab('plan', '-f', quickstart);
    t.is(exitCode, 0);
    const typed = sections(await runByHand(scratch, plan), plan);
    const lab = await startLab(scratch, [quickstart], 'default');
    const done = sections(await lab.exec('fabric', 'sh', '-c', dump), plan);
    t.true(typed.size > 100);
    t.deepEqual([...done.keys()], [...typed.keys()]);
    for (const [title, content] of typed) t.deepEqual(done.get(title), content, title);
    t.true(JSON.stringify(typed.get('text node1 rules')).includes('KUBE-SERVICES'));
    t.regex(JSON.stringify(typed.get('json node1 link')), /flannel\.1/);
    t.is(new Set([...typed.keys()].map((title) => title.split(' ')[1])).has('client_laptop'), true);
  });
});

test('the same files give the same plan', async (t) => {
  await withScratch(t, async (scratch) => {
    const [one, two] = await Promise.all([1, 2].map(() => scratch.svclab('plan', '-f', quickstart)));
    t.is(one?.stdout, two?.stdout);
  });
});
