import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';
import { createKiosk } from '../../src/app/kiosk.ts';
import type { KioskOptions } from '../../src/app/kiosk-contract.ts';
import type { Intent } from '../../src/ipc/intent.ts';
import { sealDigits } from '../../src/ipc/pin-seal.ts';
import type { BindingView, TerminalView } from '../../src/ipc/view.ts';
import { sealLine } from '../../src/ipc/wedge-seal.ts';

const fixturesFolder = resolve(import.meta.dirname, '../../fixtures');
const deck = loadDeck(fixturesFolder);
let folder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongji-binding-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
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

async function start(options: Partial<KioskOptions> = {}) {
  const devicesFile = join(folder, 'devices.yaml');
  await writeFile(devicesFile, 'readers: [virtual]\nscanner: none\n');
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
  const take = (intent: Intent) => kiosk.take(intent, 'operator');
  const view = (): TerminalView => {
    const shown = kiosk.hello('operator').view;
    if (shown === null) throw new Error('the operator has no view');
    return shown;
  };
  const binding = (): BindingView => {
    const shown = view().binding;
    if (shown === null) throw new Error('the binding desk is closed');
    return shown;
  };
  const until = (stage: BindingView['stage'] | undefined) =>
    expect.poll(() => view().binding?.stage, { timeout: 10_000 }).toBe(stage);
  const swipe = (person: string) => take({ kind: 'deck.swipe', person, as: 'stripe', fault: 'none' });
  const key = async (medium: 'ssCardNumber' | 'residentId', text: string) => {
    take({ kind: 'binding.number', medium, ...(await sealLine(text, kiosk.hello('operator').wedgeKey)) });
  };
  const typePin = async (digits: readonly number[] = [1, 3, 5, 7, 9, 0]) => {
    await expect.poll(() => view().pin).not.toBeNull();
    const { pin } = view();
    if (pin === null) throw new Error('no PIN is asked for');
    const sealed = await sealDigits(Uint8Array.from(digits), pin.session, pin.publicKey);
    kiosk.take({ kind: 'pin.sealed', session: pin.session, ...sealed }, 'operator');
  };
  const confirm = async (what: BindingView['confirm']) => {
    await expect.poll(() => view().binding?.confirm).toBe(what);
    take({ kind: 'key.confirm' });
  };
  /** The provider comes by his card and PIN. */
  const admit = async (person: string) => {
    take({ kind: 'binding.start' });
    await until('awaitingProvider');
    swipe(person);
    await typePin();
    await until('desk');
  };
  const sell = async (person: string) => {
    await expect.poll(() => view().stage).toBe('ready');
    take({ kind: 'amount.submit', text: '80' });
    swipe(person);
    await typePin();
    await expect.poll(() => view().stage, { timeout: 10_000 }).toBe('approved');
    const { split } = view();
    take({ kind: 'key.confirm' });
    return split;
  };
  await expect.poll(() => view().stage, { timeout: 10_000 }).toBe('ready');
  return { kiosk, take, view, binding, until, swipe, key, typePin, confirm, admit, sell, faults };
}

function number(person: string, which: 'ssCardNumber' | 'socialSecurityNumber'): string {
  const card = deck.cards.get(person);
  if (card === undefined) throw new Error(`${person} is not in the deck`);
  return card[which].expose();
}

