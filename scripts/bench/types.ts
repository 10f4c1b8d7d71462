import type { Scratch } from '../../scenarios/testing/scratch.ts';
import type { Machine } from './machine.ts';

/** What a row's values are. `ms` is wall-clock time, `CPU ms` the processor's, kernel included. */
export type Unit = 'ms' | 'CPU ms' | 'a second' | 'MB' | 'µs' | 'texts';

/** What an issue asks of a row. */
export interface Reach {
  /** Of the value itself, or of its ratio to what it is measured beside. */
  readonly of: 'value' | 'ratio';
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
}

/** One line of the table: samples, not conclusions. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  /** One value a round; empty when it could not be measured here. */
  readonly values: readonly number[];
  /** What it is compared with; its values were taken in turn with those of the row. */
  readonly beside?: { readonly what: string; readonly values: readonly number[] };
  readonly reach?: Reach;
  readonly note?: string;
}

/** A measured curve of several lines, for a drawing. */
export interface Curve {
  /** File name of the drawing, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

/** What one bench found. */
export interface Findings {
  readonly rows: readonly Row[];
  readonly curves?: readonly Curve[];
}

/** What a bench has to work with. */
export interface BenchContext {
  /** Small sizes and few rounds, to try whether everything works. */
  readonly quick: boolean;
  /** A place for labs of its own. */
  readonly scratch: Scratch;
  /** Tells what is going on. */
  readonly tell: (text: string) => void;
}

/** One entry of the registry. */
export interface Bench {
  readonly name: string;
  /** How it is measured, in one or two sentences for docs/benchmarks.md. */
  readonly how: string;
  readonly run: (context: BenchContext) => Promise<Findings>;
}

/** What one bench found, and when. */
export interface Entry extends Findings {
  /** RFC 3339. */
  readonly measuredAt: string;
}

/** What docs/benchmarks.json holds: all of it from one machine. */
export interface BenchRecord {
  readonly machine: Machine;
  /** By name of the bench. */
  readonly entries: Readonly<Record<string, Entry>>;
}
