import type { Container, Probe } from '../kinds/types/container.ts';
import type { ProbeKind } from './readiness.ts';
import { watchProbe } from './readiness-runner.ts';

export interface ContainerProbesOptions {
  readonly container: Container;
  /** Makes a probe once. */
  readonly check: (probe: Probe) => Promise<boolean>;
  /** The container's readiness may have changed. */
  readonly onChange: () => void;
  /** A startup or liveness probe has failed too often: the container is to be restarted. Probes are over by then. */
  readonly onFailure: (kind: ProbeKind) => void;
}

/**
 * The probes of one run of a container, from its start to its end. The startup probe comes first, until it passes once;
 * then readiness and liveness. A container that is started again has new ones, and so is not ready until they pass.
 * Source: kubelet's prober.
 */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions;
  readonly #startedAt = performance.now();
  readonly #watches = new Map<ProbeKind, () => void>();
  #started: boolean;
  #ready: boolean;

  /** Starts the probes. */
  constructor(options: ContainerProbesOptions) {
    const { startupProbe, readinessProbe } = options.container;
    this.#options = options;
    this.#started = startupProbe === undefined;
    this.#ready = readinessProbe === undefined;
    if (startupProbe === undefined) this.#watchStarted();
    else this.#watch('startup', startupProbe, () => this.#hasStarted());
  }

  /** Whether the startup probe has passed and the readiness probe passes; those that are not there do. */
  get passing(): boolean {
    return this.#started && this.#ready;
  }

  /** Ends the probes that can restart the container, as for a Pod that is being deleted. */
  stopRestarting(): void {
    this.#end('startup');
    this.#end('liveness');
  }

  /** Ends all probes. */
  stop(): void {
    for (const kind of this.#watches.keys()) this.#end(kind);
  }

  #end(kind: ProbeKind): void {
    this.#watches.get(kind)?.();
    this.#watches.delete(kind);
  }

  #hasStarted(): void {
    this.#started = true;
    this.#end('startup');
    this.#watchStarted();
    this.#options.onChange();
  }

  #watchStarted(): void {
    const { readinessProbe, livenessProbe } = this.#options.container;
    if (livenessProbe !== undefined) this.#watch('liveness', livenessProbe, () => undefined);
    if (readinessProbe === undefined) return;
    this.#watch('readiness', readinessProbe, (passing) => {
      this.#ready = passing;
      this.#options.onChange();
    });
  }

  #watch(kind: ProbeKind, probe: Probe, onVerdict: (passing: boolean) => void): void {
    const stop = watchProbe({
      kind,
      probe,
      ranMs: performance.now() - this.#startedAt,
      check: () => this.#options.check(probe),
      onVerdict,
      onFailure: () => {
        if (kind === 'readiness') return;
        this.stop();
        this.#options.onFailure(kind);
      },
    });
    this.#watches.set(kind, stop);
  }
}
