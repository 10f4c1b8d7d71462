import { imageTag } from './name.ts';
import type { HttpRequest, HttpResponse, Identity, ImageDefinition } from './types.ts';

const page = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

function problem(title: string, name: string): string {
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    `<hr><center>${name}</center>\r\n</body>\r\n</html>\r\n`
  );
}

function answer(request: HttpRequest, name: string): HttpResponse {
  const headers = [
    ['Server', name],
    ['Date', new Date().toUTCString()],
    ['Content-Type', 'text/html'],
  ] as const;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, headers, body: problem('405 Not Allowed', name) };
  }
  const path = request.target.split('?')[0];
  if (path !== '/' && path !== '/index.html') return { status: 404, headers, body: problem('404 Not Found', name) };
  return { headers: [...headers, ['Accept-Ranges', 'bytes']], body: page };
}

function server(identity: Identity): string {
  const version = /^\d+\.\d+\.\d+/.exec(imageTag(identity.image) ?? '')?.[0];
  return `nginx/${version ?? '1.29.3'}`;
}

/** nginx with its welcome page. */
export const nginx: ImageDefinition = {
  names: ['nginx', 'nginx-unprivileged', 'nginx-slim'],
  entrypoints: ['nginx', 'nginx-debug'],
  ports: (_args, container) => [
    { protocol: 'TCP', port: container.image.includes('nginx-unprivileged') ? 8080 : 80, behaviour: 'nginx' },
  ],
  declared: 'nginx',
  behaviours: {
    nginx: (identity) => {
      const name = server(identity);
      return { http: (request) => answer(request, name) };
    },
  },
};
