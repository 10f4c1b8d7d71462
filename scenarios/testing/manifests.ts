/** A kube-proxy that repairs what has drifted as often as said, such as `1h`. */
export function proxyWithSyncPeriod(period: string): string {
  return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.244.0.0/16
iptables:
  syncPeriod: ${period}
  minSyncPeriod: 0s
`;
}

/** A Lab of one control-plane node and workers, which start up faster the fewer they are. */
export function labOf(...workers: readonly string[]): string {
  return `apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: test }
spec:
  nodes:
    - { name: master, role: control-plane }
${workers.map((name) => `    - { name: ${name} }\n`).join('')}  clients:
    - { name: laptop, ip: 203.0.113.10 }
`;
}

/** A Pod of busybox on a node. */
export function busyboxOn(node: string, name = 'busybox'): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: ${node}
  containers: [{ name: busybox, image: busybox }]
`;
}

/** A Deployment of web servers with a Service `web` on port 80; `spec` are further lines of the Service's spec. */
export function web(replicas: number, ...spec: readonly string[]): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
---
${webService(...spec)}`;
}

/** The Service `web` alone. */
export function webService(...spec: readonly string[]): string {
  const ports = spec.some((line) => line.startsWith('ports:')) ? [] : ['ports: [{ port: 80 }]'];
  return `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
${[...ports, ...spec].map((line) => `  ${line}\n`).join('')}`;
}

/** A Pod that serves on port 80, and a Service of the same name on port 80 that has it alone. */
export function serverOn(node: string, name: string, ...spec: readonly string[]): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { server: ${name} } }
spec:
  nodeName: ${node}
  containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { server: ${name} }
${[...(spec.some((line) => line.startsWith('ports:')) ? [] : ['ports: [{ port: 80 }]']), ...spec].map((line) => `  ${line}\n`).join('')}`;
}
