import type { LabError } from '../../../errors.ts';
import type { Expression, NftSet, NftTable, SetReference, Statement } from './ast.ts';
import type { Verdict } from './values.ts';

/** Makes the error for a line of the dump. */
export type Fault = (message: string, line: number) => LabError;

class Checker {
  readonly #table: NftTable;
  readonly #fault: Fault;

  constructor(table: NftTable, fault: Fault) {
    this.#table = table;
    this.#fault = fault;
  }

  verdict(verdict: Verdict | undefined, line: number): void {
    if (verdict === undefined || !('chain' in verdict) || this.#table.chains.has(verdict.chain)) return;
    throw this.#fault(`chain ${verdict.chain} is not in table ${this.#table.name}`, line);
  }

  set(reference: SetReference, line: number): void {
    if (reference.kind === 'anonymous') {
      for (const element of reference.elements.all()) this.verdict(element.verdict, line);
    } else this.#name(reference.name, line);
  }

  #name(name: string, line: number): void {
    if (this.#table.sets.has(name)) return;
    throw this.#fault(`set ${name} is not in table ${this.#table.name}`, line);
  }

  expression(expression: Expression | undefined, line: number): void {
    if (expression?.kind === 'map') {
      this.set(expression.map, line);
      this.expression(expression.key, line);
    }
  }

  statement(statement: Statement, line: number): void {
    if (statement.kind === 'verdict') this.verdict(statement.verdict, line);
    else if (statement.kind === 'vmap') this.set(statement.map, line);
    else if (statement.kind === 'match' && statement.right.kind === 'set') this.set(statement.right.set, line);
    else if (statement.kind === 'nat') this.expression(statement.address, line);
    else if (statement.kind === 'assign') this.expression(statement.value, line);
    else if (statement.kind === 'update') this.#name(statement.set, line);
  }

  elements({ elements }: NftSet): void {
    for (const { verdict, line } of elements?.all() ?? []) this.verdict(verdict, line);
  }
}

/** Throws where a rule or map goes to a chain, or asks a set, that its table does not have: the text is cut. */
export function checkReferences(table: NftTable, fault: Fault): void {
  const checker = new Checker(table, fault);
  for (const chain of table.chains.values()) {
    for (const { statements, line } of chain.rules) {
      for (const statement of statements) checker.statement(statement, line);
    }
  }
  for (const set of table.sets.values()) checker.elements(set);
}
