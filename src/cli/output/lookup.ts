import type { Lookup, LookupStep } from '../../lookup/look-up.ts';

function stepLines({ name, predicted, observed, agrees }: LookupStep): string[] {
  const asPredicted =
    predicted.forwardedTo === undefined ? 'as predicted' : `what ${predicted.forwardedTo.join(' or ')} says`;
  const told = agrees ? asPredicted : `predicted: ${[predicted.rcode, ...predicted.answers].join('; ')}`;
  return [`${name}: ${observed.rcode}, ${told}`, ...observed.answers.map((line) => `  ${line}`)];
}

/** The look-up for people. */
export function formatLookup({ from, name, server, steps, outcome }: Lookup): readonly string[] {
  if (server === undefined) return [`${from} asks nobody: its /etc/resolv.conf names no server`, `${name}: nxdomain`];
  const ending = { found: [], nxdomain: [`${name}: nxdomain`], 'no answer': [`${name}: ${server} does not answer`] };
  return [`${from} asks ${server}`, ...steps.flatMap(stepLines), ...ending[outcome]];
}
