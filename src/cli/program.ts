import { type Argument, Command, type CommanderError, Help } from 'commander';
import { LabError } from '../errors.ts';
import { nearest } from '../kinds/nearest.ts';
import { splitCommandLine } from './arguments.ts';
import { type CommandEntry, commands, hiddenCommands } from './commands/registry.ts';
import { addGlobalOptions, examples } from './context.ts';
import { packageVersion } from './version.ts';

const helpWidth = 100;

function inCapitals(argument: Argument): string {
  return argument.name().toUpperCase();
}

/** The usage line, with what a user has to put in written as in the manuals: `svclab curl [options] FROM URL`. */
function commandUsage(command: Command): string {
  const usage = new Help().commandUsage(command);
  const required = usage.replace(/<([a-z]+)(\.{3})?>/g, (_, name: string, more = '') => name.toUpperCase() + more);
  return required.replace(/\[([a-z]+)(\.{3})?\]/g, (all, name: string, more = '') =>
    name === 'options' ? all : `[${name.toUpperCase()}${more}]`,
  );
}

function rootCommand(): Command {
  const program = new Command('svclab')
    .description('Builds a real Kubernetes Service network on this machine, predicts every connection, and proves it.')
    .usage('COMMAND [options]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; also: svclab help COMMAND')
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, helpWidth, argumentTerm: inCapitals, commandUsage })
    .configureOutput({ writeErr: () => {}, outputError: () => {} });
  addGlobalOptions(program);
  program.addHelpText(
    'after',
    examples([
      ['svclab up', 'three nodes with an overlay network, ready to use'],
      ['svclab up -f lab/quickstart', 'the same with what the manifests ask for'],
      ['svclab verify', 'try every way in, compare with the prediction'],
      ['svclab curl pod/web-0 svc/httpd:8080 -n 20', 'connect twenty times from a Pod'],
      ['svclab down', 'stop it; nothing is left'],
    ]),
  );
  program.action(() => program.outputHelp());
  return program;
}

function unknownCommand(name: string): LabError {
  const near = nearest(
    name,
    commands.map((entry) => entry.name),
  );
  return new LabError('usage', `unknown command "${name}"`, {
    hint: near === undefined ? 'See: svclab --help' : `Did you mean: svclab ${near}`,
  });
}

function find(name: string): CommandEntry {
  const entry = [...commands, ...hiddenCommands].find((command) => command.name === name);
  if (entry === undefined) throw unknownCommand(name);
  return entry;
}

/** The command line that prints the help of the command, or of the subcommand, that the words name. */
function helpOf(program: Command, [name = '', first]: readonly string[]): string {
  const command = program.commands.find((one) => one.name() === name);
  const words = [name, command?.commands.find((one) => one.name() === first)?.name() ?? ''];
  return ['svclab', ...words.filter((word) => word !== ''), '--help'].join(' ');
}

/** The fault that commander found in the arguments, as a LabError; `help` is the command line that explains them. */
function usageError(error: CommanderError, help: string): LabError {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n');
  const near = /^\(Did you mean (one of )?(.*)\?\)$/.exec(second ?? '')?.[2];
  return new LabError('usage', first, { hint: near === undefined ? `See: ${help}` : `Did you mean ${near}?` });
}

/** Commander's own errors carry a code that starts with `commander.`; help and version are not errors. */
function fromCommander(thrown: unknown): CommanderError | undefined {
  const code = thrown instanceof Error ? (thrown as { readonly code?: unknown }).code : undefined;
  return typeof code === 'string' && code.startsWith('commander.') ? (thrown as CommanderError) : undefined;
}

async function loaded(program: Command, entry: CommandEntry, argv: readonly string[]): Promise<void> {
  const command = program.command(entry.name).summary(entry.summary).allowExcessArguments(false);
  (await entry.load()).define(command, argv);
  addGlobalOptions(command, entry);
}

/**
 * Runs one command line. Only the command's own file is loaded. Throws LabErrors; faults of the command line itself
 * are `usage`.
 */
export async function runProgram(argv: readonly string[]): Promise<void> {
  let { command: name, rest } = splitCommandLine(argv);
  if (name === 'help') {
    name = rest.find((word) => !word.startsWith('-'));
    rest = ['--help'];
  }
  const program = rootCommand();
  if (name === undefined) {
    for (const entry of commands) program.command(entry.name).summary(entry.summary).helpGroup(entry.group);
  } else {
    await loaded(program, find(name), rest);
  }
  const words = name === undefined ? rest : [name, ...rest];
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    const fault = fromCommander(thrown);
    if (fault === undefined) throw thrown;
    if (fault.exitCode !== 0) throw usageError(fault, helpOf(program, name === undefined ? [] : words));
  }
}
