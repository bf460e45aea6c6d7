import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';
import type { NewPerson } from '../../src/centre/registry.ts';
import type { Intent } from '../../src/ipc/intent.ts';
import { KioskAtWork, type KioskFolders } from './kiosk-at-work.ts';
import { LeakSearch } from './leak-search.ts';
import { heapStrings, leaksInFiles, leaksInMemory } from './searched-places.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');
const pins = {
  mother: '739158',
  motherWrong: '604297',
  father: '285713',
  fatherWrong: '940682',
  provider: '318527',
  providerWrong: '862074',
} as const;
const pinsSought = Object.entries(pins).map(([whose, text]) => ({ what: `the PIN ${whose}`, text }));
const numbersOf = (people: readonly NewPerson[]) =>
  people.flatMap(({ id, residentId, card }) => [
    { what: `the ID number of ${id}`, text: residentId },
    { what: `the card number of ${id}`, text: card.pan },
    { what: `the social security card number of ${id}`, text: card.ssCardNumber },
    { what: `the card identification code of ${id}`, text: card.cardSn },
  ]);
/** The virtual reader has the numbers of its cards in memory, as a customer has them in a purse: there only PINs count. */
const pinSearch = new LeakSearch(pinsSought);

let folder: string;
let folders: KioskFolders;
/** For what is told and kept. */
let search: LeakSearch;
/** For memory: of those whose cards no virtual reader has. */
let strangerSearch: LeakSearch;
let strangers: readonly NewPerson[];
const kiosks: KioskAtWork[] = [];

async function start(): Promise<KioskAtWork> {
  const kiosk = await KioskAtWork.start(folders);
  kiosks.push(kiosk);
  return kiosk;
}

const leaksInAllFiles = () => [...leaksInFiles(search, folders.data), ...leaksInFiles(search, folders.config)];

/** People who are in the centre's register, but whose numbers the kiosk gets to know by nothing but a clerk's keys. */
const strangersHousehold = `
  strangers:
    title: { zh-CN: 外人, en: Strangers }
    shows: { zh-CN: 号码由柜员录入。, en: Their numbers are keyed in. }
    people:
      by-card: { name: 钱甲珍, born: 1957-08-23, balance: "0.00" }
      by-id:   { name: 钱乙平, born: 1955-01-09, balance: "0.00" }
    links: []
`;

/** The deck is loaded once, with the PINs that are searched for; then the kiosk is started with another deck of the same
 *  name, so that it knows those PINs by nothing but their verifiers. */
