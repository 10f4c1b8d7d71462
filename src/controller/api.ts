import { Hono } from 'hono';
import { errorAnswer } from './api/errors.ts';
import { labRoutes } from './api/lab-routes.ts';
import { restRoutes } from './api/rest-routes.ts';
import type { Lab } from './lab.ts';

/** The API of a lab; src/api/types.ts tells its routes. `end` ends the lab. */
export function createApi(lab: Lab, end: () => void): Hono {
  const api = new Hono();
  api.onError((error, context) => errorAnswer(context, error));
  api.route('/lab/v1', labRoutes(lab, end));
  api.route('/', restRoutes(lab));
  return api;
}
