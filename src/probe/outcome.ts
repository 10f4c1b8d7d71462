import type { Outcome } from '../model/types.ts';

const byErrno: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENONET: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'dropped',
  EINVAL: 'dropped',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'dropped',
};

/**
 * Outcome of a connection that failed with this errno before it was made. A prohibit route gives EACCES; a DROP rule on
 * the sender's own way out gives EPERM and a blackhole route EINVAL, where a sender farther away would see no answer. An
 * errno that says nothing about the network gives undefined.
 */
export function outcomeOfErrno(name: string): Outcome | undefined {
  return byErrno[name];
}

const byText: readonly (readonly [RegExp, Outcome])[] = [
  [/connection refused/i, 'refused'],
  [/no route to host|network is (unreachable|down)|host is (unreachable|down)/i, 'unreachable'],
  [/permission denied|cannot assign requested address|do you want to ping broadcast/i, 'unreachable'],
  [/operation not permitted|invalid argument|timed? ?out/i, 'dropped'],
];

/** What is said of a TCP connection that was made, and on which nothing came back in time. */
export const unanswered = 'connected, but no answer';

/** Outcome of a connection that failed for the reason that strerror(3) puts in these words. */
export function outcomeOfText(text: string): Outcome | undefined {
  return byText.find(([pattern]) => pattern.test(text))?.[1];
}
