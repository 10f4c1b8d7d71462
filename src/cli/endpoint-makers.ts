/** Kinds that a lab's controllers make EndpointSlices of: manifests with them, and without slices, are no dump. */
export const endpointMakers: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'DaemonSet',
  'StatefulSet',
  'Endpoints',
]);
