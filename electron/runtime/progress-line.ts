/** Where progress is told, and how: a terminal gets one line that changes, anything else a line now and then. */
export interface ProgressLine {
  /** Says how far the work is. */
  update(text: string): void;
  /** Says a sentence that stays. */
  say(text: string): void;
  /** Leaves the line clean for whatever is printed next. */
  end(): void;
}

const quietMs = 10_000;

/** A progress line on `stream`. Without a terminal at most one line in ten seconds is written, so that a log stays short. */
export function progressLine(stream: NodeJS.WriteStream, now: () => number = Date.now): ProgressLine {
  let open = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (open) stream.write('\r\u001b[2K');
    open = false;
  };
  return {
    update(text) {
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
        open = true;
      } else if (now() - lastAt >= quietMs) {
        lastAt = now();
        stream.write(`${text}\n`);
      }
    },
    say(text) {
      clear();
      stream.write(`${text}\n`);
    },
    end: clear,
  };
}

/** `bytes` as whole megabytes, with the share of `bytesTotal` where that is known. */
export function progressText(what: string, bytes: number, bytesTotal: number | null): string {
  const megabytes = (value: number) => Math.round(value / 1e6);
  if (bytesTotal === null) return `${what}: ${megabytes(bytes)} MB`;
  const percent = Math.min(100, Math.floor((bytes / bytesTotal) * 100));
  return `${what}: ${percent} % of ${megabytes(bytesTotal)} MB`;
}
