import { sealPinBlock } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import { type PinBlock, type PinEntry, PinPadFault, type PinRequest } from '../../src/ports/pin-pad.ts';
import { pinLengthMax, pinLengthMin } from './pin-buffer.ts';

/** The one entry that a PIN pad may have open: busy rule, abort signal, sealing, end. */
export class PinEntrySlot {
  readonly #onEnd: () => void;
  #open: { readonly request: PinRequest; settle(entry: PinEntry | PromiseLike<PinEntry>): void } | null = null;

  /** `onEnd` is called at each end of an entry, before its promise settles: wipe there. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** What the open entry asks for; the same object for the whole of an entry. Null when none is open. */
  get request(): PinRequest | null {
    return this.#open?.request ?? null;
  }

  /** Opens an entry. An abort ends it as `cancelled`; a signal already aborted opens none.
   *  Errors: throws `PinPadFault` busy; `RangeError` for a length that no PIN has. */
  open(request: PinRequest, signal: AbortSignal): Promise<PinEntry> {
    if (this.#open !== null) throw new PinPadFault('busy');
    if (!Number.isInteger(request.length) || request.length < pinLengthMin || request.length > pinLengthMax) {
      throw new RangeError(`a PIN has ${pinLengthMin} to ${pinLengthMax} digits`);
    }
    if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
    return new Promise((resolve) => {
      const onAbort = () => this.cancel();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#open = {
        request: { ...request },
        settle: (entry) => {
          signal.removeEventListener('abort', onAbort);
          resolve(entry);
        },
      };
    });
  }

  /** Ends the entry with a PIN block of these digits. They are the caller's to wipe, in `onEnd` at the latest. A pan or
   *  key that makes no block rejects the entry's promise; so does, as `failed`, that there is no key. */
  seal(digits: Uint8Array, pinKey: () => PinKey): void {
    this.#end((request) => ({
      kind: 'entered',
      pinBlock: sealPinBlock(digits, request.pan.expose(), keyFrom(pinKey)),
    }));
  }

  /** Ends the entry with a PIN block that the pad itself has made. */
  entered(pinBlock: PinBlock): void {
    this.#end(() => ({ kind: 'entered', pinBlock }));
  }

  cancel(): void {
    this.#end(() => ({ kind: 'cancelled' }));
  }

  fail(fault: Error): void {
    this.#end(() => {
      throw fault;
    });
  }

  #end(outcome: (request: PinRequest) => PinEntry): void {
    const open = this.#open;
    if (open === null) return;
    // The executor runs at once, while the digits are still there, and turns a throw into a rejection.
    const entry = new Promise<PinEntry>((resolve) => resolve(outcome(open.request)));
    this.#open = null;
    this.#onEnd();
    open.settle(entry);
  }
}

function keyFrom(pinKey: () => PinKey): PinKey {
  try {
    return pinKey();
  } catch (cause) {
    throw new PinPadFault('failed', { cause });
  }
}
