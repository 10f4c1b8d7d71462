import type { ClusterView } from '../../cluster/view.ts';
import { predict } from '../predict.ts';
import { parseFrom, parseTo } from '../target.ts';
import { makeView } from './lab.ts';

/** What is predicted, a text for each result: `outcome`, or `endpoint < source` with the probability in percent when it is not certain. */
export function foretell(view: ClusterView, fromText: string, toText: string): string[] {
  const from = parseFrom(fromText, view);
  return predict(view, from, parseTo(toText, view, from)).predicted.map(
    ({ outcome, endpoint, source, probability }) => {
      const result = outcome === 'delivered' ? `${endpoint} < ${source}` : outcome;
      return probability === 1 ? result : `${Math.round(100 * probability)}% ${result}`;
    },
  );
}

/** The lab of most tests. */
export const standard = makeView();
/** One half each to the two Pods of httpd, which see these source addresses. */
export const both = (one: string, two: string) => [`50% 10.244.1.2:80 < ${one}`, `50% 10.244.2.2:80 < ${two}`];
