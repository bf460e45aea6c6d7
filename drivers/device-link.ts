import type { Scheduler } from './scheduler.ts';
import { type Connection, DeviceFault, type Transport } from './transport.ts';

/** `opening`: not connected so far, `fault` says why the last try failed. `lost`: was connected, is not; `fault` says how
 *  it ended, or why it cannot be had again where that is known better than "not there". */
export type LinkState =
  | { readonly kind: 'opening'; readonly fault: DeviceFault | null }
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost'; readonly fault: DeviceFault };

export interface DeviceLinkOptions {
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  onChunk(chunk: Uint8Array): void;
  onState(state: LinkState): void;
  /** The pause before another try; doubles from `first` to `max` while tries fail. A connection that does not live for
   *  `max` counts as a failure too. */
  readonly retryMs?: { readonly first: number; readonly max: number };
}

const defaultRetryMs = { first: 500, max: 5000 };

/** How long an opening may take before that is told. No other is begun: what hangs in the system holds a thread of it, and
 *  a few of them would stop this program. */
export const openPatienceMs = 10_000;
/** How long a connection may take to close before it is left alone: a serial driver waits up to half a minute for bytes
 *  that its device does not take. */
export const closePatienceMs = 3000;

/** What a transport may hand over before its `connect` has resolved; a device sends no more in that time. */
const earlyBytesMax = 65_536;

/** One try to connect, and what came of it. */
interface Attempt {
  connection: Connection | null;
  early: Uint8Array[];
  earlyBytes: number;
}

/** Keeps a device connected: connects, and connects again after a loss, until it is closed.
 *  Holds: one connection at a time, each a new one; bytes of an old one are dropped; `onState` is told each change once;
 *  between two tries there is always a pause, however often the device comes and goes; a change that the transport
 *  notices cuts the pause short, but not below `retryMs.first`, nor below what flapping has earned.
 *  Errors: none; every fault is a state. */
export class DeviceLink {
  readonly #transport: Transport;
  readonly #scheduler: Scheduler;
  readonly #options: DeviceLinkOptions;
  readonly #retryMs: { readonly first: number; readonly max: number };
  #state: LinkState = { kind: 'opening', fault: null };
  #phase: 'new' | 'running' | 'closed' = 'new';
  #attempt: Attempt | null = null;
  #closing: Promise<void> | null = null;
  #pause: { readonly timer: unknown; readonly canBeCut: boolean } | null = null;
  #steady: { readonly timer: unknown } | null = null;
  #patience: { readonly timer: unknown } | null = null;
  #failures = 0;
  #flaps = 0;
  /** The transport has noticed a change since the last try began. */
  #woken = false;
  #endWatch: () => void = () => undefined;

