import type { ClusterView } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import { formatFrom, parseFrom } from '../model/target.ts';
import type { Destination } from './destination.ts';
import type { Sender } from './senders.ts';

function senderTexts({ from }: Sender): readonly string[] {
  const text = formatFrom(from);
  if (from.kind === 'pod') return from.namespace === 'default' ? [text, `pod/${from.name}`] : [text];
  return from.kind === 'node' ? [text, from.name] : [text];
}

/**
 * The senders that the text names, or whose names begin with it: `pod`, `pod/web-`, `node1`, `client/laptop`. Throws
 * `not-found` with near names when there is none.
 */
export function matchingSenders(view: ClusterView, senders: readonly Sender[], text: string): readonly Sender[] {
  const exact = senders.filter((sender) => senderTexts(sender).includes(text));
  if (exact.length > 0) return exact;
  const begun = senders.filter((sender) => senderTexts(sender).some((one) => one.startsWith(text)));
  if (begun.length > 0) return begun;
  const from = parseFrom(text, view);
  throw new LabError('not-found', `${formatFrom(from)} does not run yet, so it cannot connect`, {
    hint: 'See its state with: svclab get pods',
  });
}

/** The destinations that the text names, or whose names begin with it: `svc/httpd`, `10.96.`, `node1:30080`. */
export function matchingDestinations(destinations: readonly Destination[], text: string): readonly Destination[] {
  const plain = text.replace(/^service\//, 'svc/').replace(/^node\//, '');
  const exact = destinations.filter(({ labels }) => labels.includes(plain));
  if (exact.length > 0) return exact;
  return destinations.filter(({ labels }) => labels.some((label) => label.startsWith(plain)));
}
