/** One test as the TAP stream of ava tells it. */
export interface TestResult {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly title: string;
  /** What went wrong, one line each, without TAP's framing; empty for tests that passed. */
  readonly details: string[];
}

/** Reads TAP line by line. */
export interface TapReader {
  /** Takes one line of TAP; gives the result of a test once its details are complete. */
  line(text: string): TestResult | undefined;
  /** Takes the exit status of the program that wrote it; gives what is left to tell. */
  end(exitCode: number | undefined): TestResult[];
}

const testLine = /^(not ok|ok) \d+(?: - (.*?))?(?: # (SKIP|TODO)\b.*)?$/;

function parseTest(text: string): TestResult | undefined {
  const match = testLine.exec(text);
  if (match === null) return undefined;
  const [, verdict, title = '(no title)', directive] = match;
  if (directive === 'SKIP' && verdict === 'ok') return { outcome: 'skipped', title, details: [] };
  if (directive === 'TODO') return { outcome: 'skipped', title, details: [] };
  const full = directive === undefined ? title : `${title} # ${directive}`;
  return { outcome: verdict === 'ok' ? 'passed' : 'failed', title: full, details: [] };
}

function detailOf(text: string): string | undefined {
  if (text === '  ---' || text === '  ...') return undefined;
  if (text.startsWith('#   ')) return text.slice(4);
  return text.startsWith('  ') ? text.slice(4) : undefined;
}

/**
 * A reader of what `ava --tap` prints. A stream without a plan, or a program that fails without saying which test did,
 * counts as one failed test, so that a crash of the runner cannot pass.
 */
export function readTap(): TapReader {
  let open: TestResult | undefined;
  let planned = false;
  let seen = 0;
  let failed = 0;

  return {
    line(text) {
      if (/^1\.\.\d+$/.test(text)) planned = true;
      const result = parseTest(text);
      if (result === undefined) {
        const detail = detailOf(text);
        if (detail !== undefined) open?.details.push(detail);
        return undefined;
      }
      seen++;
      if (result.outcome === 'failed') failed++;
      const complete = open;
      open = result;
      return complete;
    },
    end(exitCode) {
      const left = open === undefined ? [] : [open];
      const status = exitCode === undefined ? 'by a signal' : `with status ${exitCode}`;
      const fault = (title: string): TestResult[] => [...left, { outcome: 'failed', title, details: [] }];
      if (!planned) return fault(`ava ended early, ${status}; a test that never ends does that, for one`);
      if (seen === 0) return fault('no tests were found');
      if (exitCode !== 0 && failed === 0) return fault(`ava ended ${status}, although no test failed`);
      return left;
    },
  };
}
