import { LabError } from '../../errors.ts';
import type { Service } from '../../kinds/types/service.ts';
import type { TestCluster } from './cluster.ts';

/** The Service of namespace default. Throws when there is none. */
export function svc(cluster: TestCluster, name: string): Service {
  const found = cluster.store.get('Service', 'default', name);
  if (found === undefined) throw new LabError('not-found', `no Service ${name}`);
  return found;
}

/** Every fault of a request that is refused; none when it is not. */
export function faultsOf(work: () => unknown): readonly LabError[] {
  try {
    work();
  } catch (error) {
    if (error instanceof LabError) return error.all;
    throw error;
  }
  return [];
}
