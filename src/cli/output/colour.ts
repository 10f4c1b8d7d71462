/** Paints text for a terminal; every function gives the text back unchanged when colour is off. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** What decides about colour besides `--no-color`. */
export interface ColourEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

/**
 * Whether to use colour on a stream: never with `--no-color` or NO_COLOR (no-color.org), always with FORCE_COLOR,
 * else on a terminal that is not `dumb`.
 */
export function wantsColour(options: {
  readonly isTTY: boolean;
  readonly disabled: boolean;
  readonly env: ColourEnvironment;
}): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = options.env;
  if (options.disabled || NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return options.isTTY && TERM !== 'dumb';
}

/** The colours of a terminal (ECMA-48 SGR), or none at all. */
export function paintWith(colour: boolean): Paint {
  const sgr = (on: number, off: number) => (text: string) =>
    colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39),
  };
}
