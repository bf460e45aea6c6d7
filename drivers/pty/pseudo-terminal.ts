import { spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { DeviceFault } from '../transport.ts';

/** A serial line that ends in this process: another program opens `path` as it would a device. */
export interface PseudoTerminal {
  /** The link when one was asked for, else the terminal itself. */
  readonly path: string;
  /** Sends to the program that has the line open. While none has, the system keeps some four thousand bytes for the next
   *  one. Resolves when the system has taken them. Errors: `DeviceFault` `failed` when nobody reads and they do not fit,
   *  `gone` after `close`. */
  write(bytes: Uint8Array): Promise<void>;
  /** What the program sends; one listener at a time. */
  onData(listener: (chunk: Uint8Array) => void): void;
  /** Ends the line, as unplugging does, and removes the link. */
  close(): Promise<void>;
}

/** What is used of node-pty's `open`, which its declarations leave out. */
interface OpenedPty {
  readonly ptsName: string;
  /** That of the master; it does not block. */
  readonly fd: number;
  readonly master: Socket;
  readonly slave: Socket;
}

/** Kept for a program that reads slowly; a swipe has 226 bytes. */
const waitingBytesMax = 65_536;
const fullPauseMs = 10;

/** Opens a pseudo-terminal, raw and without echo, on Linux and macOS. `link`: a symbolic link to it, for programs that
 *  want a name that they know; a link that is there is replaced, anything else is not.
 *  Holds: it lives on when the program closes its end, which can be opened again and again.
 *  Errors: `DeviceFault` `unavailable` where there are no pseudo-terminals or their native part is missing, `failed` when
 *  the link cannot be made. */
export async function openPseudoTerminal(options: { readonly link?: string } = {}): Promise<PseudoTerminal> {
  const { link } = options;
  if (link !== undefined) refuseToReplace(link);
  const pty = await openPty();
  const held = hold(pty);
  const writer = new PtyWriter(pty.fd);
  let listener: (chunk: Uint8Array) => void = () => undefined;
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= new Promise((resolve) => {
      if (link !== undefined) removeLink(link, pty.ptsName);
      writer.close();
      pty.master.once('close', () => resolve());
      // Not node-pty's own `destroy`: without a child process it sends SIGHUP to process -1, which is everybody.
      pty.master.destroy();
      closeSync(held);
    });
    return closing;
  };
  // Its own listener for errors throws.
  pty.master.removeAllListeners('error');
  pty.master.on('error', () => void close());
  pty.master.on('data', (chunk) => listener(chunk));
  try {
    await makeRaw(held);
    if (link !== undefined) makeLink(link, pty.ptsName);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    path: link ?? pty.ptsName,
    write: (bytes) => writer.write(bytes),
    onData: (heard) => {
      listener = heard;
    },
    close,
  };
}

interface WaitingWrite {
  bytes: Uint8Array;
  resolve(): void;
  reject(fault: DeviceFault): void;
}

/** Writes to a descriptor that does not block. Node's own stream on a terminal does block: when the line is full it spins
 *  until somebody reads. */
class PtyWriter {
  readonly #fd: number;
  #waiting: WaitingWrite[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#isClosed) return Promise.reject(new DeviceFault('gone', 'the pseudo-terminal is closed'));
    const waitingBytes = this.#waiting.reduce((sum, write) => sum + write.bytes.length, 0);
    if (waitingBytes + bytes.length > waitingBytesMax)
      return Promise.reject(new DeviceFault('failed', 'nobody reads the pseudo-terminal'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: Uint8Array.from(bytes), resolve, reject });
      if (this.#timer === null) this.#send();
    });
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#fail(null);
  }

  #send(): void {
    this.#timer = null;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        first.bytes = first.bytes.subarray(writeSync(this.#fd, first.bytes));
      } catch (thrown) {
        if (isFull(thrown)) this.#timer = setTimeout(() => this.#send(), fullPauseMs);
        else this.#fail(thrown);
        return;
      }
      if (first.bytes.length > 0) continue;
      this.#waiting.shift();
      first.resolve();
    }
  }

  #fail(cause: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new DeviceFault('gone', 'the pseudo-terminal is closed', { cause }));
  }
}

function isFull(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN';
}

async function openPty(): Promise<OpenedPty> {
  const missing = (cause: unknown) =>
    new DeviceFault(
      'unavailable',
      `no pseudo-terminals on ${process.platform}-${process.arch}: they need Linux (glibc) or macOS and the optional package @lydell/node-pty`,
      {
        cause,
      },
    );
  if (process.platform === 'win32') throw missing(null);
  const library: object = await import('@lydell/node-pty').catch((thrown: unknown) => {
    throw missing(thrown);
  });
  if (!('open' in library) || typeof library.open !== 'function') throw missing(null);
  let opened: unknown;
  try {
    opened = library.open({ encoding: null });
  } catch (thrown) {
    throw new DeviceFault('failed', 'the system gives no pseudo-terminal', { cause: thrown });
  }
  if (!isOpenedPty(opened)) throw missing(null);
  return opened;
}

/** The other program's end, held open here as well, so that the line does not end when that program closes it. Nobody reads
 *  it here, unlike node-pty's own stream, which would take what is sent to the other program. */
function hold(pty: OpenedPty): number {
  pty.slave.destroy();
  try {
    return descriptorOf(pty.ptsName) ?? openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  } catch (thrown) {
    pty.master.destroy();
    throw new DeviceFault('failed', `${pty.ptsName} cannot be opened`, { cause: thrown });
  }
}

/** A descriptor that this process has open on the terminal. libuv's stream opens the terminal anew and leaves alone the
 *  descriptor it was given, and node-pty tells nobody its number: unless it is found it is never closed. */
function descriptorOf(terminal: string): number | null {
  const { rdev } = statSync(terminal);
  const isOpenOn = (descriptor: number) => {
    try {
      return fstatSync(descriptor).rdev === rdev;
    } catch {
      return false;
    }
  };
  return readdirSync('/dev/fd').map(Number).find(isOpenOn) ?? null;
}

function isOpenedPty(value: unknown): value is OpenedPty {
  if (typeof value !== 'object' || value === null) return false;
  const { ptsName, fd, master, slave } = value as { [key in keyof OpenedPty]?: unknown };
  return (
    typeof ptsName === 'string' && typeof fd === 'number' && typeof master === 'object' && typeof slave === 'object'
  );
}

/** Node's own raw mode still makes CR LF of LF on the way to us; `stty` is part of every POSIX system. */
async function makeRaw(terminal: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stty = spawn('stty', ['raw', '-echo'], { stdio: [terminal, 'ignore', 'ignore'] });
    const failed = (cause: unknown) =>
      reject(new DeviceFault('unavailable', 'the pseudo-terminal cannot be made raw: stty failed', { cause }));
    stty.once('error', failed);
    stty.once('close', (code) => (code === 0 ? resolve() : failed(code)));
  });
}

function refuseToReplace(link: string): void {
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink())
    throw new DeviceFault('failed', `${link} is there already and is no symbolic link`);
}

function makeLink(link: string, target: string): void {
  refuseToReplace(link);
  try {
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) unlinkSync(link);
    symlinkSync(target, link);
  } catch (cause) {
    throw new DeviceFault('failed', `the link ${link} cannot be made`, { cause });
  }
}

/** Removes the link while it is still ours. */
function removeLink(link: string, target: string): void {
  try {
    if (readlinkSync(link) === target) unlinkSync(link);
  } catch {
    // It is gone already.
  }
}
