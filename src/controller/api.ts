import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { errorAnswer } from './api/errors.ts';
import { labRoutes } from './api/lab-routes.ts';
import { restRoutes } from './api/rest-routes.ts';
import type { Lab } from './lab.ts';

/** What answers the requests to a lab's API; src/api/types.ts tells its routes. `end` ends the lab. */
export function createApi(lab: Lab, end: () => void): RequestListener {
  const api = new Hono();
  api.onError((error, context) => errorAnswer(context, error));
  api.route('/lab/v1', labRoutes(lab, end));
  api.route('/', restRoutes(lab));
  return getRequestListener(api.fetch);
}
