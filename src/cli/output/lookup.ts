import type { Lookup, LookupStep } from '../../lookup/look-up.ts';

/** The answer to one question; `first` is the server that every question goes to first. */
function stepLines({ name, server, predicted, observed, agrees }: LookupStep, first: string): string[] {
  const asPredicted =
    predicted.forwardedTo === undefined ? 'as predicted' : `what ${predicted.forwardedTo.join(' or ')} says`;
  const told = agrees ? asPredicted : `predicted: ${[predicted.rcode, ...predicted.answers].join('; ')}`;
  const next = server === first ? '' : `next server ${server}: `;
  return [`${name}: ${next}${observed.rcode}, ${told}`, ...observed.answers.map((line) => `  ${line}`)];
}

/** The look-up for people. */
export function formatLookup({ from, name, server, steps, outcome }: Lookup): readonly string[] {
  if (server === undefined) return [`${from} asks nobody: its /etc/resolv.conf names no server`, `${name}: nxdomain`];
  const last = steps.at(-1)?.server ?? server;
  const ending = { found: [], nxdomain: [`${name}: nxdomain`], 'no answer': [`${name}: ${last} does not answer`] };
  return [`${from} asks ${server}`, ...steps.flatMap((step) => stepLines(step, server)), ...ending[outcome]];
}
