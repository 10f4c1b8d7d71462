/** Value of a command line flag as Go programs read it: `-name=v`, `--name=v`, `--name v`. The last one counts. */
export function flagValue(args: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (const [at, arg] of args.entries()) {
    const match = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(arg);
    if (match?.[1] === name) value = match[2] ?? args[at + 1];
  }
  return value;
}

/** The flag's value as a port, or the default. Zero and negative numbers, which switch a server off, give undefined. */
export function portFlag(args: readonly string[], name: string, byDefault: number): number | undefined {
  const text = flagValue(args, name);
  const port = text === undefined ? byDefault : Number(text);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined;
}

/** A boolean flag: present or `=true` is true, `=false` is false. */
export function boolFlag(args: readonly string[], name: string, byDefault: boolean): boolean {
  let value = byDefault;
  for (const arg of args) {
    if (arg === `--${name}` || arg === `-${name}`) value = true;
    const match = /^--?([^=]+)=(.*)$/.exec(arg);
    if (match?.[1] === name) value = /^(1|t|true)$/i.test(match[2] ?? '');
  }
  return value;
}
