/** A value that must not be printed: card numbers, ID numbers, names read from a card. Every way of printing it
 *  (string, JSON, the inspector, a template) yields `[secret]`; `expose()` is the one way to the value and easy to
 *  search for. Not for PINs: a clear PIN lives only in the PIN pad's buffer. */
export class Secret<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  expose(): T {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Shorthand for `new Secret(value)`. */
export function secret<T>(value: T): Secret<T> {
  return new Secret(value);
}
