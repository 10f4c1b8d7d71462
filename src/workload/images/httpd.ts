import { imageTag } from './name.ts';
import type { HttpRequest, HttpResponse, Identity, ImageDefinition } from './types.ts';

const page = '<html><body><h1>It works!</h1></body></html>\n';

function problem(title: string, text: string): string {
  return (
    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n' +
    `<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n<p>${text}</p>\n</body></html>\n`
  );
}

function server(identity: Identity): string {
  const version = /^\d+(\.\d+)+/.exec(imageTag(identity.image) ?? '')?.[0] ?? '2.4';
  return `Apache/${version.split('.').length === 3 ? version : '2.4.62'} (Unix)`;
}

function answer(request: HttpRequest, name: string): HttpResponse {
  const common = [
    ['Date', new Date().toUTCString()],
    ['Server', name],
  ] as const;
  const html = ['Content-Type', 'text/html; charset=iso-8859-1'] as const;
  if (!['GET', 'HEAD', 'POST'].includes(request.method)) {
    const text = `The requested method ${request.method.replace(/[^A-Z]/g, '')} is not allowed for this URL.`;
    return {
      status: 405,
      headers: [...common, ['Allow', 'GET,POST,OPTIONS,HEAD'], html],
      body: problem('405 Method Not Allowed', text),
    };
  }
  const path = request.target.split('?')[0];
  if (path !== '/' && path !== '/index.html') {
    const text = 'The requested URL was not found on this server.';
    return { status: 404, headers: [...common, html], body: problem('404 Not Found', text) };
  }
  return {
    headers: [
      ...common,
      ['Last-Modified', 'Mon, 11 Jun 2007 18:53:14 GMT'],
      ['ETag', '"2d-432a5e4a73a80"'],
      ['Accept-Ranges', 'bytes'],
      ['Content-Type', 'text/html'],
    ],
    body: page,
  };
}

/** Apache httpd with the page that the official image holds. */
export const httpd: ImageDefinition = {
  names: ['httpd', 'apache', 'apache2'],
  entrypoints: ['httpd', 'httpd-foreground', 'apache2-foreground'],
  ports: () => [{ protocol: 'TCP', port: 80, behaviour: 'httpd' }],
  declared: 'httpd',
  behaviours: {
    httpd: (identity) => {
      const name = server(identity);
      return { http: (request) => answer(request, name) };
    },
  },
};
