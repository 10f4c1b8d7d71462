import { LabError, toLabError } from '../errors.ts';
import { paintWith, wantsColour } from './output/colour.ts';
import { formatError } from './output/errors.ts';
import { runProgram } from './program.ts';

const argv = process.argv.slice(2);

/** The part of the command line that is svclab's own; what stands behind `--` is for the program that exec starts. */
const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** A reader that went away, such as `head`, ends the command without a word; a full disk is told. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  report(new LabError('environment', 'the output cannot be written', { cause: error, hint: error.message }));
  process.exit();
}

function report(thrown: unknown): void {
  const error = toLabError(thrown);
  const disabled = own.includes('--no-color');
  const paint = paintWith(wantsColour({ isTTY: process.stderr.isTTY, disabled, env: process.env }));
  const lines = formatError(error, { debug: own.includes('--debug'), paint });
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = error.exitStatus;
}

process.stdout.on('error', onOutputError);
process.stderr.on('error', () => process.exit(3));
try {
  await runProgram(argv);
} catch (thrown) {
  report(thrown);
}
// While Node ends by itself, signals have their default action again; so a lab that is up must not be left to that.
process.stdout.write('', (error) => error ?? process.exit());
