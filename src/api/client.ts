import { errorFromJSON, type LabErrorJSON } from '../errors.ts';
import type { TraceReport } from '../trace/types.ts';
import { labDied, requestJSON, requestLines, requestText } from './http.ts';
import type { LabLocation } from './locate.ts';
import type {
  ApplyRequest,
  ApplyResponse,
  ConnectEvent,
  ConnectRequest,
  DeleteRequest,
  ExecTarget,
  ExplainedConnection,
  LabStatus,
  SyncRequest,
  SyncResponse,
  VerifyEvent,
  VerifyRequest,
} from './types.ts';

/*
 * The lab's own part of the API, one function a request. Each throws `no-such-lab` when no such lab runs, `lab-died`
 * when it ends meanwhile, and whatever the lab answers with.
 */

/** `GET /lab/v1/status` */
export function getStatus(lab: LabLocation): Promise<LabStatus> {
  return requestJSON(lab, { path: '/lab/v1/status' });
}

/** `GET /lab/v1/ready`: the status once everything is ready. Throws `timeout` after that many milliseconds. */
export function waitReady(lab: LabLocation, milliseconds: number, signal?: AbortSignal): Promise<LabStatus> {
  const path = `/lab/v1/ready?timeout=${Math.round(milliseconds)}`;
  return requestJSON(lab, { path, ...(signal === undefined ? {} : { signal }) });
}

/** `GET /lab/v1/settled`: resolves once every change so far is in the kernel. Throws `timeout` after that many milliseconds. */
export async function waitSettled(lab: LabLocation, milliseconds: number): Promise<void> {
  await requestText(lab, { path: `/lab/v1/settled?timeout=${Math.round(milliseconds)}` });
}

/** `POST /lab/v1/apply`: all objects or none. */
export function applyObjects(lab: LabLocation, request: ApplyRequest, signal?: AbortSignal): Promise<ApplyResponse> {
  const path = '/lab/v1/apply';
  return requestJSON(lab, { method: 'POST', path, body: request, ...(signal === undefined ? {} : { signal }) });
}

/** `POST /lab/v1/delete` */
export function deleteObjects(lab: LabLocation, request: DeleteRequest): Promise<ApplyResponse> {
  return requestJSON(lab, { method: 'POST', path: '/lab/v1/delete', body: request });
}

/** `POST /lab/v1/explain` */
export function explainConnection(lab: LabLocation, request: ConnectRequest): Promise<ExplainedConnection> {
  return requestJSON(lab, { method: 'POST', path: '/lab/v1/explain', body: request });
}

/** `POST /lab/v1/trace` */
export function traceConnection(lab: LabLocation, request: ConnectRequest): Promise<TraceReport> {
  return requestJSON(lab, { method: 'POST', path: '/lab/v1/trace', body: request });
}

/** `POST /lab/v1/sync` */
export function syncNow(lab: LabLocation, request: SyncRequest): Promise<SyncResponse> {
  return requestJSON(lab, { method: 'POST', path: '/lab/v1/sync', body: request });
}

/** `GET /lab/v1/nodes/NAME/rules` */
export function getRules(lab: LabLocation, node: string, family: 'ipv4' | 'ipv6'): Promise<string> {
  return requestText(lab, { path: `/lab/v1/nodes/${encodeURIComponent(node)}/rules?family=${family}` });
}

/** `GET /lab/v1/logs/NAMESPACE/POD` */
export function getLogs(lab: LabLocation, namespace: string, pod: string, container?: string): Promise<string> {
  const query = container === undefined ? '' : `?container=${encodeURIComponent(container)}`;
  return requestText(lab, { path: `/lab/v1/logs/${encodeURIComponent(namespace)}/${encodeURIComponent(pod)}${query}` });
}

/** `GET /lab/v1/targets/TARGET` */
export function getTarget(lab: LabLocation, target: string): Promise<ExecTarget> {
  return requestJSON(lab, { path: `/lab/v1/targets/${encodeURIComponent(target)}` });
}

/** `DELETE /lab/v1`: the lab begins to end. */
export async function stopLab(lab: LabLocation): Promise<void> {
  await requestText(lab, { method: 'DELETE', path: '/lab/v1' });
}

interface StreamEvent {
  readonly event: string;
  readonly error?: LabErrorJSON;
}

/** The events of a stream until `done`. Throws the error that it carries, or `lab-died` when it just stops. */
async function* events<T extends StreamEvent>(
  lab: LabLocation,
  path: string,
  body: unknown,
): AsyncGenerator<T, void, undefined> {
  for await (const event of requestLines<T>(lab, { method: 'POST', path, body })) {
    if (event.error !== undefined) throw errorFromJSON(event.error);
    yield event;
    if (event.event === 'done') return;
  }
  throw labDied(lab.name);
}

/** `POST /lab/v1/curl`: every answer as it comes, then `done`. */
export function curlEvents(lab: LabLocation, request: ConnectRequest): AsyncGenerator<ConnectEvent, void, undefined> {
  return events(lab, '/lab/v1/curl', request);
}

/** `POST /lab/v1/verify`: the progress, then `done` with the report. */
export function verifyEvents(lab: LabLocation, request: VerifyRequest): AsyncGenerator<VerifyEvent, void, undefined> {
  return events(lab, '/lab/v1/verify', request);
}
