import { agnhost, netexec } from './agnhost.ts';
import { coredns } from './coredns.ts';
import { echoserver } from './echoserver.ts';
import { generic } from './generic.ts';
import { httpEcho } from './http-echo.ts';
import { httpd } from './httpd.ts';
import { imageName } from './name.ts';
import { nginx } from './nginx.ts';
import { redis } from './redis.ts';
import { bootcamp, helloApp } from './samples.ts';
import { serveHostname } from './serve-hostname.ts';
import { pause, shells } from './sleepers.ts';
import type { Behaviour, ImageDefinition } from './types.ts';
import { whoami } from './whoami.ts';

const definitions: readonly ImageDefinition[] = [
  agnhost,
  bootcamp,
  coredns,
  echoserver,
  generic,
  helloApp,
  httpEcho,
  httpd,
  netexec,
  nginx,
  pause,
  redis,
  serveHostname,
  shells,
  whoami,
];

const byName = new Map(definitions.flatMap((definition) => definition.names.map((name) => [name, definition])));
const behaviours = new Map(definitions.flatMap(({ behaviours: own }) => Object.entries(own)));

/** The built-in image of that name, whatever registry and tag; the generic one for a name that svclab does not know. */
export function imageOf(image: string): ImageDefinition {
  return byName.get(imageName(image)) ?? generic;
}

/** A behaviour and its parameter from `name` or `name:parameter`, or undefined when there is none of that name. */
export function behaviourOf(text: string): { readonly behaviour: Behaviour; readonly parameter: string } | undefined {
  const colon = text.indexOf(':');
  const behaviour = behaviours.get(colon < 0 ? text : text.slice(0, colon));
  return behaviour && { behaviour, parameter: colon < 0 ? '' : text.slice(colon + 1) };
}
