import { z } from 'zod';

/*
 * The shapes of what `-o json` prints, as they are documented: nothing may be missing and nothing may be added without
 * a change here.
 */

const outcome = z.enum(['delivered', 'refused', 'dropped', 'unreachable', 'nxdomain']);
/** A ping has no port. */
const socket = z.string().regex(/^(\d+\.\d+\.\d+\.\d+(:\d+)?|\[[0-9a-f:]+\]:\d+|[0-9a-f:]+)$/);
const address = z.union([z.ipv4(), z.ipv6()]);
const podName = z.string().regex(/^[^/]+\/[^/]+$/);
const from = z.string().regex(/^(pod\/[^/]+\/[^/]+|node\/[^/]+|client\/[^/]+)$/);
const to = z.string().regex(/^(http|tcp|udp|icmp):\/\//);
const rfc3339 = z.iso.datetime();

/** What a delivered connection tells besides its outcome; others tell nothing more. */
const arrival = { endpoint: socket.optional(), pod: podName.optional(), source: address.optional() };

const prediction = z.strictObject({
  outcome,
  ...arrival,
  node: z.string().optional(),
  probability: z.number().gt(0).lte(1),
});
const observation = z.strictObject({ outcome, ...arrival, count: z.int().positive() });
const step = z.strictObject({ where: z.string().min(1), text: z.string().min(1), because: z.string().optional() });

/** `svclab curl` */
export const connectionShape = z.strictObject({
  from,
  to,
  predicted: z.array(prediction).min(1),
  observed: z.array(observation).min(1),
  agrees: z.boolean(),
  difference: z.string().min(1).optional(),
});

/** `svclab explain` */
export const explanationShape = z.strictObject({
  from,
  to,
  predicted: z.array(prediction).min(1),
  steps: z.array(step).min(1),
});

/** `svclab verify` */
export const verifyShape = z.strictObject({
  agreed: z.int().nonnegative(),
  disagreed: z.int().nonnegative(),
  connections: z.array(connectionShape.extend({ about: z.string().min(1) })),
  milliseconds: z.number().positive(),
  repaired: z.array(z.string()).min(1).optional(),
  leftOut: z.array(z.string()).min(1).optional(),
});

const nodeShape = z.strictObject({
  name: z.string(),
  role: z.string(),
  ip: z.ipv4(),
  ipv6: z.ipv6().optional(),
  lease: z.strictObject({ subnet: z.cidrv4(), ipv6Subnet: z.cidrv6().optional(), expires: rfc3339 }),
  kubeProxy: z.boolean(),
  ready: z.boolean(),
  pods: z.int().nonnegative(),
  syncedAt: rfc3339,
  syncSeconds: z.number().nonnegative(),
  drift: z.array(z.string()),
});

/** `svclab status` and `svclab up` */
export const statusShape = z.strictObject({
  name: z.string(),
  pid: z.int().positive(),
  ready: z.boolean(),
  waitingFor: z.array(z.string()),
  startedAt: rfc3339,
  rootless: z.boolean(),
  kubernetesRelease: z.string(),
  proxyMode: z.string(),
  nodes: z.array(nodeShape),
  pods: z.strictObject({ total: z.int(), ready: z.int() }),
  services: z.int(),
  fabric: z.strictObject({ drift: z.array(z.string()) }),
  clients: z.array(
    z.strictObject({ name: z.string(), ip: address, ips: z.array(address).optional(), drift: z.array(z.string()) }),
  ),
  ignoredFields: z.array(z.string()),
  problems: z.array(z.string()),
  memory: z.int().positive(),
});

/** `svclab sync` */
export const syncShape = z.strictObject({
  namespaces: z.array(z.strictObject({ name: z.string(), repaired: z.array(z.string()) })),
  milliseconds: z.number().positive(),
});
