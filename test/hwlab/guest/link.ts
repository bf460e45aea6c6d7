import { EventEmitter } from 'node:events';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

interface LinkEvents {
  readonly data: [Buffer];
}

const pollMs = 10;

/** A character device of the guest, read without blocking: a blocked read would hold a thread of libuv's and so the end of
 *  the process, and Node has no way to wait for a device that is no terminal. */
export class Link extends EventEmitter<LinkEvents> {
  #fd: number;
  #timer: NodeJS.Timeout;
  readonly #buffer = Buffer.alloc(65_536);

  constructor(path: string) {
    super();
    this.#fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
    this.#timer = setInterval(() => this.#poll(), pollMs);
  }

  /** Looks at the device no more, so that this process is idle; `resume` ends that. */
  pause(): void {
    clearInterval(this.#timer);
  }

  resume(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#poll(), pollMs);
  }

  /** Errors: EAGAIN when the far side is full. */
  write(bytes: string | Uint8Array): void {
    const all = Buffer.from(bytes);
    for (let sent = 0; sent < all.length; ) sent += writeSync(this.#fd, all, sent);
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #poll(): void {
    for (;;) {
      if (this.#fd < 0) return;
      let length = 0;
      try {
        length = readSync(this.#fd, this.#buffer);
      } catch (error) {
        const isEmpty = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
        if (!isEmpty) this.close();
        return;
      }
      if (length === 0) return;
      this.emit('data', Buffer.from(this.#buffer.subarray(0, length)));
    }
  }
}
