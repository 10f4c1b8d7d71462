/** A command line, taken apart far enough to know which command to load. */
export interface CommandLine {
  /** The first word that is no option; absent for `svclab`, `svclab --help`. */
  readonly command?: string;
  /** What follows it; options given before the command stand here too. */
  readonly rest: readonly string[];
}

const withValue = new Set(['--lab', '-o', '--output']);
const withoutValue = /^(--lab=.*|-o.+|--output=.*|--debug|--no-color)$/;

/**
 * Finds the command in the arguments. `svclab --lab demo status` and `svclab status --lab demo` mean the same, so the
 * options before the command are moved behind it.
 */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  let at = 0;
  for (;;) {
    const word = argv[at];
    if (word === undefined) return { rest: argv };
    if (withValue.has(word)) at += 2;
    else if (withoutValue.test(word)) at += 1;
    else if (word.startsWith('-')) return { rest: argv };
    else return { command: word, rest: [...argv.slice(0, at), ...argv.slice(at + 1)] };
  }
}
