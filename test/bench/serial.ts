import { type FileHandle, open } from 'node:fs/promises';
import { cardLineCodec, encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { DeviceCardReader } from '../../drivers/device-card-reader.ts';
import { VirtualPinPad } from '../../drivers/pinpad/virtual-pin-pad.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { systemScheduler } from '../../drivers/scheduler.ts';
import { serialPortFinder } from '../../drivers/serial/serial-ports.ts';
import { createSerialTransport } from '../../drivers/serial/serial-transport.ts';
import { type Counter, createCounter } from '../../src/app/counter.ts';
import { demoInstitution } from '../../src/app/demo-institution.ts';
import type { Centre } from '../../src/ports/centre.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';
import { syntheticCard } from '../drivers/synthetic-card.ts';
import { type Figure, percentile, ratioOf, spread } from './figure.ts';

const rounds = 5;
const swipesPerRound = 60;
/** Longer than the silence that ends a swipe. */
const betweenSwipesMs = 260;

/** From the write of a card's bytes to the pseudo-terminal until the counter machine has taken the card, through
 *  serialport, framer and codec; in turn with a bare `fs.read` of the same terminal that only waits for the last byte. */
export async function measureSerialSwipes(): Promise<readonly Figure[]> {
  const pty = await openPseudoTerminal();
  const swipe = Buffer.concat([encodeStripeLine(syntheticCard(1)), Buffer.from('\r\n')]);
  const ours: number[][] = [];
  const bare: number[][] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      bare.push(await bareReads(pty, swipe));
      ours.push(await counterReads(pty, swipe));
    }
  } finally {
    await pty.close();
  }
  const part = 'a serial reader';
  const at = (share: number, samples: readonly number[][]) => samples.map((round) => percentile(round, share));
  return [
    {
      part,
      what: 'last byte on the pty → card taken by the machine',
      unit: 'ms',
      ...spread(ours.flat()),
      p99: percentile(ours.flat(), 0.99),
      ratio: ratioOf(at(0.5, ours), 'a bare fs.read', at(0.5, bare)),
    },
    {
      part,
      what: 'last byte on the pty → bare fs.read',
      unit: 'ms',
      ...spread(bare.flat()),
      p99: percentile(bare.flat(), 0.99),
    },
  ];
}

async function bareReads(pty: PseudoTerminal, swipe: Uint8Array): Promise<number[]> {
  const file = await open(pty.path, 'r');
  const took: number[] = [];
  try {
    for (let one = 0; one < swipesPerRound; one++) {
      const read = readAll(file, swipe.length);
      // The read is on its way before the bytes are.
      await pause(2);
      const before = performance.now();
      await pty.write(swipe);
      await read;
      took.push(performance.now() - before);
    }
  } finally {
    await file.close();
  }
  return took;
}

async function readAll(file: FileHandle, bytes: number): Promise<void> {
  const buffer = Buffer.alloc(bytes);
  for (let have = 0; have < bytes; ) have += (await file.read(buffer, have, bytes - have)).bytesRead;
}

async function counterReads(pty: PseudoTerminal, swipe: Uint8Array): Promise<number[]> {
  const transport = createSerialTransport({
    name: 'bench',
    settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
    ...serialPortFinder({ path: pty.path }),
  });
  const reader = new DeviceCardReader({ transport, codec: cardLineCodec, scheduler: systemScheduler });
  const counter = openCounter(reader);
  const connected = new Promise<void>((resolve) => {
    reader.onState(({ kind }) => {
      if (kind === 'connected') resolve();
    });
  });
  reader.start();
  await connected;
  const took: number[] = [];
  try {
    for (let one = 0; one < swipesPerRound; one++) {
      await until(counter, 'ready');
      await pause(betweenSwipesMs);
      const taken = until(counter, 'identifying');
      const before = performance.now();
      await pty.write(swipe);
      await taken;
      took.push(performance.now() - before);
      counter.send({ type: 'key.cancel' });
    }
  } finally {
    counter.stop();
    await reader.close();
  }
  return took;
}

/** A counter whose centre never answers: all that counts is when it has the card. */
function openCounter(reader: DeviceCardReader): Counter {
  const clock = { now: () => Date.now() };
  const never = () => new Promise<never>(() => undefined);
  const centre: Centre = {
    ...{ signIn: never, identify: never, inquire: never, quote: never, settle: never },
    ...{ previewUndo: never, cancel: never, refund: never, reverse: never, query: never },
    ...{ lookUp: never, admit: never, explainLink: never, link: never, unlink: never, reconcile: never },
  };
  const kept = () => Promise.resolve();
  const journal: Journal = {
    open: () => Promise.resolve({ open: [], setAside: null }),
    ...{ intend: kept, reversing: kept, suspend: kept, settled: kept },
    bookedOn: () => Promise.resolve([]),
  };
  const pinKey = { format: 'iso4-aes128', keyId: 'bench', key: new Uint8Array(16) } as const;
  const counter = createCounter({
    centre,
    reader,
    pinPad: new VirtualPinPad({ pinKey: () => pinKey }),
    // It is signed in: a swipe asks nobody for anything first.
    pinKeys: { formats: [], mustRenew: () => false, accept: () => undefined, drop: () => undefined },
    journal,
    clock,
    ids: messageIds(demoInstitution.code, clock, 1),
    institution: demoInstitution,
    terminal: 'T0000001',
    operator: '01',
    scheduler: systemScheduler,
    delays: { ...defaultDelays, attention: 1, cancelled: 1 },
    report: (fault) => {
      throw fault;
    },
  });
  counter.start();
  return counter;
}

function until(counter: Counter, state: Counter['state']): Promise<void> {
  if (counter.state === state) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = counter.subscribe(() => {
      if (counter.state !== state) return;
      stop();
      resolve();
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
