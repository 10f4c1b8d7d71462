import { at } from '../path.ts';
import type { Service, ServicePort, ServiceSpec } from '../types/service.ts';
import { checkCidr, checkIP, checkReachableIP } from './addresses.ts';
import { duplicate, forbidden, type Invalid, invalid, required } from './invalid.ts';
import { checkLabels, checkMeta } from './meta.ts';
import { checkName, dns1035Label, dns1123Label, dns1123Subdomain, qualifiedName } from './names.ts';
import { checkPort, checkTargetPort } from './ports.ts';
import { checkClusterIPs } from './serviceips.ts';

const kubeletPort = 10250;
const longestAffinity = 86_400;

/** Whether traffic from outside the cluster is meant to reach the Service. */
export function externallyAccessible({ type, externalIPs }: Pick<ServiceSpec, 'type' | 'externalIPs'>): boolean {
  return type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && (externalIPs ?? []).length > 0);
}

function* checkServicePort(field: string, port: ServicePort, spec: ServiceSpec): Generator<Invalid> {
  const several = (spec.ports ?? []).length > 1;
  if ((port.name ?? '') !== '') yield* checkName(`${field}.name`, port.name ?? '', dns1123Label);
  else if (several) yield required(`${field}.name`, 'Several ports need names.');
  if (port.port === 0) yield required(`${field}.port`, 'A port from 1 to 65535.');
  else yield* checkPort(`${field}.port`, port.port);
  if (port.targetPort !== port.port) yield* checkTargetPort(`${field}.targetPort`, port.targetPort);
  if ((port.appProtocol ?? '') !== '') yield* checkName(`${field}.appProtocol`, port.appProtocol ?? '', qualifiedName);
  if ((port.nodePort ?? 0) !== 0) {
    yield* checkPort(`${field}.nodePort`, port.nodePort ?? 0);
    if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') {
      const why = `may not be used when \`type\` is '${spec.type}'`;
      yield forbidden(`${field}.nodePort`, why, 'Say type: NodePort, or leave nodePort out.');
    }
  }
  if (spec.type === 'LoadBalancer' && port.port === kubeletPort) {
    const why = `may not expose port ${kubeletPort} externally since it is used by kubelet`;
    yield invalid(`${field}.port`, port.port, why);
  }
}

function* checkPorts(spec: ServiceSpec): Generator<Invalid> {
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === 'None';
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') {
    yield required('spec.ports', 'Only headless and ExternalName Services go without ports.');
  }
  const seen = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const here = at('spec.ports', index);
    yield* checkServicePort(here, port, spec);
    const keys = [
      [`${here}.name`, port.name === '' ? undefined : port.name, port.name],
      [here, `${port.protocol} ${port.port}`, { protocol: port.protocol, port: port.port }],
      [`${here}.nodePort`, port.nodePort ? `${port.protocol} node ${port.nodePort}` : undefined, port.nodePort],
    ] as const;
    for (const [field, key, value] of keys) {
      if (key === undefined) continue;
      const id = `${field.slice(here.length)}=${key}`;
      if (seen.has(id)) yield duplicate(field, value);
      seen.add(id);
    }
  }
}

function* checkExternalName(spec: ServiceSpec): Generator<Invalid> {
  if (spec.type !== 'ExternalName') return;
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) {
    const value = spec[field];
    if (value === undefined || value.length === 0) continue;
    yield forbidden(`spec.${field}`, "may not be set when `type` is 'ExternalName'");
  }
  const name = spec.externalName ?? '';
  if (name === '') yield required('spec.externalName', 'The DNS name that the Service stands for.');
  else yield* checkName('spec.externalName', name.replace(/\.$/, ''), dns1123Subdomain);
}

function* checkAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): Generator<Invalid> {
  if (sessionAffinity !== 'ClientIP') {
    if (sessionAffinityConfig === undefined) return;
    yield forbidden('spec.sessionAffinityConfig', "must not be set when `sessionAffinity` is 'None'");
    return;
  }
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds < 1 || seconds > longestAffinity) {
    const why = `must be greater than 0 and less than or equal to ${longestAffinity}`;
    yield invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, why);
  }
}

function* checkExternalTraffic(spec: ServiceSpec): Generator<Invalid> {
  const { type, externalTrafficPolicy: policy, healthCheckNodePort = 0 } = spec;
  if (policy !== undefined && !externallyAccessible(spec)) {
    const why = 'may only be set for externally-accessible services';
    const hint = 'Say type: NodePort or LoadBalancer, or leave it out.';
    yield invalid('spec.externalTrafficPolicy', policy, why, hint);
  }
  if (healthCheckNodePort === 0) return;
  yield* checkPort('spec.healthCheckNodePort', healthCheckNodePort);
  if (type === 'LoadBalancer' && policy === 'Local') return;
  const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  yield invalid('spec.healthCheckNodePort', healthCheckNodePort, why);
}

function* checkLoadBalancer(spec: ServiceSpec): Generator<Invalid> {
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    yield* checkCidr(at('spec.loadBalancerSourceRanges', index), range.trim());
  }
  if (spec.loadBalancerClass !== undefined) {
    yield* checkName('spec.loadBalancerClass', spec.loadBalancerClass, qualifiedName);
  }
  if (spec.type === 'LoadBalancer') return;
  for (const field of ['loadBalancerSourceRanges', 'loadBalancerClass', 'allocateLoadBalancerNodePorts'] as const) {
    const value = spec[field];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    yield forbidden(`spec.${field}`, "may only be used when `type` is 'LoadBalancer'");
  }
}

/** ValidateLoadBalancerStatus: addresses that are none, and a mode without an address. */
function* checkIngress({ status }: Service): Generator<Invalid> {
  for (const [index, { ip, ipMode }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const field = at('status.loadBalancer.ingress', index);
    if (ip !== undefined && ip !== '') yield* checkIP(`${field}.ip`, ip);
    else if (ipMode !== undefined) yield forbidden(`${field}.ipMode`, 'may not be specified when `ip` is not set');
  }
}

/** Everything that ValidateService of Kubernetes' pkg/apis/core/validation checks without other objects. */
export function* checkService(service: Service): Generator<Invalid> {
  const { spec } = service;
  yield* checkMeta(service, dns1035Label, true);
  yield* checkPorts(spec);
  yield* checkLabels('spec.selector', spec.selector);
  yield* checkExternalName(spec);
  yield* checkClusterIPs(spec);
  yield* checkAffinity(spec);
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    yield* checkReachableIP(at('spec.externalIPs', index), ip);
  }
  yield* checkExternalTraffic(spec);
  yield* checkLoadBalancer(spec);
  yield* checkIngress(service);
}
