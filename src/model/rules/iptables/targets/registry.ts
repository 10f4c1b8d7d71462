import type { TargetModule } from '../types.ts';
import { connmark, mark, tproxy } from './marks.ts';
import { dnat, masquerade, netmap, redirect, snat } from './nat.ts';
import { ct, harmlessTargets, notrack, set } from './plain.ts';
import { accept, back, drop, reject } from './verdicts.ts';

const all = [
  accept,
  drop,
  back,
  reject,
  dnat,
  snat,
  masquerade,
  redirect,
  netmap,
  mark,
  connmark,
  tproxy,
  ct,
  notrack,
  set,
  ...harmlessTargets,
];

/** The targets whose meaning svclab knows, by name. */
export const targetModules: ReadonlyMap<string, TargetModule> = new Map(all.map((module) => [module.name, module]));
