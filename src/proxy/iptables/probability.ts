const cache = new Map<string, string>();

function printed(choices: number, digits: number): string {
  const given = Number((1 / choices).toFixed(digits));
  return (Math.round(given * 2 ** 31) / 2 ** 31).toFixed(11);
}

/**
 * The probability of one of N choices as iptables-save prints it: kube-proxy writes 1/N with 5 digits (up to 1.16) or
 * 10, the kernel keeps it in units of 2⁻³¹, and iptables-save prints 11 digits. Loaded again it gives the same number.
 */
export function probability(choices: number, digits: 5 | 10): string {
  const key = `${choices} ${digits}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const text = printed(choices, digits);
  if (cache.size < 10_000) cache.set(key, text);
  return text;
}
