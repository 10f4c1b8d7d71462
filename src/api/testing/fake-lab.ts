import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabLocation, labLocation } from '../locate.ts';

/** A request that a fake lab got. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** Answers a request: a status with a JSON value or text, or writes the response itself. */
export type Answer = (
  request: Received,
  response: ServerResponse,
) => { readonly status?: number; readonly body: unknown } | undefined;

/** A server on a lab's socket, for tests of what talks to labs. */
export interface FakeLab {
  readonly lab: LabLocation;
  readonly runDir: string;
  readonly received: Received[];
  /** Ends it and removes its directory, as a lab does. */
  readonly end: () => Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}

/** A fresh directory for labs; removed by the returned function. */
export function makeRunDir(): { readonly runDir: string; readonly remove: () => void } {
  const runDir = mkdtempSync(join(tmpdir(), 'svclab-test-'));
  return { runDir, remove: () => rmSync(runDir, { recursive: true, force: true }) };
}

/** Starts a fake lab in a run directory. */
export async function startFakeLab(runDir: string, name: string, answer: Answer): Promise<FakeLab> {
  const lab = labLocation(name, runDir);
  mkdirSync(lab.directory, { mode: 0o700 });
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const contentType = request.headers['content-type'];
    const one = { method: request.method ?? '', path: request.url ?? '', contentType, body };
    received.push(one);
    const answered = answer(one, response);
    if (answered === undefined) return;
    response.statusCode = answered.status ?? 200;
    response.end(typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.body));
  });
  await new Promise<void>((resolve) => server.listen(lab.socket, resolve));
  const end = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(lab.directory, { recursive: true, force: true });
  };
  return { lab, runDir, received, end };
}
