import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExplainedConnection, LabStatus } from '../../api/types.ts';

const launcher = fileURLToPath(new URL('../../../bin/svclab', import.meta.url));

/** How a command ended and what it wrote. */
export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs bin/svclab with labs in `runDir`, as a user would in a pipe. */
export function svclab(
  runDir: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Result> {
  const { NO_COLOR: _, FORCE_COLOR: __, SVCLAB_LAB: ___, ...inherited } = process.env;
  const env = { ...inherited, SVCLAB_RUN_DIR: runDir, ...options.env };
  const child = spawn(launcher, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** A lab with two nodes, one Pod and one Service. */
export const sampleStatus: LabStatus = {
  name: 'demo',
  pid: 4711,
  ready: true,
  waitingFor: [],
  startedAt: '2020-01-01T00:00:00Z',
  rootless: true,
  kubernetesRelease: '1.36',
  proxyMode: 'iptables',
  nodes: ['node1', 'node2'].map((name, at) => ({
    name,
    role: 'worker',
    ip: `192.168.56.1${at + 1}`,
    lease: { subnet: `10.244.${at + 1}.0/24`, expires: '2100-01-01T00:00:00Z' },
    kubeProxy: true,
    ready: true,
    pods: 1 - at,
    syncedAt: '2020-01-01T00:00:00Z',
    syncSeconds: 0.01,
    drift: at === 0 ? [] : ['ip -n node2 route replace 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink'],
  })),
  pods: { total: 1, ready: 1 },
  services: 1,
  clients: [{ name: 'laptop', ip: '203.0.113.10', drift: [] }],
  fabric: { drift: [Array.from({ length: 22 }, (_, at) => `-A x${at}`).join('\n')] },
  ignoredFields: [],
  problems: [],
  memory: 50 * 1024 * 1024,
};

/** A connection with two endpoints, explained. */
export const sampleExplanation: ExplainedConnection = {
  from: 'pod/default/busybox',
  to: 'http://10.96.203.6:8080',
  predicted: [1, 2].map((at) => ({
    outcome: 'delivered',
    endpoint: `10.244.${at}.2:80`,
    pod: `default/httpd-${at}`,
    node: `node${at}`,
    source: '10.244.1.7',
    probability: 0.5,
  })),
  steps: [
    { where: 'pod/default/busybox', text: 'The Pod sends to its gateway.', because: 'default via 10.244.1.1 dev eth0' },
    { where: 'node1', text: 'The proxy picks an endpoint.' },
  ],
};
