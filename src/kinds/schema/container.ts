import {
  type Fields,
  flag,
  int,
  intOrString,
  later,
  list,
  oneOf,
  quantity,
  quantityMap,
  type Schema,
  struct,
  text,
  texts,
} from './struct.ts';

/** `TCP`, `UDP` or `SCTP`. */
export const protocol: Schema = oneOf('TCP', 'UDP', 'SCTP');

const execAction = struct({ command: texts });
const tcpSocket = struct({ port: intOrString, host: text });
const httpGet = struct({
  path: text,
  port: intOrString,
  host: text,
  scheme: oneOf('HTTP', 'HTTPS'),
  httpHeaders: list(struct({ name: text, value: text })),
});

const probe = later(() =>
  struct({
    exec: execAction,
    httpGet,
    tcpSocket,
    grpc: struct({ port: int, service: text }),
    initialDelaySeconds: int,
    timeoutSeconds: int,
    periodSeconds: int,
    successThreshold: int,
    failureThreshold: int,
    terminationGracePeriodSeconds: int,
  }),
);

const lifecycle = later(() => {
  const handler = struct({ exec: execAction, httpGet, tcpSocket, sleep: struct({ seconds: int }) });
  return struct({ postStart: handler, preStop: handler, stopSignal: text });
});

const keyRef = later(() => struct({ name: text, key: text, optional: flag }));

const valueFrom = later(() =>
  struct({
    fieldRef: struct({ apiVersion: text, fieldPath: text }),
    resourceFieldRef: struct({ containerName: text, resource: text, divisor: quantity }),
    configMapKeyRef: keyRef,
    secretKeyRef: keyRef,
    fileKeyRef: struct({ volumeName: text, path: text, key: text, optional: flag }),
  }),
);

const envFrom = later(() => {
  const source = struct({ name: text, optional: flag });
  return list(struct({ prefix: text, configMapRef: source, secretRef: source }));
});

/** Amounts of resources asked for and allowed. */
export const resources: Schema = later(() =>
  struct({
    limits: quantityMap,
    requests: quantityMap,
    claims: list(struct({ name: text, request: text })),
  }),
);

/** Fields that the security contexts of Pods and containers share. */
export const securityFields = (): Fields => ({
  runAsUser: int,
  runAsGroup: int,
  runAsNonRoot: flag,
  seLinuxOptions: struct({ user: text, role: text, type: text, level: text }),
  seccompProfile: struct({ type: text, localhostProfile: text }),
  appArmorProfile: struct({ type: text, localhostProfile: text }),
  windowsOptions: struct({
    gmsaCredentialSpecName: text,
    gmsaCredentialSpec: text,
    runAsUserName: text,
    hostProcess: flag,
  }),
});

const securityContext = later(() =>
  struct({
    ...securityFields(),
    capabilities: struct({ add: texts, drop: texts }),
    privileged: flag,
    readOnlyRootFilesystem: flag,
    allowPrivilegeEscalation: flag,
    procMount: text,
  }),
);

const volumeMounts = later(() =>
  list(
    struct({
      name: text,
      readOnly: flag,
      recursiveReadOnly: text,
      mountPath: text,
      subPath: text,
      subPathExpr: text,
      mountPropagation: text,
    }),
  ),
);

const restartRules = later(() =>
  list(struct({ action: text, exitCodes: struct({ operator: text, values: list(int) }) })),
);

const containerFields = (): Fields => ({
  name: text,
  image: text,
  command: texts,
  args: texts,
  workingDir: text,
  ports: list(struct({ name: text, hostPort: int, containerPort: int, protocol, hostIP: text })),
  env: list(struct({ name: text, value: text, valueFrom })),
  envFrom,
  resources,
  resizePolicy: later(() => list(struct({ resourceName: text, restartPolicy: text }))),
  restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
  restartPolicyRules: restartRules,
  volumeMounts,
  volumeDevices: later(() => list(struct({ name: text, devicePath: text }))),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle,
  terminationMessagePath: text,
  terminationMessagePolicy: oneOf('File', 'FallbackToLogsOnError'),
  imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  securityContext,
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
});

/** A container of a Pod. */
export const container: Schema = later(() => struct(containerFields()));
/** An ephemeral (debugging) container of a Pod. */
export const ephemeralContainer: Schema = later(() => struct({ ...containerFields(), targetContainerName: text }));
