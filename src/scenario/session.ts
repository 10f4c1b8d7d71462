import { type ChildProcess, spawn } from 'node:child_process';
import {
  applyObjects,
  curlEvents,
  deleteObjects,
  explainConnection,
  getRules,
  getStatus,
  getTarget,
  verifyEvents,
  waitSettled,
} from '../api/client.ts';
import { requestJSON } from '../api/http.ts';
import type { LabLocation } from '../api/locate.ts';
import type {
  ConnectEvent,
  Connection,
  ExplainedConnection,
  LabStatus,
  ObjectKey,
  VerifyReport,
} from '../api/types.ts';
import { LabError } from '../errors.ts';
import { enterCommand } from '../kernel/enter.ts';
import type { KindName, ObjectOf } from '../kinds/types/object.ts';
import type { ManifestObject } from '../manifest/parse.ts';
import { placeErrors } from '../manifest/placeerrors.ts';
import { type ObjectName, objectName, restPath } from './object-name.ts';
import { patience } from './patience.ts';

/** One answer of a connection. */
export type Answer = Extract<ConnectEvent, { event: 'answer' }>;

/** How a program at a target ended, and what it printed. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running lab as the steps of a scenario use it, through the lab's API. */
export class Session {
  readonly lab: LabLocation;
  #status: Promise<LabStatus> | undefined;

  constructor(lab: LabLocation) {
    this.lab = lab;
  }

  /** What does not change while a lab runs: its process, nodes and clients. */
  constants(): Promise<LabStatus> {
    this.#status ??= getStatus(this.lab);
    return this.#status;
  }

  /** Creates or changes objects. Throws their faults, with their places. */
  async apply(manifests: readonly ManifestObject[]): Promise<void> {
    try {
      await applyObjects(this.lab, { objects: manifests.map(({ object }) => object) });
    } catch (error) {
      throw error instanceof LabError ? placeErrors(error, manifests) : error;
    }
  }

  /** Deletes objects. Throws `not-found`. */
  async remove(objects: readonly ObjectKey[], gracePeriodSeconds?: number): Promise<void> {
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await deleteObjects(this.lab, { objects, ...grace });
  }

  /** Changes an object by a JSON merge patch. Throws what an API server refuses. */
  async patch(name: ObjectName, change: unknown): Promise<void> {
    const contentType = 'application/merge-patch+json';
    await requestJSON(this.lab, { method: 'PATCH', path: restPath(name), body: change, contentType });
  }

  /** One object as it is now, by `NAME` or `NAMESPACE/NAME`. Throws `not-found`. */
  get<K extends KindName>(kind: K, name: string): Promise<ObjectOf<K>> {
    return requestJSON(this.lab, { path: restPath(objectName(`${kind}/${name}`)) });
  }

  /** Resolves when every change so far is in the kernel. Throws `timeout`. */
  settle(): Promise<void> {
    return waitSettled(this.lab, patience);
  }

  /** The predicted outcome of a connection. */
  explain(from: string, to: string): Promise<ExplainedConnection> {
    return explainConnection(this.lab, { from, to });
  }

  /** Connects for real, and compares with the prediction. */
  async connect(from: string, to: string, count: number): Promise<{ connection: Connection; answers: Answer[] }> {
    const answers: Answer[] = [];
    for await (const event of curlEvents(this.lab, { from, to, count })) {
      if (event.event === 'answer') answers.push(event);
      if (event.event === 'done') return { connection: event.connection, answers };
    }
    throw new LabError('lab-died', `the lab gave no result for ${from} to ${to}`);
  }

  /** Tries every kind of connection. */
  async verify(request: { readonly from?: string; readonly to?: string }): Promise<VerifyReport> {
    for await (const event of verifyEvents(this.lab, request)) if (event.event === 'done') return event.report;
    throw new LabError('lab-died', 'the lab gave no report');
  }

  /** The rules of a node as its kernel holds them. */
  rules(node: string): Promise<string> {
    return getRules(this.lab, node, 'ipv4');
  }

  /** Starts a program at a target, with pipes. */
  async spawn(target: string, argv: readonly string[]): Promise<ChildProcess> {
    const [status, place] = await Promise.all([this.constants(), getTarget(this.lab, target)]);
    const { file, args } = enterCommand(place, status.pid, status.rootless, argv);
    const { NODE_COMPILE_CACHE: _, ...env } = process.env;
    return spawn(file, args, { stdio: 'pipe', env: { ...env, ...place.env } });
  }

  /** Runs a program at a target to its end. */
  async exec(target: string, argv: readonly string[]): Promise<ExecResult> {
    const child = await this.spawn(target, argv);
    let [stdout, stderr] = ['', ''];
    child.stdin?.end();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 128));
    });
    return { exitCode, stdout, stderr };
  }
}
