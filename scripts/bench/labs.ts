import { join } from 'node:path';
import { root, type Scratch } from '../../scenarios/testing/scratch.ts';

/** Path of the lab of 3 nodes, 6 Pods and 3 Services that a newcomer sees first. */
export const quickstart = join(root, 'lab/quickstart');

function workload(index: number, replicas: number): string {
  const name = `app-${String(index).padStart(4, '0')}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: httpd
          image: httpd:2.4
          ports: [{ containerPort: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app: ${name} }
  ports: [{ port: 80 }]
`;
}

/** The size of a lab. */
export interface LabSize {
  readonly nodes: number;
  readonly services: number;
  readonly pods: number;
}

/** What the issues ask for, or a tenth of it. */
export function manyPods(quick: boolean): LabSize {
  return quick ? { nodes: 4, services: 5, pods: 10 } : { nodes: 4, services: 50, pods: 100 };
}

/** Writes the manifests of a lab whose Services have equally many Pods each; gives the path. */
export function writeManifests(scratch: Scratch, { nodes, services, pods }: LabSize): string {
  const names = Array.from({ length: nodes }, (_, at) => `{ name: node${at + 1} }`);
  const lab = `apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: bench }
spec:
  nodes: [${names.join(', ')}]
  dns: false
`;
  const workloads = Array.from({ length: services }, (_, at) => workload(at + 1, pods / services));
  return scratch.file([lab, ...workloads].join('---\n'), `pods-${pods}.yaml`);
}
