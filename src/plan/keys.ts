import type { DesiredAddress, DesiredFdbEntry, DesiredNeighbour, DesiredRoute, DesiredRule } from './desired.ts';

/*
 * Of each kind of entry: which one it is (the key, by which the kernel finds it), and what it says (the value). Two
 * entries with one key and different values are a change.
 */

export const addressKey = (entry: DesiredAddress): string => `${entry.device} ${entry.address}/${entry.prefix}`;

export const routeKey = (route: DesiredRoute): string => `${route.table ?? 'main'} ${route.to} ${route.metric ?? 0}`;

export const routeValue = (route: DesiredRoute): string =>
  [
    route.kind ?? 'unicast',
    route.via ?? '',
    route.device ?? '',
    route.onlink === true,
    route.source ?? '',
    ...(route.nexthops ?? []).map(({ via, device }) => `${via}%${device}`).sort(),
  ].join(' ');

export const ruleKey = (rule: DesiredRule): string =>
  [
    rule.family,
    rule.priority,
    rule.from ?? '',
    rule.to ?? '',
    rule.inputDevice ?? '',
    typeof rule.action === 'object' ? rule.action.table : rule.action,
  ].join(' ');

export const neighbourKey = (entry: DesiredNeighbour): string => `${entry.device} ${entry.address}`;

export const fdbKey = (entry: DesiredFdbEntry): string => `${entry.device} ${entry.mac}`;
