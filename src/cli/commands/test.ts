import { type Command, InvalidArgumentError } from 'commander';
import { checkRunDirectory, labLocation, runDirectory } from '../../api/locate.ts';
import type { reports } from '../../scenario/reports/registry.ts';
import type { ScenarioResult } from '../../scenario/run.ts';
import { modes, releases, type Scenario, type Setting } from '../../scenario/types.ts';
import { colourOf, examples, type GlobalOptions, outputOption, print } from '../context.ts';
import { endOnSignals } from '../interrupt.ts';
import { startProgress } from '../output/progress.ts';

interface Options extends GlobalOptions {
  readonly output: keyof typeof reports;
  readonly mode?: readonly Setting['mode'][];
  readonly release?: readonly Setting['release'][];
}

/** Collects the values of an option that takes some words, several times. */
function oneOf<T extends string>(words: readonly T[]): (value: string, before?: readonly T[]) => readonly T[] {
  return (value, before = []) => {
    const word = words.find((one) => one === value);
    if (word === undefined) throw new InvalidArgumentError(`Allowed choices are ${words.join(', ')}.`);
    return [...before, word];
  };
}

/** Every combination that was asked for; what was not asked for is as the scenario has it. */
function settingsFor(own: Setting, options: Options): Setting[] {
  const { mode = [own.mode], release = [own.release] } = options;
  return mode.flatMap((one) => release.map((other) => ({ mode: one, release: other })));
}

async function runAll(
  scenarios: readonly Scenario[],
  options: Options,
  signal: AbortSignal,
): Promise<ScenarioResult[]> {
  const [{ runScenario }, { settingOf }, { scenarioLines }] = await Promise.all([
    import('../../scenario/run.ts'),
    import('../../scenario/with-setting.ts'),
    import('../../scenario/reports/text.ts'),
  ]);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    for (const setting of settingsFor(settingOf(scenario.manifests), options)) {
      const progress = startProgress(process.stderr);
      const onStep = ({ text }: { readonly text: string }) => progress.update(`${scenario.name}: ${text}`);
      const lab = labLocation(`test-${process.pid}-${results.length}`, runDirectory());
      const result = await runScenario(scenario, setting, { lab, signal, onStep }).finally(() => progress.stop());
      results.push(result);
      if (options.output === 'text') print(scenarioLines(result, { color: colourOf(options) }));
    }
  }
  return results;
}

/** 0 when all came out as they say, 1 when one did not, 2 and 3 when one could not be tried. */
function exitStatusOf(results: readonly ScenarioResult[]): number {
  const errors = results.flatMap(({ error }) => error?.exitStatus ?? []);
  if (errors.length > 0) return Math.max(...errors);
  return results.some(({ result }) => result === 'failed') ? 1 : 0;
}

/** `svclab test` */
export function define(command: Command): void {
  command
    .description(
      'Runs scenario files, each in a fresh lab: manifests, and what is to happen with them, step by step. Exit status ' +
        '0 when all comes out as the files say, 1 when something does not.',
    )
    .argument('<path...>', 'scenario files, and directories with some')
    .option('--mode <mode>', `the proxy's mode: ${modes.join(', ')}; may be repeated`, oneOf(modes))
    .option('--release <release>', `whose rules: ${releases.join(', ')}; may be repeated`, oneOf(releases))
    .addOption(outputOption('text', 'json', 'junit'))
    .addHelpText(
      'after',
      examples([
        ['svclab test scenarios/', 'every scenario of a directory'],
        ['svclab test web.yaml --mode iptables --mode nftables', 'one, with two proxies'],
        ['svclab test scenarios/ --release 1.20', 'with the rules of an older release'],
        ['svclab test scenarios/ -o junit > report.xml', 'for CI'],
      ]),
    )
    .action(async (paths: readonly string[], options: Options) => {
      checkRunDirectory(runDirectory());
      const { loadScenarios } = await import('../../scenario/load.ts');
      const scenarios = await loadScenarios(paths);
      const results = await endOnSignals((signal) => runAll(scenarios, options, signal));
      const color = colourOf(options);
      if (options.output === 'text') {
        const { summaryLine } = await import('../../scenario/reports/text.ts');
        print(['', summaryLine(results, { color })]);
      } else {
        const { reports } = await import('../../scenario/reports/registry.ts');
        process.stdout.write(reports[options.output](results, { color }));
      }
      process.exitCode = exitStatusOf(results);
    });
}
