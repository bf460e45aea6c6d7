import { setTimeout as pause } from 'node:timers/promises';
import { encodeChipLine, encodeStripeLine, type VirtualCard } from '../../../drivers/codec/card-line.ts';
import type { PseudoTerminal } from '../../../drivers/pty/pseudo-terminal.ts';
import { type LineFault, transmit } from '../../../drivers/virtual/line-fault.ts';

/** Between two swipes, as no hand is faster: bytes without a pause are one swipe to whoever reads them. */
const swipeGapMs = 500;
/** What a reader sends at a time when it is slow. */
const slowChunkBytes = 8;

/** The hand that draws cards through a reader served on a pseudo-terminal, one after the other. */
export class PtySwiper {
  readonly #terminal: PseudoTerminal;
  #lastMs = Number.NEGATIVE_INFINITY;
  #noiseSeed = 1;
  #queue: Promise<void> = Promise.resolve();

  constructor(terminal: PseudoTerminal) {
    this.#terminal = terminal;
  }

  /** Resolves when the system has taken the bytes. Errors: those of `PseudoTerminal.write`. */
  swipe(card: VirtualCard, as: 'stripe' | 'chip', fault: LineFault): Promise<void> {
    const swiped = this.#queue.then(() => this.#swipe(card, as, fault));
    this.#queue = swiped.catch(() => undefined);
    return swiped;
  }

  async #swipe(card: VirtualCard, as: 'stripe' | 'chip', fault: LineFault): Promise<void> {
    const waitMs = this.#lastMs + swipeGapMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const line = as === 'chip' ? encodeChipLine(card) : encodeStripeLine(card);
    const { bytes, pauseMs } = transmit(line, fault, this.#noiseSeed++);
    const chunkBytes = pauseMs === 0 ? bytes.length : slowChunkBytes;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      if (at > 0) await pause(pauseMs);
      await this.#terminal.write(bytes.subarray(at, at + chunkBytes));
    }
    this.#lastMs = performance.now();
  }
}
