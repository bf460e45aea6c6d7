import { WebSocket } from 'ws';
import type { Scheduler } from '../scheduler.ts';
import { type Connection, type ConnectionEvents, DeviceFault, type Transport } from '../transport.ts';

export interface HelperTransportOptions {
  readonly name: string;
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly scheduler: Scheduler;
  /** True for a service that speaks of itself; else a message counts only as the answer to a call. */
  readonly speaksUnasked: boolean;
  /** A card's data goes over this line as clear text, so by default to this machine alone. */
  readonly allowRemote?: boolean;
}

/** As long as the vendors' own web clients wait. */
const answerTimeoutMs = 10_000;
const openTimeoutMs = 5000;
/** Four bytes for each character of the longest reply that is read, and no more than that kept in memory. */
const messageBytesMax = 65_536;

/** A way to a vendor's service on this machine that speaks JSON over WebSocket. `write` makes a call, `onChunk` is given
 *  one whole message.
 *  Holds: one call at a time, because answers carry no id; a call without an answer in 10 s ends the connection, so a
 *  late answer is never taken for the next one's. A message that nobody asked for is dropped. */
export function createHelperTransport(options: HelperTransportOptions): Transport {
  return { kind: 'helper', name: options.name, connect: (events) => connect(options, events) };
}

async function connect(options: HelperTransportOptions, events: ConnectionEvents): Promise<Connection> {
  const { name } = options;
  const url = addressOf(options);
  const socket = new WebSocket(url, {
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
    handshakeTimeout: openTimeoutMs,
  });
  return new Promise((resolve, reject) => {
    const connection = new HelperConnection(options, socket, events);
    // Once it is open a further rejection changes nothing; without a listener an error would be an uncaught one.
    socket.on('error', (cause) => reject(openFault(name, url, cause)));
    socket.on('open', () => resolve(connection));
  });
}

/** Errors: `DeviceFault` for what is no address, or is one of another machine. */
function addressOf({ name, url, allowRemote = false }: HelperTransportOptions): URL {
  const address = URL.parse(url);
  if (address === null || !['ws:', 'wss:'].includes(address.protocol))
    throw new DeviceFault('failed', `the address of ${name} is not one of a WebSocket`);
  if (!allowRemote && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(address.hostname))
    throw new DeviceFault('denied', `${name} is on another machine, which the configuration does not allow`);
  return address;
}

function openFault(name: string, url: URL, cause: Error): DeviceFault {
  const isRefused = 'code' in cause && cause.code === 'ECONNREFUSED';
  return isRefused
    ? new DeviceFault('notFound', `${name} does not run at ${url.host}: start the vendor's service`, { cause })
    : new DeviceFault('failed', `${name} cannot be reached at ${url.host}`, { cause });
}

class HelperConnection implements Connection {
  readonly #options: HelperTransportOptions;
  readonly #socket: WebSocket;
  readonly #events: ConnectionEvents;
  readonly #closed: Promise<void>;
  #call: { readonly timer: unknown } | null = null;
  #isOver = false;

  constructor(options: HelperTransportOptions, socket: WebSocket, events: ConnectionEvents) {
    this.#options = options;
    this.#socket = socket;
    this.#events = events;
    socket.binaryType = 'nodebuffer';
    this.#closed = new Promise((resolve) => {
      socket.on('close', () => resolve());
    });
    socket.on('open', () => {
      socket.on('error', (cause) => this.#lose('broke the protocol', cause));
      socket.on('close', () => this.#lose('has closed the connection', null));
    });
    socket.on('message', (message) => {
      if (Buffer.isBuffer(message)) this.#take(message);
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    const { name, scheduler } = this.#options;
    if (this.#isOver) return Promise.reject(new DeviceFault('gone', `${name} is not connected`));
    if (this.#call !== null) return Promise.reject(new DeviceFault('failed', `${name} still owes an answer`));
    this.#call = { timer: scheduler.setTimeout(() => this.#giveUp(), answerTimeoutMs) };
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, { binary: false }, (cause) => {
        if (cause) reject(new DeviceFault('gone', `${name} did not take a call`, { cause }));
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#end();
    // Not `close`: that waits up to half a minute for the other side.
    this.#socket.terminate();
    return this.#closed;
  }

  #take(message: Uint8Array): void {
    if (this.#isOver || (this.#call === null && !this.#options.speaksUnasked)) return;
    this.#endCall();
    this.#events.onChunk(message);
  }

  #giveUp(): void {
    this.#socket.terminate();
    this.#lose(`gave no answer in ${answerTimeoutMs / 1000} s`, null);
  }

  #lose(how: string, cause: Error | null): void {
    if (this.#isOver) return;
    this.#end();
    this.#events.onGone(new DeviceFault('gone', `${this.#options.name} ${how}`, cause === null ? {} : { cause }));
  }

  #end(): void {
    this.#isOver = true;
    this.#endCall();
  }

  #endCall(): void {
    if (this.#call !== null) this.#options.scheduler.clearTimeout(this.#call.timer);
    this.#call = null;
  }
}