  constructor(options: DeviceLinkOptions) {
    this.#options = options;
    this.#transport = options.transport;
    this.#scheduler = options.scheduler;
    this.#retryMs = options.retryMs ?? defaultRetryMs;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Begins; a second call does nothing. `onState` is not told the state that the link begins with. */
  start(): void {
    if (this.#phase !== 'new') return;
    this.#phase = 'running';
    this.#endWatch = this.#transport.watch?.(() => this.#wake()) ?? this.#endWatch;
    void this.#connect();
  }

  /** Resolves when the transport has taken the bytes. Errors: `DeviceFault` when not connected; nothing is queued. */
  write(bytes: Uint8Array): Promise<void> {
    const connection = this.#attempt?.connection ?? null;
    if (connection !== null) return connection.write(bytes);
    return Promise.reject(new DeviceFault('gone', `${this.#transport.name} is not connected`));
  }

  /** Ends the connection; nothing is told after it. Resolves when the device is free for others, or has taken too long. A
   *  `connect` that is under way is not waited for, because it may hang; what it yields is closed at once. */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing;
    this.#phase = 'closed';
    this.#endWatch();
    this.#stopPause();
    this.#stopSteady();
    this.#stopPatience();
    const connection = this.#attempt?.connection ?? null;
    this.#attempt = null;
    this.#closing = connection === null ? Promise.resolve() : this.#closed(connection);
    return this.#closing;
  }

  #closed(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#scheduler.setTimeout(resolve, closePatienceMs);
      void closeQuietly(connection).then(() => {
        this.#scheduler.clearTimeout(timer);
        resolve();
      });
    });
  }

  async #connect(): Promise<void> {
    const attempt: Attempt = { connection: null, early: [], earlyBytes: 0 };
    this.#attempt = attempt;
    this.#woken = false;
    const { name } = this.#transport;
    const advice = 'unplug it and plug it in again';
    const slow = new DeviceFault('failed', `${name} does not answer while it is being opened: ${advice}`);
    this.#patience = { timer: this.#scheduler.setTimeout(() => this.#tellFault(slow), openPatienceMs) };
    let connection: Connection;
    try {
      connection = await this.#transport.connect({
        onChunk: (chunk) => this.#chunk(attempt, chunk),
        onGone: (fault) => this.#gone(attempt, fault),
      });
    } catch (thrown) {
      if (this.#attempt === attempt) this.#failed(faultOf(thrown, name));
      return;
    }
    if (this.#attempt !== attempt) {
      await closeQuietly(connection);
      return;
    }
    this.#connected(attempt, connection);
  }

  #connected(attempt: Attempt, connection: Connection): void {
    attempt.connection = connection;
    this.#stopPatience();
    this.#failures = 0;
    const timer = this.#scheduler.setTimeout(() => {
      this.#steady = null;
      this.#flaps = 0;
    }, this.#retryMs.max);
    this.#steady = { timer };
    this.#tell({ kind: 'connected' });
    const early = attempt.early;
    attempt.early = [];
    for (const chunk of early) this.#chunk(attempt, chunk);
  }

  #chunk(attempt: Attempt, chunk: Uint8Array): void {
    if (this.#attempt !== attempt) return;
    if (attempt.connection !== null) {
      this.#options.onChunk(chunk);
    } else if (attempt.earlyBytes + chunk.length <= earlyBytesMax) {
      attempt.early.push(chunk);
      attempt.earlyBytes += chunk.length;
    }
  }

  #gone(attempt: Attempt, fault: DeviceFault): void {
    if (this.#attempt !== attempt) return;
    if (attempt.connection === null) {
      this.#failed(fault);
      return;
    }
    this.#attempt = null;
    // It may hold the device although it is gone for us.
    void closeQuietly(attempt.connection);
    if (this.#steady !== null) this.#flaps += 1;
    this.#stopSteady();
    this.#waitForNext();
    this.#tell({ kind: 'lost', fault });
  }

  #failed(fault: DeviceFault): void {
    this.#attempt = null;
    this.#stopPatience();
    this.#failures += 1;
    this.#waitForNext();
    this.#tellFault(fault);
  }

  #tellFault(fault: DeviceFault): void {
    const state = this.#state;
    if (state.kind === 'opening' && !isSame(state.fault, fault)) this.#tell({ kind: 'opening', fault });
    // That a lost device is not found is no news; that it is there and cannot be opened is.
    if (state.kind === 'lost' && fault.code !== 'notFound' && !isSame(state.fault, fault))
      this.#tell({ kind: 'lost', fault });
  }

  /** Pauses in two parts: first one that nothing cuts short, then one that a change does. */
  #waitForNext(): void {
    const fixedMs = this.#doubled(this.#flaps);
    const restMs = this.#doubled(this.#failures) - fixedMs;
    this.#startPause(fixedMs, false, () => {
      if (restMs <= 0 || this.#woken) void this.#connect();
      else this.#startPause(restMs, true, () => void this.#connect());
    });
  }

  #wake(): void {
    if (this.#phase !== 'running') return;
    this.#woken = true;
    this.#failures = 0;
    if (this.#pause === null || !this.#pause.canBeCut) return;
    this.#stopPause();
    void this.#connect();
  }

  #doubled(times: number): number {
    return Math.min(this.#retryMs.max, this.#retryMs.first * 2 ** Math.max(0, times - 1));
  }

  #startPause(delayMs: number, canBeCut: boolean, run: () => void): void {
    const timer = this.#scheduler.setTimeout(() => {
      this.#pause = null;
      run();
    }, delayMs);
    this.#pause = { timer, canBeCut };
  }

  #stopPause(): void {
    if (this.#pause !== null) this.#scheduler.clearTimeout(this.#pause.timer);
    this.#pause = null;
  }

  #stopPatience(): void {
    if (this.#patience !== null) this.#scheduler.clearTimeout(this.#patience.timer);
    this.#patience = null;
  }

  #stopSteady(): void {
    if (this.#steady !== null) this.#scheduler.clearTimeout(this.#steady.timer);
    this.#steady = null;
  }

  #tell(state: LinkState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

async function closeQuietly(connection: Connection): Promise<void> {
  try {
    await connection.close();
  } catch {
    // A connection that cannot be closed is of no use to anybody either.
  }
}

function faultOf(thrown: unknown, name: string): DeviceFault {
  if (thrown instanceof DeviceFault) return thrown;
  return new DeviceFault('failed', `${name} cannot be opened`, { cause: thrown });
}

function isSame(before: DeviceFault | null, after: DeviceFault): boolean {
  return before !== null && before.code === after.code && before.message === after.message;
}
