import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { openPseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { createKiosk } from '../../src/app/kiosk.ts';
import type { Kiosk, KioskOptions } from '../../src/app/kiosk-contract.ts';
import { LocalCentre } from '../../src/centre/local-centre.ts';
import { sealDigits } from '../../src/ipc/pin-seal.ts';
import type { TerminalView } from '../../src/ipc/view.ts';
import { CentreFault } from '../../src/ports/centre.ts';
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

/** Sells for `amount` to the mother of the demonstration: 50.00 of her own, the daughter for the rest. */
async function sell({ kiosk, view, stage }: Awaited<ReturnType<typeof start>>, amount: string) {
  kiosk.take({ kind: 'amount.submit', text: amount }, 'operator');
  kiosk.take(swipe('demo.mother'), 'operator');
  await typePin(kiosk, view);
  await stage().toBe('approved');
}
/** Presses Enter once it does something. */
async function confirm({ kiosk, view }: Awaited<ReturnType<typeof start>>) {
  await expect.poll(() => view().confirm).not.toBeNull();
  kiosk.take({ kind: 'key.confirm' }, 'operator');
}

it('shows in the list what the centre did with a sale that was suspended as unknown', async () => {
  const centre = vi.spyOn(LocalCentre.prototype, 'settle').mockImplementationOnce(async function (
    this: LocalCentre,
    sale,
  ) {
    await LocalCentre.prototype.settle.call(this, sale);
    throw new CentreFault('noAnswer');
  });
  closing.push(async () => centre.mockRestore());
  const { kiosk, view, stage } = await start();
  await stage().toBe('ready');
  kiosk.take({ kind: 'amount.submit', text: '80' }, 'operator');
  kiosk.take(swipe('demo.mother'), 'operator');
  await typePin(kiosk, view);
  await stage().toBe('unknown');
  kiosk.take({ kind: 'supervisor.suspend', by: '王店长', reason: '中心停机' }, 'operator');
  await stage().toBe('suspended');
  expect(view().today).toMatchObject([{ kind: 'approved', total: 8000 }]);
});

describe('a sale of the list', () => {
  it('is refunded in part, then cancelled for the rest, with who gets what back shown before', async () => {
    const counter = await start();
    const { kiosk, view, stage } = counter;
    await stage().toBe('ready');
    await sell(counter, '80');
    await confirm(counter);
    await stage().toBe('ready');
    const [sale] = view().today;
    if (sale === undefined) throw new Error('no sale in the list');
    expect(sale).toMatchObject({ kind: 'approved', total: 8000, own: 5000, shared: 3000, left: 8000 });
    const undo = { kind: 'undo.choose', settlementId: sale.settlementId } as const;

    kiosk.take({ ...undo, undo: 'refund', amount: '10.5' }, 'operator');
    await stage().toBe('confirmingUndo');
    expect(view().undoQuote).toMatchObject({ kind: 'refund', returned: { total: 1050, own: 0, shared: 1050 } });
    kiosk.take({ kind: 'key.cancel' }, 'operator');
    await stage().toBe('cancelled');
    expect([view().prompt.id, view().today[0]?.left]).toEqual(['undoCancelled', 8000]);

    await expect.poll(() => view().confirm).toBe('finish');
    kiosk.take({ ...undo, undo: 'refund', amount: '10.5' }, 'operator');
    await confirm(counter);
    await stage().toBe('undone');
    expect(view().undone).toMatchObject({ kind: 'refund', returned: { total: 1050 }, remaining: { total: 6950 } });
    expect(view().today).toMatchObject([
      { kind: 'refund', total: 1050 },
      { kind: 'approved', left: 6950 },
    ]);

    await expect.poll(() => view().confirm).toBe('finish');
    kiosk.take({ ...undo, undo: 'cancel', amount: '' }, 'operator');
    await confirm(counter);
    await stage().toBe('undone');
    expect(view().today.map(({ kind, total, left }) => [kind, total, left])).toEqual([
      ['cancel', 6950, 0],
      ['refund', 1050, 0],
      ['approved', 8000, 0],
    ]);
    expect(counter.faults).toEqual([]);
  });

  it.each([
    ['0', 'amountNotPositive'],
    ['1.234', 'amountNotANumber'],
    ['x', 'amountNotANumber'],
  ])('is not refunded by "%s"', async (amount, notice) => {
    const { kiosk, view, stage } = await start();
    await stage().toBe('ready');
    kiosk.take({ kind: 'undo.choose', undo: 'refund', settlementId: 'S', amount }, 'operator');
    expect([view().stage, view().notice?.id]).toEqual(['ready', notice]);
  });

  it('is printed again, marked as such, until it is closed; never while a PIN is asked for', async () => {
    const counter = await start();
    const { kiosk, view, stage } = counter;
    await stage().toBe('ready');
    await sell(counter, '80');
    const msgId = view().today[0]?.msgId ?? '';
    kiosk.take({ kind: 'receipt.reprint', msgId: 'no such' }, 'operator');
    expect(view().reprint).toBeNull();
    kiosk.take({ kind: 'receipt.reprint', msgId }, 'operator');
    expect(view().reprint?.some(({ label }) => label.includes('重印'))).toBe(true);
    kiosk.take({ kind: 'receipt.close' }, 'operator');
    expect(view().reprint).toBeNull();
    await confirm(counter);
    await stage().toBe('ready');
    kiosk.take({ kind: 'receipt.reprint', msgId }, 'operator');
    kiosk.take({ kind: 'amount.submit', text: '1' }, 'operator');
    kiosk.take(swipe('demo.mother'), 'operator');
    await stage().toBe('awaitingPin');
    expect(view().reprint).toBeNull();
    kiosk.take({ kind: 'receipt.reprint', msgId }, 'operator');
    expect(view().reprint).toBeNull();
  });
});

describe('a balance query', () => {
  it('tells a customer what is his, and nobody a provider’s balance', async () => {
    const { kiosk, view, stage } = await start();
    await stage().toBe('ready');
    kiosk.take({ kind: 'inquiry.start' }, 'operator');
    expect(view().inquiry).toMatchObject({ stage: 'awaitingCard' });
    kiosk.take(swipe('demo.mother'), 'operator');
    await expect.poll(() => view().inquiry?.stage).toBe('shown');
    expect(view().inquiry).toMatchObject({ own: 5000, providers: [{ relation: 'parent', available: true }] });
    expect(JSON.stringify(view().inquiry)).not.toContain('20000');
    expect(view().stage).toBe('ready');
    kiosk.take({ kind: 'inquiry.close' }, 'operator');
    expect(view().inquiry).toBeNull();
  });
});

describe('while the centre cannot be reached', () => {
  /** Another program that keeps the centre's database to itself: nothing is written until it lets go. */
  function lockCentre(): () => void {
    const db = new DatabaseSync(join(folder, 'centre.sqlite'));
    db.exec('BEGIN IMMEDIATE');
    let isOpen = true;
    const letGo = () => {
      if (isOpen) db.close();
      isOpen = false;
    };
    closing.push(async () => letGo());
    return letGo;
  }
  async function unknownSale(delays: KioskOptions['delays'] = {}) {
    const counter = await start(virtualOnly, { delays: { attention: 1, query: 60_000, ...delays } });
    const { kiosk, view, stage } = counter;
    await stage().toBe('ready');
    await sell(counter, '10');
    await confirm(counter);
    await stage().toBe('ready');
    kiosk.take({ kind: 'amount.submit', text: '20' }, 'operator');
    kiosk.take(swipe('demo.mother'), 'operator');
    await stage().toBe('awaitingPin');
    const letGo = lockCentre();
    await typePin(kiosk, view);
    await stage().toBe('unknown');
    return { ...counter, letGo };
  }

  it('an outcome is unknown: no new sale, its code said; balance query and reprint go on; Enter asks', async () => {
    const { kiosk, view, stage, letGo } = await unknownSale();
    expect(view()).toMatchObject({
      confirm: 'query',
      unknown: { kind: 'settle', amount: 2000, step: 'query', attempts: 0 },
      status: { centreOnline: false },
    });
    for (const kind of ['amount.edit', 'amount.submit'] as const) {
      kiosk.take({ kind, text: '5' }, 'operator');
      expect([view().stage, view().notice?.params.code]).toEqual(['unknown', 'UNKNOWN_OUTCOME']);
    }
    kiosk.take({ kind: 'inquiry.start' }, 'operator');
    kiosk.take(swipe('demo.daughter'), 'operator');
    await expect.poll(() => view().inquiry?.stage).toBe('shown');
    kiosk.take({ kind: 'receipt.reprint', msgId: view().today[0]?.msgId ?? '' }, 'operator');
    expect(view().reprint?.length).toBeGreaterThan(5);
    expect(view().stage).toBe('unknown');
    letGo();
    kiosk.take({ kind: 'key.confirm' }, 'operator');
    await stage().toBe('cancelled');
    // The slip of before does not hide the outcome.
    expect([view().prompt.id, view().reprint]).toEqual(['notCharged', null]);
  });

  it('a supervisor may have it reversed', async () => {
    const { kiosk, view, stage, letGo } = await unknownSale();
    letGo();
    kiosk.take({ kind: 'supervisor.push', step: 'reverse' }, 'operator');
    await stage().toBe('undone');
    expect(view().prompt.id).toBe('reversed');
  });

  it('or writes it down, which is kept over a restart until somebody asks again', async () => {
    const { kiosk, view, stage, letGo } = await unknownSale();
    for (const [by, reason] of [
      [' ', 'why'],
      ['88', ' '],
    ] as const) {
      kiosk.take({ kind: 'supervisor.suspend', by, reason }, 'operator');
      expect(view().unknown?.asking).toBe(false);
    }
    kiosk.take({ kind: 'supervisor.suspend', by: ' 88 ', reason: 'no network' }, 'operator');
    await stage().toBe('suspended');
    expect(view().suspended).toMatchObject([{ amount: 2000, by: '88', reason: 'no network' }]);
    await kiosk.close();
    letGo();

    const again = await start();
    await again.stage().toBe('ready');
    const [item] = again.view().suspended;
    expect(item).toMatchObject({ amount: 2000, by: '88' });
    again.kiosk.take({ kind: 'suspended.reopen', msgId: item?.msgId ?? '' }, 'operator');
    await again.stage().toBe('cancelled');
    expect([again.view().prompt.id, again.view().suspended]).toEqual(['notCharged', []]);
  });
});

describe('what a supervisor sees of the terminal', () => {
  it('is how its keys are sealed, and the last faults by name', async () => {
    const { view, stage } = await start();
    await stage().toBe('ready');
    expect(view().health).toMatchObject({ journalSetAside: null, faults: [] });
    expect(['osStore', 'passphrase', 'passphraseFile']).toContain(view().health?.keyProtection);
  });

  it('is a journal that was damaged, and where it is kept', async () => {
    await writeFile(join(folder, 'journal.jsonl'), 'no journal of ours\n');
    const { view, stage } = await start();
    await stage().toBe('ready');
    expect(view().health?.journalSetAside?.path).toContain(folder);
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
