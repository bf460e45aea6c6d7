/** The subscribers of a device. All of them hear every value, in the order of subscription; one that throws does not
 *  stop the others: what it threw goes to `onThrow`, by default to the process as an uncaught exception, because a
 *  listener that throws is a bug. */
export class Listeners<T> {
  readonly #entries = new Set<{ readonly listener: (value: T) => void }>();
  readonly #onThrow: (thrown: unknown) => void;

  constructor(onThrow: (thrown: unknown) => void = throwLater) {
    this.#onThrow = onThrow;
  }

  add(listener: (value: T) => void): () => void {
    const entry = { listener };
    this.#entries.add(entry);
    return () => {
      this.#entries.delete(entry);
    };
  }

  tell(value: T): void {
    for (const entry of [...this.#entries]) {
      if (!this.#entries.has(entry)) continue;
      try {
        entry.listener(value);
      } catch (thrown) {
        this.#onThrow(thrown);
      }
    }
  }
}

function throwLater(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}
