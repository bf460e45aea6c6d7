import { type ConnectionEvents, DeviceFault, type Transport } from '../../../drivers/transport.ts';

/** A device in memory behind a transport: plugged in, unplugged, and sending, as a test says. */
export class MemoryTransport implements Transport {
  readonly kind: Transport['kind'];
  readonly name = '内存设备';
  /** What was written, in order. */
  readonly written: Uint8Array[] = [];
  /** Why it cannot be opened, null when it can. */
  refusal: DeviceFault | null = null;
  #plugged = true;
  #events: ConnectionEvents | null = null;
  #onChange: () => void = () => undefined;

  constructor(kind: Transport['kind'] = 'serial') {
    this.kind = kind;
  }

  get isConnected(): boolean {
    return this.#events !== null;
  }

  async connect(events: ConnectionEvents) {
    if (!this.#plugged) throw new DeviceFault('notFound', 'not there');
    if (this.refusal !== null) throw this.refusal;
    this.#events = events;
    const end = () => {
      if (this.#events === events) this.#events = null;
    };
    return {
      write: async (bytes: Uint8Array) => {
        this.written.push(bytes);
      },
      close: async () => end(),
    };
  }

  watch(onChange: () => void): () => void {
    this.#onChange = onChange;
    return () => {
      this.#onChange = () => undefined;
    };
  }

  send(bytes: Uint8Array): void {
    this.#events?.onChunk(bytes);
  }

  unplug(): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    const events = this.#events;
    this.#events = null;
    events?.onGone(new DeviceFault('gone', 'unplugged'));
  }

  plug(): void {
    this.#plugged = true;
    this.#onChange();
  }
}
