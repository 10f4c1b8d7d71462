import type { Container } from '../kinds/types/container.ts';
import type { Pod, PodSpec } from '../kinds/types/pod.ts';
import type { Ends, HttpRequest, Identity } from './images/types.ts';

/** A container for tests. */
export function testContainer(image: string, more: Partial<Container> = {}): Container {
  return { name: 'main', image, ...more };
}

/** A running Pod for tests: default/web-0 on node1 at 10.244.1.2. */
export function testPod(containers: readonly Container[], more: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'default' },
    spec: { containers, nodeName: 'node1', restartPolicy: 'Always', terminationGracePeriodSeconds: 30, ...more },
    status: { phase: 'Running', podIP: '10.244.1.2' },
  };
}

/** An identity for tests, of the Pod that testPod makes. */
export function testIdentity(image: string): Identity {
  return {
    namespace: 'default',
    pod: 'web-0',
    container: 'main',
    node: 'node1',
    image,
    ip: '10.244.1.2',
    hostname: 'web-0',
  };
}

/** A connection for tests: from 10.244.2.7 to port 8080 of the Pod that testPod makes. */
export const testEnds: Ends = {
  localAddress: '10.244.1.2',
  localPort: 8080,
  remoteAddress: '10.244.2.7',
  remotePort: 43210,
};

/** A GET request for tests. */
export function testRequest(target: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    target,
    version: '1.1',
    headers: [
      ['Host', '10.96.0.9:8080'],
      ['Accept', '*/*'],
    ],
    body: Buffer.alloc(0),
    ...more,
  };
}
