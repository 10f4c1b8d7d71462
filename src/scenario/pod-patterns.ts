/** Whether a pattern such as `web-*` or `shop/web-0` names the Pod `NAMESPACE/NAME`; the namespace is `default` unless given. */
export function matchesPod(pattern: string, pod: string): boolean {
  const full = pattern.includes('/') ? pattern : `default/${pattern}`;
  const parts = full.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(pod);
}

/** What is wrong with the Pods that were found: one that no pattern names, or a pattern without a Pod. */
export function podComplaint(patterns: readonly string[], pods: readonly string[]): string | undefined {
  const stranger = pods.find((pod) => !patterns.some((pattern) => matchesPod(pattern, pod)));
  const missing = patterns.find((pattern) => !pods.some((pod) => matchesPod(pattern, pod)));
  if (stranger === undefined && missing === undefined) return undefined;
  const found = pods.length === 0 ? 'no Pod' : pods.join(', ');
  return `${found} instead of ${patterns.join(', ')}`;
}

/** What is wrong with the Pods that answered: `web-0` says who may have, `!web-0` who may not. */
export function answererComplaint(patterns: readonly string[], pods: readonly string[]): string | undefined {
  const forbidden = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const allowed = patterns.filter((pattern) => !pattern.startsWith('!'));
  const wrong = pods.find(
    (pod) =>
      forbidden.some((pattern) => matchesPod(pattern, pod)) ||
      (allowed.length > 0 && !allowed.some((pattern) => matchesPod(pattern, pod))),
  );
  if (wrong !== undefined) return `${wrong} answered, which is not ${patterns.join(', ')}`;
  return pods.length === 0 ? `nobody answered; expected was ${patterns.join(', ')}` : undefined;
}
