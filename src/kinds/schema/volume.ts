import { labelSelector, objectMeta } from './meta.ts';
import {
  type Fields,
  flag,
  int,
  later,
  list,
  quantity,
  quantityMap,
  type Schema,
  stringMap,
  struct,
  text,
  texts,
} from './struct.ts';

const localReference = struct({ name: text });
const keysToPaths = list(struct({ key: text, path: text, mode: int }));
const fieldRef = struct({ apiVersion: text, fieldPath: text });
const resourceFieldRef = struct({ containerName: text, resource: text, divisor: quantity });
const downwardItems = list(struct({ path: text, fieldRef, resourceFieldRef, mode: int }));
const onDisk: Fields = { fsType: text, readOnly: flag };

/** The claim of an ephemeral volume or of a StatefulSet's volumeClaimTemplates. */
export const claimSpec: Schema = later(() =>
  struct({
    accessModes: texts,
    selector: labelSelector,
    resources: struct({ limits: quantityMap, requests: quantityMap }),
    volumeName: text,
    storageClassName: text,
    volumeMode: text,
    volumeAttributesClassName: text,
    dataSource: struct({ apiGroup: text, kind: text, name: text }),
    dataSourceRef: struct({ apiGroup: text, kind: text, name: text, namespace: text }),
  }),
);

const projections = (): Fields => ({
  secret: struct({ name: text, items: keysToPaths, optional: flag }),
  configMap: struct({ name: text, items: keysToPaths, optional: flag }),
  downwardAPI: struct({ items: downwardItems }),
  serviceAccountToken: struct({ audience: text, expirationSeconds: int, path: text }),
  clusterTrustBundle: struct({ name: text, signerName: text, labelSelector, optional: flag, path: text }),
  podCertificate: struct({
    signerName: text,
    keyType: text,
    maxExpirationSeconds: int,
    credentialBundlePath: text,
    keyPath: text,
    certificateChainPath: text,
    userAnnotations: stringMap,
  }),
});

const common = (): Fields => ({
  emptyDir: struct({ medium: text, sizeLimit: quantity }),
  hostPath: struct({ path: text, type: text }),
  configMap: struct({ name: text, items: keysToPaths, defaultMode: int, optional: flag }),
  secret: struct({ secretName: text, items: keysToPaths, defaultMode: int, optional: flag }),
  downwardAPI: struct({ items: downwardItems, defaultMode: int }),
  projected: later(() => struct({ sources: list(struct(projections())), defaultMode: int })),
  persistentVolumeClaim: struct({ claimName: text, readOnly: flag }),
  ephemeral: later(() =>
    struct({ volumeClaimTemplate: struct({ metadata: objectMeta, spec: claimSpec }), readOnly: flag }),
  ),
  nfs: struct({ server: text, path: text, readOnly: flag }),
  image: struct({ reference: text, pullPolicy: text }),
  gitRepo: struct({ repository: text, revision: text, directory: text }),
  csi: struct({ driver: text, ...onDisk, volumeAttributes: stringMap, nodePublishSecretRef: localReference }),
});

const provider = (): Fields => ({
  awsElasticBlockStore: struct({ volumeID: text, partition: int, ...onDisk }),
  gcePersistentDisk: struct({ pdName: text, partition: int, ...onDisk }),
  azureDisk: struct({ diskName: text, diskURI: text, cachingMode: text, kind: text, ...onDisk }),
  azureFile: struct({ secretName: text, shareName: text, readOnly: flag }),
  cinder: struct({ volumeID: text, secretRef: localReference, ...onDisk }),
  vsphereVolume: struct({ volumePath: text, fsType: text, storagePolicyName: text, storagePolicyID: text }),
  photonPersistentDisk: struct({ pdID: text, fsType: text }),
  portworxVolume: struct({ volumeID: text, ...onDisk }),
});

const network = (): Fields => ({
  iscsi: struct({
    targetPortal: text,
    iqn: text,
    lun: int,
    iscsiInterface: text,
    portals: texts,
    chapAuthDiscovery: flag,
    chapAuthSession: flag,
    secretRef: localReference,
    initiatorName: text,
    ...onDisk,
  }),
  fc: struct({ targetWWNs: texts, lun: int, wwids: texts, ...onDisk }),
  cephfs: struct({
    monitors: texts,
    path: text,
    user: text,
    secretFile: text,
    secretRef: localReference,
    readOnly: flag,
  }),
  rbd: struct({
    monitors: texts,
    image: text,
    pool: text,
    user: text,
    keyring: text,
    secretRef: localReference,
    ...onDisk,
  }),
  glusterfs: struct({ endpoints: text, path: text, readOnly: flag }),
  quobyte: struct({ registry: text, volume: text, readOnly: flag, user: text, group: text, tenant: text }),
  flocker: struct({ datasetName: text, datasetUUID: text }),
  flexVolume: struct({ driver: text, secretRef: localReference, options: stringMap, ...onDisk }),
  scaleIO: struct({
    gateway: text,
    system: text,
    secretRef: localReference,
    sslEnabled: flag,
    protectionDomain: text,
    storagePool: text,
    storageMode: text,
    volumeName: text,
    ...onDisk,
  }),
  storageos: struct({ volumeName: text, volumeNamespace: text, secretRef: localReference, ...onDisk }),
});

/** A volume of a Pod, with every source that core/v1 has had. */
export const volume: Schema = later(() => struct({ name: text, ...common(), ...provider(), ...network() }));