async function issueCards(): Promise<void> {
  const issuing = join(folder, 'issuing');
  cpSync(fixtures, issuing, { recursive: true });
  const file = join(issuing, 'households.yaml');
  const issued = readFileSync(file, 'utf8')
    .replace('mother:   { name: 李甲兰,', `mother:   { pin: "${pins.mother}", name: 李甲兰,`)
    .replace('father: { name: 周丙山,', `father: { pin: "${pins.father}", name: 周丙山,`)
    .replace('daughter: { name: 王乙芸,', `daughter: { pin: "${pins.provider}", name: 王乙芸,`);
  writeFileSync(file, `${issued.trimEnd()}\n${strangersHousehold}`);
  const { people } = loadDeck(issuing);
  strangers = people.filter(({ id }) => id.startsWith('strangers.'));
  search = new LeakSearch(pinsSought, numbersOf(people));
  strangerSearch = new LeakSearch(pinsSought, numbersOf(strangers));
  const issuer = await KioskAtWork.start({ ...folders, fixtures: issuing });
  await issuer.close();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-leaks-'));
  folders = {
    data: join(folder, 'data'),
    config: join(folder, 'config'),
    fixtures,
    devicesFile: join(folder, 'devices.yaml'),
  };
  writeFileSync(folders.devicesFile, 'readers: [virtual]\nscanner: none\n');
  await issueCards();
});
afterEach(async () => {
  for (const kiosk of kiosks.splice(0)) await kiosk.kill();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a day at the kiosk', () => {
  it('sells, asks a wrong PIN again, is cancelled, gives money back, prints again, and tells none of the secrets', async () => {
    const kiosk = await start();
    await kiosk.saleUpToPin('80', 'demo.mother');
    await kiosk.typePin(pins.motherWrong);
    await kiosk.typePin(pins.mother);
    await kiosk.reach('approved');
    await kiosk.finish();

    await kiosk.saleUpToPin('100', 'both-short.father');
    await kiosk.typePin(pins.fatherWrong);
    await kiosk.typePin(pins.father);
    await kiosk.reach('approved');
    await kiosk.finish();

    await kiosk.saleUpToPin('1', 'demo.mother');
    kiosk.take({ kind: 'key.cancel' });
    await kiosk.reach('cancelled');
    await kiosk.finish();

    for (const undo of ['refund', 'cancel'] as const) {
      const sale = kiosk.view.today.find(({ kind, left }) => kind === 'approved' && left > 0);
      if (sale === undefined) throw new Error('no sale to give back');
      kiosk.take({ kind: 'receipt.reprint', msgId: sale.msgId });
      await kiosk.until('a reprint', () => kiosk.view.reprint !== null);
      kiosk.take({ kind: 'receipt.close' });
      const { settlementId } = sale;
      kiosk.take({ kind: 'undo.choose', undo, settlementId, amount: undo === 'refund' ? '10' : '' });
      await kiosk.reach('confirmingUndo');
      kiosk.take({ kind: 'key.confirm' });
      await kiosk.reach('undone');
      await kiosk.finish();
    }

    kiosk.take({ kind: 'inquiry.start' });
    await kiosk.until('a card to be asked for', () => kiosk.view.inquiry !== null);
    kiosk.take({ kind: 'deck.swipe', person: 'demo.mother', as: 'chip', fault: 'none' });
    await kiosk.until('a balance', () => kiosk.view.inquiry?.stage === 'shown');
    kiosk.take({ kind: 'inquiry.close' });
    kiosk.take({ kind: 'settings.change', voice: false });
    await kiosk.until('the query to end', () => kiosk.view.inquiry === null);

    // What is told and kept.
    expect(kiosk.told).toContain('"kind":"approved"');
    expect(search.leaksIn('what screens and reports were told', kiosk.told)).toEqual([]);
    expect(search.leaksIn('what was printed', kiosk.printed)).toEqual([]);
    expect(leaksInAllFiles()).toEqual([]);

    // What is left in memory. The snapshot is the first to collect what nobody refers to any more.
    expect(leaksInMemory(pinSearch, kiosk.pid) ?? []).toEqual([]);
    const snapshot = join(folder, 'kiosk.heapsnapshot');
    await kiosk.writeHeapSnapshot(snapshot);
    const strings = heapStrings(readFileSync(snapshot, 'utf8'));
    expect(strings).toContain('demo.mother');
    expect(pinSearch.leaksIn('the heap', strings)).toEqual([]);
    await kiosk.close();
    expect(leaksInAllFiles()).toEqual([]);
  }, 60_000);

  it('is crashed by a bug right after a PIN, and neither the report nor what it leaves behind tells of it', async () => {
    const kiosk = await start();
    await kiosk.saleUpToPin('1', 'demo.mother');
    await kiosk.typePin(pins.mother);
    expect(await kiosk.crash()).not.toBe(0);
    expect(kiosk.printed).toContain('a planted bug');
    expect(search.leaksIn('what was printed', kiosk.printed)).toEqual([]);
    expect(leaksInAllFiles()).toEqual([]);
  });

  it('is killed right after a PIN and started again', async () => {
    const killed = await start();
    await killed.saleUpToPin('1', 'demo.mother');
    await killed.typePin(pins.motherWrong);
    await killed.kill();
    expect(leaksInAllFiles()).toEqual([]);
    const again = await start();
    expect(search.leaksIn('what screens and reports were told', killed.told + again.told)).toEqual([]);
    expect(search.leaksIn('what was printed', killed.printed + again.printed)).toEqual([]);
    expect(leaksInAllFiles()).toEqual([]);
    await again.close();
  });

  it('reports messages to the PIN pad that are wrong without what is in them', async () => {
    const kiosk = await start();
    await kiosk.saleUpToPin('1', 'demo.mother');
    const pin = await kiosk.openPin();
    const plain = Buffer.from(pins.mother).toString('base64');
    for (const session of [pin.session, 'another']) {
      kiosk.take({ kind: 'pin.sealed', session, publicKey: pin.publicKey, iv: plain, sealed: plain });
    }
    kiosk.take({ kind: 'pin.typed', session: pin.session, count: 9 });
    await kiosk.until('three reports', () => kiosk.told.split('"kind":"fault"').length > 3);
    expect(search.leaksIn('what screens and reports were told', kiosk.told)).toEqual([]);
    await kiosk.close();
    expect(search.leaksIn('what was printed', kiosk.printed)).toEqual([]);
  });
});

const form = {
  kind: 'binding.terms',
  relation: 'parent',
  providerDocument: null,
  beneficiaryDocument: 'idCard',
  cautionTicked: true,
  beneficiaryConsents: false,
  quota: '',
  until: '',
} as const satisfies Intent;

