import { splitDump } from './dump.ts';
import { isSetCommand, parseSets, recogniseSets } from './ipset/parse.ts';
import { isIpvsCommand, parseVirtualServers, recogniseIpvs, type VirtualServers } from './ipvs/parse.ts';
import { ruleSetKinds } from './registry.ts';
import { type Interfaces, isAddressCommand, parseAddresses, recogniseAddresses } from './routing/addresses.ts';
import { isPolicyCommand, type PolicyRule, parsePolicy, recognisePolicy } from './routing/policy.ts';
import { isRouteCommand, parseRoutes, type Route, recogniseRoutes } from './routing/routes.ts';
import { ruleSetsOf } from './rule-sets.ts';
import { isSysctlCommand, parseSysctls, recogniseSysctls } from './sysctls.ts';
import type { AddressSet, RuleSet, Section } from './types.ts';

/** All that a dump tells of one node. */
export interface NodeDump {
  readonly file: string;
  readonly sections: readonly Section[];
  readonly ruleSets: readonly RuleSet[];
  /** Undefined when the dump has no such section. */
  readonly interfaces: Interfaces | undefined;
  readonly routes: readonly Route[] | undefined;
  readonly policy4: readonly PolicyRule[] | undefined;
  readonly policy6: readonly PolicyRule[] | undefined;
  readonly sets: ReadonlyMap<string, AddressSet> | undefined;
  /** Of IPVS; undefined when the dump has no such section. */
  readonly virtualServers: VirtualServers | undefined;
  readonly sysctls: ReadonlyMap<string, string>;
}

const recognisers = [
  ...ruleSetKinds.map(({ recognise }) => recognise),
  recogniseAddresses,
  recognisePolicy,
  recogniseRoutes,
  recogniseSets,
  recogniseIpvs,
  recogniseSysctls,
];

function isSix({ command }: Section): boolean {
  return /\s-6\b|inet6/.test(command);
}

function interfacesOf(sections: readonly Section[]): Interfaces | undefined {
  const found = sections.filter(({ command }) => isAddressCommand(command)).map(parseAddresses);
  if (found.length === 0) return undefined;
  const addresses = found.flatMap((one) => one.addresses);
  const seen = new Map(addresses.map((one) => [`${one.device} ${one.address}`, one]));
  return { addresses: [...seen.values()], devices: [...new Set(found.flatMap(({ devices }) => devices))] };
}

function routesOf(sections: readonly Section[]): Route[] | undefined {
  const found = sections.filter(({ command }) => isRouteCommand(command)).map(parseRoutes);
  if (found.length === 0) return undefined;
  const seen = new Map<string, Route>();
  for (const route of found.flat()) {
    const key = `${route.family} ${route.table} ${route.text.replace(/ table \S+/, '')}`;
    if (!seen.has(key)) seen.set(key, route);
  }
  return [...seen.values()];
}

function policyOf(sections: readonly Section[], six: boolean): PolicyRule[] | undefined {
  const found = sections.filter((section) => isPolicyCommand(section.command) && isSix(section) === six);
  return found.length === 0 ? undefined : found.flatMap(parsePolicy).sort((a, b) => a.priority - b.priority);
}

/**
 * Reads a dump: the output of one command, or of several after headings `### COMMAND`. Sections that nobody reads are
 * passed over. Throws `usage` with the line for a text that is damaged or unknown.
 */
export function parseNode(text: string, file: string): NodeDump {
  const sections = splitDump(text, file, recognisers);
  const sysctls = new Map<string, string>();
  for (const section of sections) if (isSysctlCommand(section.command)) parseSysctls(section, sysctls);
  const ipvsSections = sections.filter(({ command }) => isIpvsCommand(command));
  const setSections = sections.filter(({ command }) => isSetCommand(command));
  return {
    file,
    sections,
    ruleSets: ruleSetsOf(sections),
    interfaces: interfacesOf(sections),
    routes: routesOf(sections),
    policy4: policyOf(sections, false),
    policy6: policyOf(sections, true),
    sets: setSections.length === 0 ? undefined : new Map(setSections.flatMap((section) => [...parseSets(section)])),
    virtualServers:
      ipvsSections.length === 0
        ? undefined
        : new Map(ipvsSections.flatMap((section) => [...parseVirtualServers(section)])),
    sysctls,
  };
}
