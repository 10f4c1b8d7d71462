/** A rule that matches nothing which the other one matches, by what both ask for. */
function disjoint(a: string, b: string): boolean {
  const asked = (rule: string, option: RegExp) => option.exec(rule)?.[1];
  const differ = (option: RegExp): boolean => {
    const [one, other] = [asked(a, option), asked(b, option)];
    return one !== undefined && other !== undefined && one !== other;
  };
  const opposed = (option: string): boolean => {
    const says = (rule: string) => new RegExp(`(! )?${option} (\\S+)`).exec(rule);
    const [one, other] = [says(a), says(b)];
    return one !== null && other !== null && one[2] === other[2] && one[1] !== other[1];
  };
  const addresses = [/(?<!! )-s ([\d.]+\/32)/, /(?<!! )-d ([\d.]+\/32)/, /--dport (\d+)/, /-p (\w+)/];
  return addresses.some(differ) || ['-s', '-d', '--mark'].some(opposed);
}

const endOf = (rule: string): string | undefined => /-j .*$/.exec(rule)?.[0];

/** Why it makes no difference which of two iptables rules comes first, where their text tells. */
export function whyEitherOrder(a: string, b: string): string | undefined {
  if (endOf(a) === undefined || endOf(b) === undefined) return 'A rule without a target does nothing, wherever it is.';
  if (endOf(a) === endOf(b)) return 'Both rules do the same with a packet, so their order says nothing.';
  return disjoint(a, b) ? 'No packet matches both rules, so their order says nothing.' : undefined;
}
