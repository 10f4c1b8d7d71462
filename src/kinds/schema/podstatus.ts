import { resources } from './container.ts';
import { condition } from './meta.ts';
import { anything, either, flag, int, later, list, oneOf, quantityMap, type Schema, struct, text } from './struct.ts';

const containerState = later(() =>
  struct({
    running: struct({ startedAt: text }),
    waiting: struct({ reason: text, message: text }),
    terminated: struct({
      exitCode: int,
      signal: int,
      reason: text,
      message: text,
      startedAt: text,
      finishedAt: text,
      containerID: text,
    }),
  }),
);

const containerStatuses = later(() =>
  list(
    struct({
      name: text,
      ready: flag,
      restartCount: int,
      state: either(oneOf('running', 'waiting', 'terminated'), containerState),
      reason: text,
      lastState: containerState,
      image: text,
      imageID: text,
      containerID: text,
      started: flag,
      allocatedResources: quantityMap,
      allocatedResourcesStatus: anything,
      resources,
      stopSignal: text,
      user: anything,
      volumeMounts: list(
        struct({ name: text, mountPath: text, readOnly: flag, recursiveReadOnly: text, volumeStatus: anything }),
      ),
    }),
  ),
);

/** The status of a Pod, as dumps of real clusters hold it. */
export const podStatus: Schema = later(() =>
  struct({
    phase: oneOf('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
    podIP: text,
    podIPs: list(struct({ ip: text })),
    hostIP: text,
    hostIPs: list(struct({ ip: text })),
    conditions: list(condition),
    containerStatuses,
    initContainerStatuses: containerStatuses,
    ephemeralContainerStatuses: containerStatuses,
    startTime: text,
    reason: text,
    message: text,
    qosClass: text,
    nominatedNodeName: text,
    observedGeneration: int,
    resize: text,
    resources,
    allocatedResources: quantityMap,
    resourceClaimStatuses: anything,
    extendedResourceClaimStatus: anything,
    nodeAllocatableResourceClaimStatuses: anything,
  }),
);
