import { type Invalid, invalid } from './invalid.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${label}(\\.${label})*$`);
const dns1035Pattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPattern = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Says what is wrong with a name, or undefined when nothing is. */
export type NameRule = (name: string) => string | undefined;

function rule(pattern: RegExp, limit: number, why: string): NameRule {
  return (name) => {
    if (name.length > limit) return `must be no more than ${limit} characters`;
    return pattern.test(name) ? undefined : why;
  };
}

/** A DNS label of RFC 1123: at most 63 letters, digits and dashes. */
export const dns1123Label = rule(
  labelPattern,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
);

/** A DNS name of RFC 1123: labels joined by dots, at most 253 characters. */
export const dns1123Subdomain = rule(
  subdomainPattern,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
);

/** A DNS label of RFC 1035: as RFC 1123, but it starts with a letter. */
export const dns1035Label = rule(
  dns1035Pattern,
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
);

/** The value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`. */
export const labelValue: NameRule = (value) => (value === '' ? undefined : labelText(value));

const labelText = rule(
  qualifiedPattern,
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
);

/** A key of a label or annotation: a name with an optional DNS prefix and `/`. */
export const qualifiedName: NameRule = (key) => {
  const parts = key.split('/');
  if (parts.length > 2) return "a qualified name must have at most one '/'";
  const [first = '', second] = parts;
  const name = second ?? first;
  if (second !== undefined) {
    if (first === '') return 'prefix part must be non-empty';
    const wrong = dns1123Subdomain(first);
    if (wrong !== undefined) return `prefix part ${wrong}`;
  }
  if (name === '') return 'name part must be non-empty';
  if (name.length > 63) return 'name part must be no more than 63 characters';
  if (qualifiedPattern.test(name)) return undefined;
  return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
};

/** The name of a port, IANA_SVC_NAME of RFC 6335. */
export const portName: NameRule = (name) => {
  if (name.length > 15) return 'must be no more than 15 characters';
  if (!/^[-a-z0-9]+$/.test(name)) return 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)';
  if (!/[a-z]/.test(name)) return 'must contain at least one letter (a-z)';
  if (name.includes('--')) return 'must not contain consecutive hyphens';
  return /^-|-$/.test(name) ? 'must not begin or end with a hyphen' : undefined;
};

/** The name of an environment variable: printable ASCII without `=`. */
export const envName: NameRule = (name) =>
  /^[ -<>-~]+$/.test(name)
    ? undefined
    : "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** Checks one name by a rule. */
export function* checkName(field: string, name: string, nameRule: NameRule, hint?: string): Generator<Invalid> {
  const why = nameRule(name);
  if (why !== undefined) yield invalid(field, name, why, hint);
}
