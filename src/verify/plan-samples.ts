import { falseAlarmRate } from './statistics.ts';

/*
 * Two looks. The first is just long enough to see every outcome with good chance; it cannot decide, it only says where
 * to look again. The second uses fresh connections only, so that the first look's selection cannot spoil its p-value,
 * and decides at the false-alarm rate of the whole run divided by the number of connections (Bonferroni).
 */

const missedAtMost = 1e-3;
const firstLookAtMost = 1_500;
const secondLookAtLeast = 200;
const secondLookAtMost = 10_000;
const firstLooksTogether = 20_000;

/** Trials after which an outcome of this probability is missed with at most this chance. */
export function trialsToSee(probability: number, missed: number): number {
  return probability >= 1 ? 1 : Math.ceil(Math.log(missed) / Math.log1p(-probability));
}

function rarest(probabilities: readonly number[]): number {
  return Math.min(1, ...probabilities.filter((probability) => probability > 0));
}

/**
 * Connections of the first look: one when the prediction is certain, otherwise as many as miss the rarest outcome with
 * a chance of 1 in 1,000; never more than 1,500.
 */
export function firstLook(probabilities: readonly number[]): number {
  return Math.min(firstLookAtMost, trialsToSee(rarest(probabilities), missedAtMost));
}

/** Caps the first looks of a run alike, so that together they come to at most 20,000 connections or one each. */
export function withinBudget(looks: readonly number[], budget = firstLooksTogether): readonly number[] {
  const sum = (cap: number) => looks.reduce((all, times) => all + Math.min(times, cap), 0);
  let cap = Math.max(1, ...looks);
  while (cap > 1 && sum(cap) > budget) cap = Math.floor(cap * 0.9);
  return looks.map((times) => Math.min(times, cap));
}

/** Whether it says something that an outcome of this probability did not show in this many trials. */
export function missedSuspiciously(probability: number, trials: number): boolean {
  return trials >= trialsToSee(probability, missedAtMost);
}

/** The p-value below which the second look of one of this many connections is an alarm. */
export function alarmBelow(connections: number): number {
  return falseAlarmRate / Math.max(1, connections);
}

/**
 * Connections of the second look: enough that the absence of the rarest outcome alone is an alarm. At least 200, at
 * most 10,000.
 */
export function secondLook(probabilities: readonly number[], connections: number): number {
  const outcomes = probabilities.filter((probability) => probability > 0).length;
  const needed = trialsToSee(rarest(probabilities), alarmBelow(connections) / (2 * outcomes)) + 1;
  return Math.min(secondLookAtMost, Math.max(secondLookAtLeast, needed));
}
