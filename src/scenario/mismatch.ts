/** A step's expectation that the lab does not meet. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  /** What was predicted and seen, a line each. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}
