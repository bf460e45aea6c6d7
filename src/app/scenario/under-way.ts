import { setImmediate } from 'node:timers/promises';

/** Counts work that has begun and not ended, so that a runner knows when everything has come to rest. */
export class UnderWay {
  #count = 0;

  /** Counts `work` until it ends, either way. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await work;
    } finally {
      this.#count--;
    }
  }

  /** Resolves when nothing counted is under way and every promise that could go on has gone on: one turn of the event
   *  loop empties the queue of promises. */
  async quiet(): Promise<void> {
    do await setImmediate();
    while (this.#count > 0);
  }
}
