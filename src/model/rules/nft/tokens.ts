import { LabError } from '../../../errors.ts';

/** What a token is; `newline` ends a statement, as `;` does. */
export type TokenKind = 'word' | 'string' | 'symbol' | 'newline' | 'end';

/** The name of a dump and the line in it where its text begins; for errors and for the lines of rules. */
export interface Origin {
  readonly file: string;
  /** Line of the dump on which the text begins; counts from 1. */
  readonly firstLine: number;
}

const pairs = new Set(['!=', '==', '<=', '>=', '<<', '>>']);
const single = new Set(['{', '}', '(', ')', ',', ';', '&', '|', '^', '=', '!', '<', '>']);
/** What ends a word; sticky. Everything else belongs to it: addresses, ranges, and names of chains with slashes. */
const wordEnd = /[\s{}(),;&|^=!<>"]/g;
/** `# handle 7`, as `nft --handle list` adds it. */
const handle = /# handle \d+[ \t]*$/my;

/** Reads the text of `nft list ruleset` token after token; the current one is in `kind` and `text`. */
export class Tokens {
  kind: TokenKind = 'newline';
  text = '';
  /** Line of the current token, in the dump. */
  line: number;
  /** Offset of the current token in the source. */
  start = 0;
  /** Offset behind the token before the current one. */
  endOfPrevious = 0;
  readonly source: string;
  readonly #origin: Origin;
  #at = 0;
  /** Whether a token of this line has been read: a `#` is a remark of its own line only. */
  #begun = false;

  constructor(source: string, origin: Origin) {
    this.source = source;
    this.#origin = origin;
    this.line = origin.firstLine;
    this.next();
  }

  /** Goes on to the next token. */
  next(): void {
    if (this.kind === 'newline' && this.#at > 0) this.line++;
    this.endOfPrevious = this.#at;
    this.#skipBlanks();
    this.start = this.#at;
    const char = this.source[this.#at];
    if (char === undefined) this.#take('end', 0);
    else if (char === '\n') this.#take('newline', 1);
    else if (char === '"') this.#string();
    else if (pairs.has(this.source.slice(this.#at, this.#at + 2))) this.#take('symbol', 2);
    else if (single.has(char)) this.#take('symbol', 1);
    else this.#word();
    this.#begun = this.kind !== 'newline';
  }

  /** Whether the current token is this word or symbol, and no string. */
  is(text: string): boolean {
    return this.text === text && (this.kind === 'word' || this.kind === 'symbol');
  }

  /** Goes past the current token if it is this word or symbol. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  /** Goes past the token that has to come. Throws `usage`. */
  expect(text: string): void {
    if (!this.accept(text)) throw this.fault(`expected "${text}", found ${this.found()}`);
  }

  /** The current word or string, and goes past it. Throws `usage` when it is none; `what` names it then. */
  take(what: string): string {
    if (this.kind !== 'word' && this.kind !== 'string') throw this.fault(`${what} is missing: found ${this.found()}`);
    const { text } = this;
    this.next();
    return text;
  }

  /** Whether a statement ends here. */
  get atEnd(): boolean {
    return this.kind === 'newline' || this.kind === 'end' || this.is(';') || this.is('}');
  }

  /** Goes past line ends, which mean nothing between braces. */
  skipNewlines(): void {
    while (this.kind === 'newline') this.next();
  }

  /** The current token in words, for an error. */
  found(): string {
    if (this.kind === 'end') return 'the end of the text';
    return this.kind === 'newline' ? 'the end of the line' : `"${this.text}"`;
  }

  /** A LabError `usage` with the file and line of the current token. */
  fault(message: string, line = this.line): LabError {
    return new LabError('usage', message, {
      place: { file: this.#origin.file, line },
      hint: 'The dump is damaged or cut; write it again with: nft list ruleset',
    });
  }

  #skipBlanks(): void {
    const { source } = this;
    for (;;) {
      const char = source.charCodeAt(this.#at);
      if (char === 32 || char === 9 || char === 13) this.#at++;
      else if (char === 35 && (!this.#begun || this.#isHandle())) this.#skipLine();
      else return;
    }
  }

  #isHandle(): boolean {
    handle.lastIndex = this.#at;
    return handle.test(this.source);
  }

  #skipLine(): void {
    const end = this.source.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.source.length : end;
  }

  #take(kind: TokenKind, length: number): void {
    this.kind = kind;
    this.text = this.source.slice(this.#at, this.#at + length);
    this.#at += length;
  }

  #string(): void {
    const end = this.source.indexOf('"', this.#at + 1);
    const text = end < 0 ? this.source.slice(this.#at) : this.source.slice(this.#at, end + 1);
    if (end < 0 || text.includes('\n')) throw this.fault('a text in quotes does not end on its line');
    this.#take('string', text.length);
    this.text = text.slice(1, -1);
  }

  #word(): void {
    wordEnd.lastIndex = this.#at + 1;
    const end = wordEnd.exec(this.source)?.index ?? this.source.length;
    this.#take('word', end - this.#at);
  }
}
