import { getStatus, waitReady } from '../api/client.ts';
import { isRunning, type LabLocation } from '../api/locate.ts';
import { endLab } from '../api/stop.ts';
import type { LabStatus } from '../api/types.ts';
import { type StartingLab, spawnLab } from '../controller/launch.ts';
import { LabError } from '../errors.ts';
import { applyManifests, type Manifests } from './manifests.ts';
import type { Progress } from './output/progress.ts';

/** What to start. */
export interface BringUpOptions {
  readonly lab: LabLocation;
  /** Reads the manifests; no objects give the default lab. */
  readonly manifests: () => Promise<Manifests>;
  /** Whether to return only when everything is ready. */
  readonly wait: boolean;
  /** Milliseconds to wait for that. */
  readonly timeout: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at what a lab still waits for. */
const statusInterval = 500;

async function launch(lab: LabLocation): Promise<StartingLab> {
  if (await isRunning(lab)) {
    throw new LabError('lab-exists', `a lab named "${lab.name}" is already running`, {
      hint: `Change it with: svclab apply; stop it with: svclab down --lab ${lab.name}`,
    });
  }
  return spawnLab({ name: lab.name, directory: lab.directory });
}

async function waitForAll(options: BringUpOptions): Promise<LabStatus> {
  const { lab, timeout, progress, signal } = options;
  const timer = setInterval(async () => {
    const status = await getStatus(lab).catch(() => undefined);
    const { waitingFor = [] } = status ?? {};
    const more = waitingFor.length > 1 ? ` and ${waitingFor.length - 1} more` : '';
    if (waitingFor[0] !== undefined) progress.update(`waiting for ${waitingFor[0]}${more}`);
  }, statusInterval);
  try {
    return await waitReady(lab, timeout, signal);
  } finally {
    clearInterval(timer);
  }
}

/**
 * Starts a lab, gives it the objects and waits until it is ready; reading the manifests and starting the controller go
 * on at the same time. When anything fails, or the signal comes, the lab is stopped again and nothing is left. Throws
 * `lab-exists`, what is wrong with the manifests, `timeout`, and what keeps the machine from running a lab.
 */
export async function bringUp(options: BringUpOptions): Promise<LabStatus> {
  const { lab, wait, progress, signal } = options;
  const starting = launch(lab);
  await Promise.allSettled([starting]); // reading keeps this thread busy
  const ready = starting.then((one) => one.ready);
  const [manifests, launched] = await Promise.allSettled([options.manifests(), ready]);
  if (launched.status === 'rejected') throw manifests.status === 'rejected' ? manifests.reason : launched.reason;
  try {
    if (manifests.status === 'rejected') throw manifests.reason;
    signal.throwIfAborted();
    progress.update(`applying ${manifests.value.objects.length} objects`);
    await applyManifests(lab, manifests.value, { signal });
    return wait ? await waitForAll(options) : await getStatus(lab);
  } catch (error) {
    progress.stop();
    await endLab(lab);
    throw error;
  }
}
