import type { Chain, Rule, Table } from '../iptables/types.ts';
import type { Expression, NftTable, SetReference, Statement } from '../nft/ast.ts';
import type { Check, Finding } from './types.ts';
import { iptablesSets, nftablesSets } from './view.ts';

/** Older releases round to five digits. */
const tolerance = 0.0001;
const cure = 'Restart kube-proxy, which writes its rules anew; if that does not last, another program edits them.';

function option(rule: Rule, module: string, name: string): string | undefined {
  const match = rule.matches.find((one) => one.module === module);
  return match?.options.find((one) => one.name === name)?.values[0];
}

function probabilityOf(rule: Rule): number {
  const text = option(rule, 'statistic', '--probability');
  return text === undefined ? 1 : Number(text);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The rules that choose among endpoints; those of session affinity are asked before. */
function choices({ rules }: Chain): Rule[] {
  return rules.filter(
    ({ target, matches }) =>
      target?.name.startsWith('KUBE-SEP-') === true && !matches.some(({ module }) => module === 'recent'),
  );
}

function inChain(table: Table, chain: Chain): Finding[] {
  const rules = choices(chain);
  return rules.flatMap((rule, at): Finding[] => {
    const is = probabilityOf(rule);
    const left = rules.length - at;
    if (Math.abs(is - 1 / left) <= tolerance) return [];
    const should = left === 1 ? 'every packet that is left' : `1/${left} of the packets that are left`;
    return [
      {
        rule: 'wrong-probability',
        line: rule.line,
        table: table.name,
        chain: chain.name,
        what: `Rule ${at + 1} of ${rules.length} in ${chain.name} takes ${percent(is)} of what is left; it should take ${should}.`,
        effect:
          left === 1
            ? 'Some connections are given to no endpoint and fail.'
            : 'Endpoints do not get equal shares of the connections; some may get none.',
        cure,
      },
    ];
  });
}

/** What a statement looks up by a random number. */
function lookUp(statement: Statement): { key: Expression; map: SetReference } | undefined {
  if (statement.kind === 'vmap') return { key: statement.key, map: statement.map };
  if (statement.kind === 'nat' && statement.address?.kind === 'map') return statement.address;
  return undefined;
}

function holes(statement: Statement): { modulus: number; without: number } | undefined {
  const { key, map } = lookUp(statement) ?? {};
  if (key?.kind !== 'number' || map?.kind !== 'anonymous') return undefined;
  const numbers = Array.from({ length: key.modulus }, (_, at) => at + key.offset);
  const without = numbers.filter((number) => map.elements.find([number]) === undefined).length;
  const unused = map.elements.size - (key.modulus - without);
  return without === 0 && unused <= 0 ? undefined : { modulus: key.modulus, without };
}

function inTable(table: NftTable): Finding[] {
  return [...table.chains.values()].flatMap(({ name, rules }) =>
    rules.flatMap(({ line, statements }) =>
      statements.flatMap((statement): Finding[] => {
        const found = holes(statement);
        if (found === undefined) return [];
        const { modulus, without } = found;
        return [
          {
            rule: 'wrong-probability',
            line,
            table: `${table.family} ${table.name}`,
            chain: name,
            what:
              without > 0
                ? `The rule draws one of ${modulus} numbers, and ${without} of them lead nowhere.`
                : `The rule draws one of ${modulus} numbers, and its map has more entries than that.`,
            effect:
              without > 0
                ? `${percent(without / modulus)} of the connections are given to no endpoint and fail.`
                : 'Some endpoints get no connections.',
            cure,
          },
        ];
      }),
    ),
  );
}

/** Rules that do not share connections equally among endpoints. */
export const wrongProbabilities: Check = ({ ruleSets }) => [
  ...iptablesSets(ruleSets).flatMap(({ tables }) =>
    tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => inChain(table, chain))),
  ),
  ...nftablesSets(ruleSets).flatMap(({ tables }) =>
    tables.filter(({ name }) => name === 'kube-proxy').flatMap(inTable),
  ),
];
