import { waitReady } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import { endLab } from '../api/stop.ts';
import { startLab } from '../controller/launch.ts';
import { type LabError, toLabError } from '../errors.ts';
import { Mismatch } from './mismatch.ts';
import { patience } from './patience.ts';
import { applies } from './run-steps.ts';
import { Session } from './session.ts';
import type { PlannedStep, Scenario, Setting, StepContext } from './types.ts';
import { withSetting } from './with-setting.ts';

/** How one step ended. */
export interface StepResult {
  readonly kind: string;
  readonly text: string;
  readonly file: string;
  readonly line?: number;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed. */
  readonly message?: string;
  readonly details?: readonly string[];
}

/** How a scenario ended with one setting. */
export interface ScenarioResult extends Setting {
  readonly name: string;
  readonly about: string;
  readonly file: string;
  /** `error`: it could not be tried. */
  readonly result: 'passed' | 'failed' | 'skipped' | 'error';
  readonly steps: readonly StepResult[];
  readonly milliseconds: number;
  /** What kept it from being tried. */
  readonly error?: LabError;
}

/** What a run tells while it goes on. */
export interface RunOptions {
  readonly lab: LabLocation;
  readonly signal: AbortSignal;
  readonly onStep?: (step: PlannedStep) => void;
}

function describe({ kind, text, place }: PlannedStep): Omit<StepResult, 'result'> {
  return { kind, text, file: place.file, ...(place.line === undefined ? {} : { line: place.line }) };
}

/** A step that could not be tried. */
interface BrokenStep {
  readonly step: StepResult;
  readonly error: unknown;
}

async function runStep(step: PlannedStep, context: StepContext): Promise<StepResult | BrokenStep> {
  if (!applies(step.only, context.setting)) return { ...describe(step), result: 'skipped' };
  try {
    await step.run(context);
    return { ...describe(step), result: 'passed' };
  } catch (error) {
    if (!(error instanceof Mismatch)) {
      return { step: { ...describe(step), result: 'failed', message: 'this step could not be tried' }, error };
    }
    const { message, details } = error;
    return { ...describe(step), result: 'failed', message, ...(details.length === 0 ? {} : { details }) };
  }
}

async function prepare({ waitForPods }: Scenario, session: Session, objects: Scenario['manifests']): Promise<void> {
  await session.apply(objects);
  if (waitForPods) await waitReady(session.lab, patience);
  else await session.settle();
}

async function runIn(scenario: Scenario, setting: Setting, options: RunOptions, results: StepResult[]): Promise<void> {
  const session = new Session(options.lab);
  await prepare(scenario, session, withSetting(scenario.manifests, setting));
  const context = { session, setting, variables: new Map(), connections: new Map() };
  try {
    for (const step of scenario.steps) {
      options.signal.throwIfAborted();
      options.onStep?.(step);
      const result = await runStep(step, context);
      results.push('error' in result ? result.step : result);
      if ('error' in result) throw result.error;
      if (result.result === 'failed') break;
    }
  } finally {
    for (const connection of context.connections.values()) connection.close();
  }
}

/**
 * Runs a scenario in a fresh lab, which is taken down afterwards. The first step that fails is the last one. Throws
 * nothing but the signal's reason: what goes wrong is in the result.
 */
export async function runScenario(scenario: Scenario, setting: Setting, options: RunOptions): Promise<ScenarioResult> {
  const started = performance.now();
  const { name, about, file } = scenario;
  const finish = (result: ScenarioResult['result'], steps: readonly StepResult[], error?: LabError): ScenarioResult => {
    const milliseconds = Math.round(performance.now() - started);
    return { name, about, file, ...setting, result, steps, milliseconds, ...(error === undefined ? {} : { error }) };
  };
  if (!applies(scenario.only, setting)) return finish('skipped', []);
  const steps: StepResult[] = [];
  try {
    await startLab({ name: options.lab.name, directory: options.lab.directory });
    await runIn(scenario, setting, options, steps);
    return finish(steps.some(({ result }) => result === 'failed') ? 'failed' : 'passed', steps);
  } catch (error) {
    options.signal.throwIfAborted();
    return finish('error', steps, toLabError(error));
  } finally {
    await endLab(options.lab);
  }
}
