import { getCiphers, getHashes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { app } from 'electron';
import { listHidDevices } from '../../../drivers/hid/hid-bus.ts';
import { openPseudoTerminal } from '../../../drivers/pty/pseudo-terminal.ts';
import { listSerialPorts } from '../../../drivers/serial/serial-ports.ts';
import { createSerialTransport } from '../../../drivers/serial/serial-transport.ts';
import { DeviceFault } from '../../../drivers/transport.ts';
import { osKeyStore } from '../../../electron/os-key-store.ts';
import type { KeyProtection } from '../../../src/app/keys/key-protection.ts';
import { cryptoAnswers, vectorAnswers } from './crypto-answers.ts';

// An application without a window, run by the real Electron: it tries the native parts in the main process and writes
// what came of it, as JSON, into the file that is named.

/** What natives.test.ts reads. A part that could not be tried has the fault's code and message instead. */
export interface NativesReport {
  readonly electron: string;
  readonly ciphers: readonly string[];
  readonly hashes: readonly string[];
  readonly crypto: Outcome<Readonly<Record<string, string>>>;
  readonly vectors: Outcome<Readonly<Record<string, string>>>;
  /** `none` where the system has no store of secrets; else whether it gives back what it sealed. */
  readonly osStore: Outcome<'none' | 'given back' | 'lost'>;
  readonly hid: Outcome<number>;
  readonly serialPorts: Outcome<number>;
  /** What came through a pseudo-terminal from device to driver, and back. */
  readonly serial: Outcome<{ readonly read: string; readonly written: string }>;
}
export type Outcome<T> = { readonly is: T } | { readonly code: string; readonly message: string };

// Not awaited here: Electron is ready only when its main module has been read to the end.
void app.whenReady().then(async () => {
  const report: NativesReport = {
    electron: process.versions.electron ?? '',
    ciphers: getCiphers(),
    hashes: getHashes(),
    crypto: await outcomeOf(cryptoAnswers),
    vectors: await outcomeOf(async () => vectorAnswers()),
    osStore: await outcomeOf(async () => throughOsStore(osKeyStore())),
    hid: await outcomeOf(async () => (await listHidDevices()).length),
    serialPorts: await outcomeOf(async () => (await listSerialPorts()).length),
    serial: await outcomeOf(throughPseudoTerminal),
  };
  writeFileSync(process.env.GONGJI_NATIVES_REPORT ?? '', JSON.stringify(report));
  app.exit(0);
});

async function outcomeOf<T>(attempt: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { is: await attempt() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: error instanceof DeviceFault ? error.code : 'thrown', message };
  }
}

function throughOsStore(store: KeyProtection | null): 'none' | 'given back' | 'lost' {
  if (store === null) return 'none';
  const bytes = Uint8Array.from({ length: 65 }, (_, at) => at * 4);
  return Buffer.compare(store.open(store.seal(bytes)), bytes) === 0 ? 'given back' : 'lost';
}

async function throughPseudoTerminal(): Promise<{ read: string; written: string }> {
  const far = await openPseudoTerminal();
  const read = new Line();
  const written = new Line();
  far.onData((chunk) => written.take(chunk));
  const transport = createSerialTransport({
    name: 'pseudo-terminal',
    find: () => Promise.resolve(far.path),
    settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  });
  const connection = await transport.connect({ onChunk: (chunk) => read.take(chunk), onGone: () => undefined });
  await connection.write(Buffer.from('to the device\r'));
  await far.write(Buffer.from('to the driver\r'));
  const heard = { read: await read.whole, written: await written.whole };
  await connection.close();
  await far.close();
  return heard;
}

/** Text that comes in parts, up to a carriage return. */
class Line {
  readonly whole: Promise<string>;
  #text = '';
  #resolve: (text: string) => void = () => undefined;

  constructor() {
    this.whole = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  take(chunk: Uint8Array): void {
    this.#text += Buffer.from(chunk).toString('latin1');
    if (this.#text.endsWith('\r')) this.#resolve(this.#text);
  }
}
