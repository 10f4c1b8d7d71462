import { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import type { ApplyRequest, ConnectRequest, DeleteRequest, SyncRequest, VerifyRequest } from '../../api/types.ts';
import { errorToJSON, LabError, toLabError } from '../../errors.ts';
import { saveRules } from '../../kernel/netfilter.ts';
import { applyToLab, deleteFromLab } from '../../lab/changes.ts';
import type { Ruleset } from '../../plan/desired.ts';
import type { Lab } from '../lab.ts';
import { settle, waitUntilReady, waitUntilSettled } from '../ready.ts';
import { labStatus, readyStatus } from '../status.ts';
import { syncLab } from '../sync.ts';
import { execTarget } from '../targets.ts';
import { readRequest } from './body.ts';

const applyFields = { objects: ['list of objects', 'always'], dryRun: ['boolean', 'perhaps'] } as const;
const deleteFields = {
  objects: ['list of kinds with names', 'always'],
  ignoreNotFound: ['boolean', 'perhaps'],
  gracePeriodSeconds: ['whole number', 'perhaps'],
} as const;
const connectFields = {
  from: ['text', 'always'],
  to: ['text', 'always'],
  count: ['number above 0', 'perhaps'],
} as const;
const verifyFields = {
  from: ['text', 'perhaps'],
  to: ['text', 'perhaps'],
  timeout: ['number above 0', 'perhaps'],
  failFast: ['boolean', 'perhaps'],
} as const;
const syncFields = { node: ['text', 'perhaps'] } as const;

/** svclab's own part of the API, below /lab/v1. What predicts and connects is loaded when first needed: `up` is faster. */
export function labRoutes(lab: Lab, end: () => void): Hono {
  const routes = new Hono();
  routes.get('/status', async (c) => {
    await settle(lab);
    return c.json(await labStatus(lab));
  });
  routes.get('/ready', async (c) => {
    await waitUntilReady(lab, Number(c.req.query('timeout') ?? 60_000), c.req.raw.signal);
    return c.json(readyStatus(lab));
  });
  routes.get('/settled', async (c) => {
    await waitUntilSettled(lab, Number(c.req.query('timeout') ?? 60_000), c.req.raw.signal);
    return c.body(null, 204);
  });
  routes.post('/apply', async (c) => {
    const response = applyToLab(lab, await readRequest<ApplyRequest>(c, applyFields));
    await settle(lab);
    return c.json(response);
  });
  routes.post('/delete', async (c) => {
    const response = deleteFromLab(lab, await readRequest<DeleteRequest>(c, deleteFields));
    await settle(lab);
    return c.json(response);
  });
  routes.post('/explain', async (c) => {
    const { explain } = await import('../connect.ts');
    await settle(lab);
    return c.json(explain(lab, await readRequest<ConnectRequest>(c, connectFields)));
  });
  routes.post('/trace', async (c) => {
    const { trace } = await import('../trace/trace.ts');
    await settle(lab);
    return c.json(await trace(lab, await readRequest<ConnectRequest>(c, connectFields)));
  });
  routes.post('/curl', async (c) => {
    const { connect } = await import('../connect.ts');
    await settle(lab);
    const events = connect(lab, await readRequest<ConnectRequest>(c, connectFields));
    return lines(c, await started(events));
  });
  routes.post('/verify', async (c) => {
    const { verify } = await import('../connect.ts');
    await settle(lab);
    const events = verify(lab, await readRequest<VerifyRequest>(c, verifyFields));
    return lines(c, await started(events));
  });
  routes.post('/sync', async (c) => c.json(await syncLab(lab, await readRequest<SyncRequest>(c, syncFields))));
  routes.get('/nodes/:name/rules', async (c) =>
    c.text(await nodeRules(lab, c.req.param('name'), c.req.query('family'))),
  );
  routes.get('/logs/:namespace/:pod', (c) => c.text(podLogs(lab, c.req.param(), c.req.query('container'))));
  routes.get('/targets/:target', (c) => c.json(execTarget(lab, c.req.param('target'))));
  routes.delete('/', (c) => {
    setImmediate(end);
    return c.body(null, 202);
  });
  return routes;
}

async function nodeRules(lab: Lab, name: string, family = 'ipv4'): Promise<string> {
  const names = lab.view.nodes.map((node) => node.name);
  if (!names.includes(name)) {
    throw new LabError('not-found', `there is no node ${name}`, { hint: `Nodes: ${names.join(', ')}.` });
  }
  return saveRules(name, loaderOn(lab, name, family));
}

/** How the proxy of the node loads its rules; iptables where none runs. */
function loaderOn(lab: Lab, name: string, family: string): Ruleset['loader'] {
  const rulesets = lab.desired.namespaces.find((netns) => netns.name === name)?.rulesets ?? [];
  const usesNft = rulesets.some(({ owner, loader }) => owner === 'kube-proxy' && loader === 'nft');
  if (usesNft) return 'nft';
  return family === 'ipv6' ? 'ip6tables' : 'iptables';
}

function podLogs(
  lab: Lab,
  { namespace, pod }: { namespace: string; pod: string },
  container: string | undefined,
): string {
  const object = lab.store.get('Pod', namespace, pod);
  if (object !== undefined) return lab.kubelet.logs(object, container);
  throw new LabError('not-found', `pods "${pod}" not found in namespace ${namespace}`, {
    hint: 'See `svclab get pods -A`.',
  });
}

/** The events with the first one already there, so that a fault in the request is still an HTTP error. */
async function started<T>(events: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await events.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* events;
  })();
}

function lines(c: Parameters<typeof streamText>[0], events: AsyncIterable<unknown>): Response {
  return streamText(c, async (stream) => {
    try {
      for await (const event of events) await stream.write(`${JSON.stringify(event)}\n`);
    } catch (error) {
      await stream.write(`${JSON.stringify({ event: 'error', error: errorToJSON(toLabError(error)) })}\n`);
    }
  });
}
