/** A line that says what is being waited for. */
export interface Progress {
  readonly update: (text: string) => void;
  /** Takes the line away; nothing is shown after it. */
  readonly stop: () => void;
}

/** The part of a stream that progress is written to. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Milliseconds before anything is shown: short work stays silent. */
const patience = 1000;
/** Milliseconds between two plain lines. */
const plainInterval = 2000;

/**
 * Shows progress once the work has taken a second: one line that is written over on a terminal, otherwise a plain
 * line every two seconds at most.
 */
export function startProgress(stream: ProgressStream, now: () => number = performance.now.bind(performance)): Progress {
  const start = now();
  let shown: string | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    update(text) {
      const time = now();
      if (time - start < patience || text === shown) return;
      if (stream.isTTY === true) stream.write(`\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
      else if (time - shownAt >= plainInterval) stream.write(`${text}\n`);
      else return;
      shown = text;
      shownAt = time;
    },
    stop() {
      if (shown !== undefined && stream.isTTY === true) stream.write('\r\u001b[K');
    },
  };
}
