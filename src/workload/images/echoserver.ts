import { imageTag } from './name.ts';
import { headerValue, parseTarget } from './query.ts';
import type { Ends, HttpRequest, HttpResponse, Identity, ImageDefinition } from './types.ts';

function requestUri(request: HttpRequest, ends: Ends): string {
  const host = (headerValue(request.headers, 'host') ?? ends.localAddress).replace(/:\d+$/, '');
  return `http://${host}:${ends.localPort}${request.target}`;
}

function sortedHeaders(request: HttpRequest): string[] {
  return request.headers.map(([name, value]) => `${name.toLowerCase()}=${value}`).sort();
}

/** Text of echoserver 1.0 to 1.4, as tutorials on source addresses show it. */
function oldForm(request: HttpRequest, ends: Ends): string {
  const { path } = parseTarget(request.target);
  const query = request.target.slice(path.length + 1);
  return `${[
    'CLIENT VALUES:',
    `client_address=${ends.remoteAddress}`,
    `command=${request.method}`,
    `real path=${request.target}`,
    `query=${query === '' ? 'nil' : query}`,
    `request_version=${request.version}`,
    `request_uri=${requestUri(request, ends)}`,
    '',
    'SERVER VALUES:',
    'server_version=nginx: 1.10.0 - lua: 10001',
    '',
    'HEADERS RECEIVED:',
    ...sortedHeaders(request),
    'BODY:',
  ].join('\n')}\n${request.body.length === 0 ? '-no body in request-' : request.body.toString()}`;
}

/** Text of echoserver 1.5 and later. */
function newForm(request: HttpRequest, ends: Ends, identity: Identity): string {
  const { path } = parseTarget(request.target);
  const lines = (values: readonly string[]): string[] => values.map((value) => `\t${value}`);
  return [
    '',
    '',
    `Hostname: ${identity.hostname}`,
    '',
    'Pod Information:',
    ...lines([
      `node name:\t${identity.node}`,
      `pod name:\t${identity.pod}`,
      `pod namespace:\t${identity.namespace}`,
      `pod IP:\t${identity.ip}`,
    ]),
    '',
    'Server values:',
    ...lines(['server_version=nginx: 1.13.3 - lua: 10008']),
    '',
    'Request Information:',
    ...lines([
      `client_address=${ends.remoteAddress}`,
      `method=${request.method}`,
      `real path=${request.target}`,
      `query=${request.target.slice(path.length + 1)}`,
      `request_version=${request.version}`,
      'request_scheme=http',
      `request_uri=${requestUri(request, ends)}`,
    ]),
    '',
    'Request Headers:',
    ...lines(sortedHeaders(request)),
    '',
    'Request Body:',
    ...lines([request.body.length === 0 ? '-no body in request-' : request.body.toString()]),
    '',
    '',
  ].join('\n');
}

function answer(request: HttpRequest, ends: Ends, identity: Identity): HttpResponse {
  const tag = /^1\.(\d+)/.exec(imageTag(identity.image) ?? '');
  const old = tag?.[1] !== undefined && Number(tag[1]) <= 4;
  return {
    headers: [
      ['Date', new Date().toUTCString()],
      ['Content-Type', 'text/plain'],
      ['Server', 'echoserver'],
    ],
    body: old ? oldForm(request, ends) : newForm(request, ends, identity),
  };
}

/** echoserver: repeats the request, with the client's address as the server sees it. */
export const echoserver: ImageDefinition = {
  names: ['echoserver', 'echoserver-amd64'],
  ports: () => [{ protocol: 'TCP', port: 8080, behaviour: 'echoserver' }],
  declared: 'echoserver',
  behaviours: { echoserver: (identity) => ({ http: (request, ends) => answer(request, ends, identity) }) },
};
