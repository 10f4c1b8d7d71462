import type { Context } from 'hono';
import { errorToJSON, type LabErrorCode, toLabError } from '../../errors.ts';

/** HTTP status and the reason that Kubernetes has for it, by LabError code. */
const answers: Partial<Record<LabErrorCode, readonly [400 | 403 | 404 | 409 | 410 | 422 | 504, string]>> = {
  usage: [400, 'BadRequest'],
  'invalid-object': [422, 'Invalid'],
  'unknown-field': [400, 'BadRequest'],
  'unknown-kind': [404, 'NotFound'],
  forbidden: [403, 'Forbidden'],
  conflict: [409, 'Conflict'],
  'already-exists': [409, 'AlreadyExists'],
  'not-found': [404, 'NotFound'],
  expired: [410, 'Expired'],
  timeout: [504, 'Timeout'],
};

/** The answer for whatever was thrown: a Kubernetes Status with svclab's own error beside it. */
export function errorAnswer(context: Context, thrown: unknown): Response {
  const error = toLabError(thrown);
  if (error.code === 'internal') process.stderr.write(`${error.stack}\n${String(error.cause)}\n`);
  const [code, reason] = answers[error.code] ?? [500, 'InternalError'];
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: error.message, reason, code };
  return context.json({ ...body, error: errorToJSON(error) }, code);
}
