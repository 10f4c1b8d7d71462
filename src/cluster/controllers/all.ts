import type { Controller } from './controller.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring.ts';
import { garbageCollector, namespaceController, podGarbageCollector } from './garbage.ts';
import { loadBalancerController } from './loadbalancer.ts';
import { replicaSetController, replicationController } from './replicas.ts';
import { scheduler } from './scheduler.ts';
import { statefulSetController } from './statefulset.ts';

/** Every controller of a lab, in the order in which they work. */
export const controllers: readonly Controller[] = [
  namespaceController,
  garbageCollector,
  podGarbageCollector,
  deploymentController,
  replicaSetController,
  replicationController,
  daemonSetController,
  statefulSetController,
  scheduler,
  loadBalancerController,
  endpointSliceController,
  endpointSliceMirroringController,
  endpointsController,
];
