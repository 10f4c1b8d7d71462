import type { Command } from 'commander';

/** Describes a command to commander: its arguments, options, help and action. */
export type DefineCommand = (command: Command, argv: readonly string[]) => void;

/** A command as the list of commands shows it; its file is loaded only when it is used. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** It does not talk to a running lab: `--lab` is taken and means nothing. */
  readonly needsNoLab?: true;
  readonly load: () => Promise<{ readonly define: DefineCommand }>;
}

const lab = 'Labs:';
const objects = 'Objects:';
const connections = 'Connections:';
const inside = 'Inside a lab:';
const dumps = 'Dumps of nodes:';
const other = 'Other:';

/** All commands, in the order in which help shows them. */
export const commands: readonly CommandEntry[] = [
  { name: 'up', summary: 'build and start a lab', group: lab, load: () => import('./up.ts') },
  { name: 'down', summary: 'stop a lab; nothing is left', group: lab, load: () => import('./down.ts') },
  { name: 'list', summary: 'the labs that run', group: lab, needsNoLab: true, load: () => import('./list.ts') },
  {
    name: 'status',
    summary: 'nodes, leases, Pods and sync state of a lab',
    group: lab,
    load: () => import('./status.ts'),
  },
  { name: 'sync', summary: 'repair drift now', group: lab, load: () => import('./sync.ts') },
  { name: 'get', summary: 'show objects', group: objects, load: () => import('./get.ts') },
  { name: 'apply', summary: 'create or change objects from files', group: objects, load: () => import('./apply.ts') },
  { name: 'delete', summary: 'delete objects', group: objects, load: () => import('./delete.ts') },
  { name: 'scale', summary: 'set the number of replicas', group: objects, load: () => import('./scale.ts') },
  { name: 'expose', summary: 'make a Service for a workload', group: objects, load: () => import('./expose.ts') },
  {
    name: 'verify',
    summary: 'try every kind of connection and compare with the prediction',
    group: connections,
    load: () => import('./verify.ts'),
  },
  {
    name: 'explain',
    summary: 'what a connection will do and why, without connecting',
    group: connections,
    load: () => import('./explain.ts'),
  },
  { name: 'curl', summary: 'connect for real and compare', group: connections, load: () => import('./curl.ts') },
  {
    name: 'trace',
    summary: 'follow one connection through the kernel: hops, rules, NAT',
    group: connections,
    load: () => import('./trace.ts'),
  },
  {
    name: 'dns',
    summary: 'look up a name for real and compare; serve names',
    group: connections,
    load: () => import('./dns.ts'),
  },
  {
    name: 'test',
    summary: 'run scenario files, each in a fresh lab',
    group: connections,
    needsNoLab: true,
    load: () => import('./test.ts'),
  },
  { name: 'exec', summary: 'run a command in a node, Pod or client', group: inside, load: () => import('./exec.ts') },
  {
    name: 'capture',
    summary: 'packets as tcpdump shows them, with names; pcapng for Wireshark',
    group: inside,
    load: () => import('./capture.ts'),
  },
  { name: 'logs', summary: "what a Pod's program has printed", group: inside, load: () => import('./logs.ts') },
  { name: 'shell', summary: 'open a shell in a node, Pod or client', group: inside, load: () => import('./shell.ts') },
  { name: 'rules', summary: "the proxy's rules of a node", group: inside, load: () => import('./rules.ts') },
  {
    name: 'records',
    summary: "the cluster's names, as a zone file",
    group: inside,
    load: () => import('./records.ts'),
  },
  {
    name: 'plan',
    summary: 'every kernel change, as text to type',
    group: inside,
    needsNoLab: true,
    load: () => import('./plan.ts'),
  },
  {
    name: 'lint',
    summary: "what is wrong in a node's rules",
    group: dumps,
    needsNoLab: true,
    load: () => import('./lint.ts'),
  },
  {
    name: 'collect',
    summary: 'a script that gathers what a node knows',
    group: dumps,
    needsNoLab: true,
    load: () => import('./collect.ts'),
  },
  {
    name: 'doctor',
    summary: 'what of this machine is usable',
    group: other,
    needsNoLab: true,
    load: () => import('./doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'completion for bash and zsh',
    group: other,
    needsNoLab: true,
    load: () => import('./completion.ts'),
  },
  {
    name: 'version',
    summary: 'the version of svclab',
    group: other,
    needsNoLab: true,
    load: () => import('./version.ts'),
  },
];

/** Called by the completion scripts; not in the list of commands. */
export const hiddenCommands: readonly CommandEntry[] = [
  { name: '__complete', summary: 'words that may come next', group: other, load: () => import('./complete.ts') },
];
