import { container, ephemeralContainer, resources, securityFields } from './container.ts';
import { labelSelector, objectMeta } from './meta.ts';
import {
  type Fields,
  flag,
  int,
  later,
  list,
  oneOf,
  quantityMap,
  type Schema,
  stringMap,
  struct,
  text,
  texts,
} from './struct.ts';
import { volume } from './volume.ts';

const affinity = later(() => {
  const requirements = list(
    struct({ key: text, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'), values: texts }),
  );
  const nodeTerm = struct({ matchExpressions: requirements, matchFields: requirements });
  const podTerm = struct({
    labelSelector,
    namespaces: texts,
    topologyKey: text,
    namespaceSelector: labelSelector,
    matchLabelKeys: texts,
    mismatchLabelKeys: texts,
  });
  const between = struct({
    requiredDuringSchedulingIgnoredDuringExecution: list(podTerm),
    preferredDuringSchedulingIgnoredDuringExecution: list(struct({ weight: int, podAffinityTerm: podTerm })),
  });
  return struct({
    nodeAffinity: struct({
      requiredDuringSchedulingIgnoredDuringExecution: struct({ nodeSelectorTerms: list(nodeTerm) }),
      preferredDuringSchedulingIgnoredDuringExecution: list(struct({ weight: int, preference: nodeTerm })),
    }),
    podAffinity: between,
    podAntiAffinity: between,
  });
});

const topologySpread = later(() =>
  list(
    struct({
      maxSkew: int,
      topologyKey: text,
      whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway'),
      labelSelector,
      minDomains: int,
      nodeAffinityPolicy: text,
      nodeTaintsPolicy: text,
      matchLabelKeys: texts,
    }),
  ),
);

const tolerations = later(() =>
  list(
    struct({
      key: text,
      operator: oneOf('Exists', 'Equal', 'Lt', 'Gt'),
      value: text,
      effect: oneOf('', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'),
      tolerationSeconds: int,
    }),
  ),
);

const podSecurity = later(() =>
  struct({
    ...securityFields(),
    fsGroup: int,
    fsGroupChangePolicy: text,
    supplementalGroups: list(int),
    supplementalGroupsPolicy: text,
    seLinuxChangePolicy: text,
    sysctls: list(struct({ name: text, value: text })),
  }),
);

const resourceClaims = later(() =>
  list(
    struct({
      name: text,
      resourceClaimName: text,
      resourceClaimTemplateName: text,
      source: struct({ resourceClaimName: text, resourceClaimTemplateName: text }),
    }),
  ),
);

const scheduling = (): Fields => ({
  nodeName: text,
  nodeSelector: stringMap,
  affinity,
  tolerations,
  topologySpreadConstraints: topologySpread,
  schedulerName: text,
  schedulingGates: later(() => list(struct({ name: text }))),
  priorityClassName: text,
  priority: int,
  preemptionPolicy: text,
  overhead: quantityMap,
  resourceClaims,
  resources,
  workloadRef: later(() => struct({ name: text, podGroup: text, podGroupReplicaKey: text })),
  schedulingGroup: later(() => struct({ podGroupName: text })),
});

const identity = (): Fields => ({
  hostname: text,
  hostnameOverride: text,
  subdomain: text,
  setHostnameAsFQDN: flag,
  hostAliases: later(() => list(struct({ ip: text, hostnames: texts }))),
  dnsPolicy: oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  dnsConfig: later(() =>
    struct({ nameservers: texts, searches: texts, options: list(struct({ name: text, value: text })) }),
  ),
  hostNetwork: flag,
  hostPID: flag,
  hostIPC: flag,
  hostUsers: flag,
  shareProcessNamespace: flag,
  serviceAccountName: text,
  serviceAccount: text,
  automountServiceAccountToken: flag,
});

/** The spec of a Pod, complete as of Kubernetes 1.36, with `serviceAccount` of older releases. */
export const podSpec: Schema = later(() =>
  struct({
    containers: list(container),
    initContainers: list(container),
    ephemeralContainers: list(ephemeralContainer),
    volumes: later(() => list(volume)),
    restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
    terminationGracePeriodSeconds: int,
    activeDeadlineSeconds: int,
    readinessGates: later(() => list(struct({ conditionType: text }))),
    imagePullSecrets: later(() => list(struct({ name: text }))),
    securityContext: podSecurity,
    runtimeClassName: text,
    enableServiceLinks: flag,
    os: later(() => struct({ name: text })),
    ...scheduling(),
    ...identity(),
  }),
);

/** The template of a workload's Pods. */
export const podTemplate: Schema = struct({ metadata: objectMeta, spec: podSpec });
