import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { openPseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { createKiosk } from '../../src/app/kiosk.ts';
import type { Kiosk, KioskOptions } from '../../src/app/kiosk-contract.ts';
import { sealDigits } from '../../src/ipc/pin-seal.ts';
import type { TerminalView } from '../../src/ipc/view.ts';
import { syntheticCard } from '../drivers/synthetic-card.ts';

const fixturesFolder = resolve(import.meta.dirname, '../../fixtures');
let folder: string;
let devicesFile: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongji-kiosk-'));
  devicesFile = join(folder, 'devices.yaml');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

/** Without a file nothing of the machine that the test runs on is used, but the screen and the virtual reader. */
const virtualOnly = 'readers: [virtual]\nscanner: none\n';

async function start(devices = virtualOnly, options: Partial<KioskOptions> = {}) {
  await writeFile(devicesFile, devices);
  const faults: Error[] = [];
  const kiosk = await createKiosk({
    dataFolder: folder,
    fixturesFolder,
    devicesFile,
    delays: { attention: 1 },
    report: (fault) => faults.push(fault),
    ...options,
  });
  closing.push(() => kiosk.close());
  const view = (): TerminalView => {
    const shown = kiosk.hello('operator').view;
    if (shown === null) throw new Error('the operator has no view');
    return shown;
  };
  const stage = () => expect.poll(() => view().stage, { timeout: 10_000 });
  return { kiosk, faults, view, stage };
}

async function typePin(kiosk: Kiosk, view: () => TerminalView) {
  await expect.poll(() => view().pin).not.toBeNull();
  const pin = view().pin;
  if (pin === null) throw new Error('no PIN is asked for');
  const sealed = await sealDigits(Uint8Array.of(1, 3, 5, 7, 9, 0), pin.session, pin.publicKey);
  kiosk.take({ kind: 'pin.sealed', session: pin.session, ...sealed }, 'operator');
}

/** Which files of the kiosk's folder this process has open, where the system tells; without the database, whose package
 *  lets go of its files when their statements have been collected. */
function openFiles(): string[] {
  const descriptors = '/proc/self/fd';
  if (!existsSync(descriptors)) return [];
  const target = (name: string) => {
    try {
      return readlinkSync(join(descriptors, name));
    } catch {
      return '';
    }
  };
  return readdirSync(descriptors)
    .map(target)
    .filter((path) => path.startsWith(folder) && !path.includes('centre.sqlite'));
}

const swipe = (person: string) => ({ kind: 'deck.swipe', person, as: 'stripe', fault: 'none' }) as const;

describe('the kiosk without its screens', () => {
  it('takes an amount, a swipe of the deck and one PIN, and goes on where it was after a restart', async () => {
    const first = await start();
    await first.stage().toBe('ready');
    const shown: string[] = [];
    first.kiosk.onView(({ stage }) => shown.push(stage));
    first.kiosk.take({ kind: 'amount.submit', text: '80' }, 'operator');
    first.kiosk.take(swipe('demo.mother'), 'operator');
    await typePin(first.kiosk, first.view);
    await first.stage().toBe('approved');
    expect(first.view().split).toMatchObject({ own: 5000, shared: 3000, cash: 0 });
    expect(shown).toEqual(expect.arrayContaining(['awaitingPin', 'approved']));
    await first.kiosk.close();
    await first.kiosk.close();
    expect(openFiles()).toEqual([]);
    first.kiosk.take({ kind: 'key.confirm' }, 'operator');
    const told = shown.length;

    const second = await start();
    await second.stage().toBe('ready');
    expect(second.view().today).toMatchObject([{ kind: 'approved' }]);
    expect([shown.length, first.faults, second.faults]).toEqual([told, [], []]);
  });

  it("does not take the customer's cancel key for the clerk's", async () => {
    const { kiosk, stage } = await start();
    await stage().toBe('ready');
    kiosk.take({ kind: 'amount.edit', text: '80' }, 'operator');
    await stage().toBe('enteringAmount');
    kiosk.take({ kind: 'key.cancel' }, 'customer');
    await stage().toBe('enteringAmount');
    kiosk.take({ kind: 'key.cancel' }, 'operator');
    await stage().toBe('ready');
  });

  it('keeps the deck from the customer’s screen, and from every screen where there is no virtual reader', async () => {
    const { kiosk } = await start();
    expect(kiosk.hello('operator').deck.length).toBeGreaterThan(0);
    expect([kiosk.hello('customer').deck, kiosk.hello('customer').view]).toEqual([[], null]);
    await kiosk.close();
    const real = await start(`readers: [{ model: line-reader, port: ${JSON.stringify(join(folder, 'reader'))} }]`);
    expect(real.kiosk.hello('operator').deck).toEqual([]);
    real.kiosk.take(swipe('demo.mother'), 'operator');
    await real.stage().toBe('ready');
  });
});

describe('the devices of a kiosk', () => {
  it('that are not there are said from the start, and no bug is among the faults', async () => {
    const reader = join(folder, 'reader');
    const { view, stage, faults } = await start(
      `scanner: none\nreaders: [{ model: line-reader, port: ${JSON.stringify(reader)} }]`,
    );
    await stage().toBe('ready');
    expect([view().prompt.id, view().status.reader.state]).toEqual(['readerLost', 'opening']);
    const terminal = await openPseudoTerminal({ link: reader });
    closing.push(() => terminal.close());
    await expect.poll(() => view().status.reader.state, { timeout: 10_000 }).toBe('connected');
    expect([view().prompt.id, faults]).toEqual(['ready', []]);
    await terminal.write(Buffer.concat([encodeStripeLine(syntheticCard(1)), Buffer.from('\r')]));
    await stage().toBe('declined');
  });

  it('that are wanted and of no serial line are said too', async () => {
    const { view, stage } = await start('scanner: none\nreaders: [{ model: magtek-hid, serialNumber: "none such" }]');
    await stage().toBe('ready');
    expect(view().prompt.id).toBe('readerLost');
    expect(view().status.reader).toMatchObject({ kind: 'hid', name: 'MagTek SureSwipe / Dynamag (HID)' });
  });

  it('may be the deck of another kiosk', async () => {
    const link = join(folder, 'served');
    const serving = await start(`${virtualOnly}serve: ${JSON.stringify(link)}`);
    expect(existsSync(link)).toBe(true);
    const served = await start(`scanner: none\nreaders: [{ model: line-reader, port: ${JSON.stringify(link)} }]`, {
      dataFolder: join(folder, 'other'),
    });
    await expect.poll(() => served.view().status.reader.state, { timeout: 10_000 }).toBe('connected');
    serving.kiosk.take(swipe('demo.mother'), 'operator');
    await served.stage().toBe('awaitingAmount');
    expect(serving.view().stage).toBe('ready');
    await serving.kiosk.close();
    expect(existsSync(link)).toBe(false);
    await expect.poll(() => served.view().status.reader.state, { timeout: 10_000 }).toBe('lost');
    expect([serving.faults, served.faults]).toEqual([[], []]);
  });

  it('that cannot be understood stop the start, with file and line, and leave nothing behind', async () => {
    const broken = start('readers:\n  - virtual\n  - { model: line-raeder, port: /dev/ttyUSB0 }\n');
    await expect(broken).rejects.toMatchObject({ code: 'deviceInputNotUnderstood' });
    await expect(broken).rejects.toThrow(`${devicesFile}:3: readers.1.model: expected one of magtek-hid`);
    const { stage } = await start();
    await stage().toBe('ready');
  });

  it('that are to be served in place of a file stop the start as well, and every device is free again', async () => {
    const reader = join(folder, 'reader');
    const terminal = await openPseudoTerminal({ link: reader });
    closing.push(() => terminal.close());
    const file = join(folder, 'precious');
    await writeFile(file, 'precious');
    const readers = `scanner: none\nreaders: [{ model: line-reader, port: ${JSON.stringify(reader)} }]\n`;
    const refused = start(`${readers}serve: ${JSON.stringify(file)}`);
    await expect(refused).rejects.toThrow(`${file} is there already and is no symbolic link`);
    expect(openFiles()).toEqual([]);
    const { view, faults } = await start(readers);
    await expect.poll(() => view().status.reader.state, { timeout: 10_000 }).toBe('connected');
    expect([faults, existsSync(file), existsSync(reader) && readlinkSync(reader) !== '']).toEqual([[], true, true]);
  });
});