describe('a day at the binding desk', () => {
  const stranger = (id: string) => {
    const found = strangers.find((one) => one.id === `strangers.${id}`);
    if (found === undefined) throw new Error(`nobody is called ${id}`);
    return found;
  };
  /** Ends the only link that the person at the desk has. */
  async function unlink(kiosk: KioskAtWork): Promise<void> {
    const [link] = kiosk.view.binding?.links ?? [];
    kiosk.take({ kind: 'binding.task', task: 'unlink', linkId: link?.linkId ?? '' });
    await kiosk.atDesk('givingReason');
    kiosk.take({ kind: 'binding.reason', reason: '不再需要' });
    await kiosk.atDesk('unlinked');
    await kiosk.confirmAtDesk('finish');
    await kiosk.atDesk(null);
  }
  /** From the desk's list to the verdict on a link to whom the clerk keys in. */
  async function askFor(kiosk: KioskAtWork, medium: 'ssCardNumber' | 'residentId', number: string): Promise<void> {
    kiosk.take({ kind: 'binding.task', task: 'link', linkId: '' });
    await kiosk.atDesk('awaitingBeneficiary');
    await kiosk.keyNumber(medium, number);
    await kiosk.atDesk('fillingIn');
    kiosk.take(form);
    await kiosk.atDesk('reviewing');
  }
  async function link(kiosk: KioskAtWork, medium: 'ssCardNumber' | 'residentId', number: string): Promise<void> {
    await askFor(kiosk, medium, number);
    await kiosk.confirmAtDesk('link');
    await kiosk.atDesk('linked');
    await kiosk.confirmAtDesk('finish');
    await kiosk.atDesk(null);
  }

  it('links by keyed card and ID numbers, refuses, mistypes, unlinks, and tells none of the secrets', async () => {
    const kiosk = await start();
    await kiosk.admit('demo.daughter', [pins.providerWrong, pins.provider]);
    await unlink(kiosk);
    await kiosk.admit('demo.daughter', [pins.provider]);
    const byCard = stranger('by-card').card.ssCardNumber;
    await link(kiosk, 'ssCardNumber', byCard);

    // Refused: she has a beneficiary now, and so has whoever is asked for.
    await kiosk.admit('demo.daughter', [pins.provider]);
    await askFor(kiosk, 'residentId', stranger('by-id').residentId);
    expect(kiosk.view.binding?.verdict?.findings.map(({ code }) => code)).toContain('PROVIDER_ALREADY_LINKED');
    kiosk.take({ kind: 'key.cancel' });
    await kiosk.atDesk(null);
    await kiosk.admit('demo.daughter', [pins.provider]);
    await unlink(kiosk);

    // Mistyped: numbers whose check character is wrong, and one that nobody has.
    await kiosk.admit('demo.daughter', [pins.provider]);
    kiosk.take({ kind: 'binding.task', task: 'link', linkId: '' });
    await kiosk.atDesk('awaitingBeneficiary');
    const { residentId } = stranger('by-id');
    await kiosk.keyNumber('residentId', `${residentId.slice(0, 17)}${residentId.endsWith('1') ? '2' : '1'}`);
    await kiosk.until('a notice', () => kiosk.view.binding?.notice?.id === 'bindingIdCheck');
    await kiosk.keyNumber('residentId', residentId.slice(0, 17));
    await kiosk.until('another notice', () => kiosk.view.binding?.notice?.id === 'bindingIdLength');
    kiosk.take({ kind: 'binding.back' });
    await kiosk.atDesk('desk');
    await link(kiosk, 'residentId', residentId);

    expect(kiosk.told).toContain('"deed":"linked"');
    expect(kiosk.told).toContain('"deed":"ended"');
    expect(search.leaksIn('what screens and reports were told', kiosk.told)).toEqual([]);
    expect(search.leaksIn('what was printed', kiosk.printed)).toEqual([]);
    expect(leaksInAllFiles()).toEqual([]);

    expect(leaksInMemory(pinSearch, kiosk.pid) ?? []).toEqual([]);
    const snapshot = join(folder, 'binding.heapsnapshot');
    await kiosk.writeHeapSnapshot(snapshot);
    const strings = heapStrings(readFileSync(snapshot, 'utf8'));
    expect(strings).toContain('demo.daughter');
    expect(strangerSearch.leaksIn('the heap', strings)).toEqual([]);
    await kiosk.close();
    expect(leaksInAllFiles()).toEqual([]);
  }, 90_000);

  it('is killed with a keyed number on its way and one on the form, and started again', async () => {
    const killed = await start();
    await killed.admit('demo.daughter', [pins.provider]);
    await askFor(killed, 'ssCardNumber', stranger('by-card').card.ssCardNumber);
    await killed.kill();
    expect(search.leaksIn('what screens and reports were told', killed.told)).toEqual([]);
    expect(search.leaksIn('what was printed', killed.printed)).toEqual([]);
    expect(leaksInAllFiles()).toEqual([]);
    const again = await start();
    await again.close();
    expect(leaksInAllFiles()).toEqual([]);
  });

  it('reports a number that does not open without what is in it', async () => {
    const kiosk = await start();
    await kiosk.admit('demo.daughter', [pins.provider]);
    kiosk.take({ kind: 'binding.task', task: 'link', linkId: '' });
    await kiosk.atDesk('awaitingBeneficiary');
    const { residentId } = stranger('by-id');
    const plain = Buffer.from(residentId).toString('base64');
    kiosk.take({ kind: 'binding.number', medium: 'residentId', publicKey: plain, iv: plain, sealed: plain });
    await kiosk.until('a report', () => kiosk.told.includes('"kind":"fault"'));
    expect(search.leaksIn('what screens and reports were told', kiosk.told)).toEqual([]);
    await kiosk.close();
    expect(search.leaksIn('what was printed', kiosk.printed)).toEqual([]);
  });
});