describe('the binding desk of the kiosk, with a real centre', () => {
  it('ends a link, and makes it anew by two swipes; a sale between them does not use it, the next one does', async () => {
    const k = await start({ linkChannel: 'hospital' });
    await k.admit('demo.daughter');
    const [old] = k.binding().links;
    expect(k.binding()).toMatchObject({
      channel: 'hospital',
      provider: { maskedName: '王*芸', document: 'socialCard' },
      links: [{ role: 'provider', relation: 'parent', other: { maskedName: '李*兰' } }],
    });
    k.take({ kind: 'binding.task', task: 'unlink', linkId: old?.linkId ?? '' });
    await k.until('givingReason');
    expect(k.binding().taskLink).toEqual(old);
    k.take({ kind: 'binding.reason', reason: '不再需要' });
    await k.until('unlinked');
    expect(k.binding()).toMatchObject({
      links: [],
      record: { deed: 'ended', reason: '不再需要', channel: 'hospital' },
    });
    await k.confirm('finish');
    await k.until(undefined);
    expect(await k.sell('demo.mother')).toMatchObject({ own: 5000, shared: 0, cash: 3000 });

    await k.admit('demo.daughter');
    k.take({ kind: 'binding.task', task: 'link', linkId: '' });
    await k.until('awaitingBeneficiary');
    k.swipe('demo.mother');
    await k.until('fillingIn');
    expect(k.binding().beneficiary).toMatchObject({ maskedName: '李*兰', document: 'socialCard' });
    k.take(form);
    await k.until('reviewing');
    expect(k.binding()).toMatchObject({ verdict: { findings: [] }, prompt: { id: 'bindingAllowed' } });
    await k.confirm('link');
    await k.until('linked');
    expect(k.binding()).toMatchObject({
      record: { deed: 'linked', documents: { provider: 'socialCard', beneficiary: 'socialCard' } },
      links: [{ role: 'provider', channel: 'hospital' }],
    });
    expect(k.binding().receipt?.length).toBeGreaterThan(10);
    k.take({ kind: 'binding.close' });
    await k.until(undefined);
    expect(await k.sell('demo.mother')).toMatchObject({ own: 0, shared: 8000, cash: 0 });
    expect(k.faults).toEqual([]);
  });

  it('refuses with all reasons after a keyed number, and nothing is written', async () => {
    const k = await start();
    await k.admit('demo.daughter');
    const { links } = k.binding();
    k.take({ kind: 'binding.task', task: 'link', linkId: '' });
    await k.until('awaitingBeneficiary');
    await k.key('ssCardNumber', number('both-short.father', 'ssCardNumber'));
    await k.until('fillingIn');
    expect(k.binding().beneficiary?.document).toBeNull();
    k.take({ ...form, relation: 'sibling', beneficiaryDocument: null, cautionTicked: false });
    await k.until('reviewing');
    expect(k.binding().prompt.id).toBe('bindingNotAllowed');
    expect(k.binding().verdict?.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'DOC_MISSING',
        'CONSENT_MISSING',
        'PROVIDER_ALREADY_LINKED',
        'BENEFICIARY_ALREADY_LINKED',
      ]),
    );
    k.take({ kind: 'key.confirm' });
    k.take({ kind: 'binding.back' });
    await k.until('fillingIn');
    k.take({ kind: 'key.cancel' });
    await k.until(undefined);
    await k.admit('demo.daughter');
    expect(k.binding().links).toEqual(links);
  });

  it.each([
    ['ssCardNumber', '12345678', 'bindingCardLength'],
    ['ssCardNumber', '1234567!9', 'bindingCardCharacters'],
    ['ssCardNumber', 'X00000018', 'bindingCardCheck'],
    ['residentId', '9999991990010100', 'bindingIdLength'],
    ['residentId', '99999919900101001Y', 'bindingIdCharacters'],
    ['residentId', '999999199013010015', 'bindingIdBirthDate'],
    ['residentId', '999999199001010010', 'bindingIdCheck'],
  ] as const)(
    'says what is wrong with a keyed %s %s, and asks the centre nothing: %s',
    async (medium, text, prompt) => {
      const k = await start();
      k.take({ kind: 'binding.start' });
      await k.key(medium, text);
      await expect.poll(() => k.binding().notice?.id).toBe(prompt);
      expect(k.binding().stage).toBe('awaitingProvider');
    },
  );

  it('takes a provider by his ID card where documents are enough, without a PIN (R10)', async () => {
    const k = await start();
    k.take({ kind: 'binding.start' });
    await k.key('residentId', ` ${number('demo.daughter', 'socialSecurityNumber').toLowerCase()} `);
    await k.until('desk');
    expect(k.binding().provider).toMatchObject({ maskedName: '王*芸', document: 'idCard' });
  });

  it('is in Shenzhen a swipe of the provider and the keyed number of the beneficiary (R20)', async () => {
    const k = await start({ profile: 'shenzhen-2019' });
    k.take({ kind: 'binding.start' });
    await k.key('residentId', number('demo.daughter', 'socialSecurityNumber'));
    await expect.poll(() => k.binding().notice?.id).toBe('bindingNotForProvider');
    k.swipe('demo.daughter');
    await k.typePin();
    await k.until('desk');
    k.take({ kind: 'binding.task', task: 'link', linkId: '' });
    await k.until('awaitingBeneficiary');
    expect(k.binding().prompt.id).toBe('bindingBeneficiaryNumber');
    k.swipe('demo.mother');
    await expect.poll(() => k.binding().notice?.id).toBe('bindingWayClosed');
    await k.key('ssCardNumber', number('demo.mother', 'ssCardNumber'));
    await k.until('fillingIn');
  });

  it('counts wrong PINs as a sale does, says how many are left, and goes on with the right one (R78)', async () => {
    const k = await start();
    k.take({ kind: 'binding.start' });
    k.swipe('demo.daughter');
    await k.typePin([1, 1, 1, 1, 1, 1]);
    await expect.poll(() => k.binding().prompt.id).toBe('bindingPinAgain');
    expect(k.binding().decline).toMatchObject({ code: 'PIN_WRONG', number: 'D20' });
    const session = k.view().pin?.session;
    await k.typePin();
    await k.until('desk');
    expect(k.view().pin?.session).not.toBe(session);
  });

  it('holds sales, balance queries and sign-outs off while it is open, and is itself held off by a sale', async () => {
    const k = await start();
    k.take({ kind: 'binding.start' });
    k.take({ kind: 'amount.submit', text: '80' });
    k.take({ kind: 'inquiry.start' });
    k.take({ kind: 'operator.signOut' });
    expect(k.view()).toMatchObject({ stage: 'ready', inquiry: null, binding: { notice: { id: 'bindingFirst' } } });
    k.take({ kind: 'binding.back' });
    expect(k.view().binding).toBeNull();
    k.take({ kind: 'amount.submit', text: '80' });
    k.take({ kind: 'binding.start' });
    expect(k.view()).toMatchObject({ stage: 'awaitingCard', binding: null, notice: { id: 'busy' } });
  });

  it("leaves the customer the cancel key of the provider's PIN, and no other", async () => {
    const k = await start();
    k.take({ kind: 'binding.start' });
    k.kiosk.take({ kind: 'key.cancel' }, 'customer');
    expect(k.binding().stage).toBe('awaitingProvider');
    k.swipe('demo.daughter');
    await expect.poll(() => k.view().pin).not.toBeNull();
    k.kiosk.take({ kind: 'key.cancel' }, 'customer');
    await k.until(undefined);
  });
});
