import { imageTag } from './name.ts';
import type { ImageDefinition } from './types.ts';

const plain = [['Content-Type', 'text/plain; charset=utf-8']] as const;

/** hello-app of Google's samples: 1.0 and 2.0 differ in one line. */
export const helloApp: ImageDefinition = {
  names: ['hello-app'],
  ports: () => [{ protocol: 'TCP', port: 8080, behaviour: 'hello-app' }],
  declared: 'hello-app',
  behaviours: {
    'hello-app': (identity) => ({
      http: () => {
        const version = imageTag(identity.image)?.startsWith('2') === true ? '2.0.0' : '1.0.0';
        return { headers: plain, body: `Hello, world!\nVersion: ${version}\nHostname: ${identity.hostname}\n` };
      },
    }),
  },
};

/** kubernetes-bootcamp of the Kubernetes tutorial. */
export const bootcamp: ImageDefinition = {
  names: ['kubernetes-bootcamp'],
  ports: () => [{ protocol: 'TCP', port: 8080, behaviour: 'bootcamp' }],
  declared: 'bootcamp',
  behaviours: {
    bootcamp: (identity) => ({
      http: () => {
        const version = imageTag(identity.image)?.replace(/^v/, '') ?? '1';
        const body = `Hello Kubernetes bootcamp! | Running on: ${identity.hostname} | v=${version}\n`;
        return { headers: [['Content-Type', 'text/plain']], body };
      },
    }),
  },
};
