/** A step into an object: the key of a mapping or the index of a sequence. */
export type PathStep = string | number;

function plainKey(key: string): boolean {
  return /^[A-Za-z_$][\w$-]*$/.test(key);
}

/** The field path under `path`: `at('spec.ports', 0)` is `spec.ports[0]`, and `at('metadata.labels', 'a/b')` is `metadata.labels[a/b]`. */
export function at(path: string, ...steps: readonly PathStep[]): string {
  let out = path;
  for (const step of steps) {
    if (typeof step === 'number') out += `[${step}]`;
    else if (plainKey(step)) out += out === '' ? step : `.${step}`;
    else if (/[[\]"\n]/.test(step) || step === '') out += `[${JSON.stringify(step)}]`;
    else out += `[${step}]`;
  }
  return out;
}

/** The steps of a field path that `at` wrote. An index comes back as a number; a key of digits in brackets does, too. */
export function pathSteps(path: string): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (const match of path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|\[([^\]]*)\]|([^.[]+)/g)) {
    const [, quoted, bracketed, key] = match;
    if (quoted !== undefined) steps.push(unquote(quoted));
    else if (bracketed !== undefined) steps.push(/^\d+$/.test(bracketed) ? Number(bracketed) : bracketed);
    else if (key !== undefined) steps.push(key);
  }
  return steps;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
