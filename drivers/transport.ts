/** Why a device cannot be opened, or how a connection ended. `notFound`: no such device. `locked`: another program has
 *  it. `denied`: no permission. `unavailable`: what drives it is missing on this machine. `gone`: unplugged. `failed`:
 *  anything else. `message` says in one line what was wrong and what to do; it is for people, never branched on. */
export type DeviceFaultCode = 'notFound' | 'locked' | 'denied' | 'unavailable' | 'gone' | 'failed';

export class DeviceFault extends Error {
  readonly code: DeviceFaultCode;
  constructor(code: DeviceFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeviceFault';
    this.code = code;
  }
}

export interface ConnectionEvents {
  /** Bytes as the system hands them over; cut anywhere. */
  onChunk(chunk: Uint8Array): void;
  /** The connection has ended by itself. Called once at most, and never after `close` was called. */
  onGone(fault: DeviceFault): void;
}

/** One connection to one device, open from the moment that one has it until it is gone or closed; never opened again.
 *  Contract: a `write` that cannot be sent now rejects with `DeviceFault` and is never sent later; `close` may come at any
 *  time and any number of times and resolves when the device is free for others. */
export interface Connection {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A way to a device. `connect` finds it anew each time, so a replugged device is found under its new name.
 *  Errors: `DeviceFault`. */
export interface Transport {
  readonly kind: 'serial' | 'hid' | 'helper' | 'keyboard' | 'virtual';
  /** What a person calls the device, for the chip on the screen and for messages. */
  readonly name: string;
  connect(events: ConnectionEvents): Promise<Connection>;
  /** Calls back when a device may have come (a change under /dev, a timer): worth another `connect`. Returns the end of
   *  the watching. Optional: without it the link asks at its own pace. */
  watch?(onChange: () => void): () => void;
}
