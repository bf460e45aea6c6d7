import { describe, expect, it } from 'vitest';
import { fen } from '../../src/domain/money.ts';
import { beneficiaryWays } from '../../src/domain/policy-profile.ts';
import type { Decline } from '../../src/ports/centre.ts';
import { type BindingEvent, defaultBindingDelays } from '../../src/terminal/binding-model.ts';
import { promptOfBinding } from '../../src/terminal/prompt-of-binding.ts';
import {
  admitted,
  allowed,
  beneficiary,
  beneficiaryCard,
  byCode,
  keyedCard,
  keyedId,
  linked,
  linkRecord,
  notAllowed,
  pinLocked,
  provider,
  providerCard,
  shownCode,
  standing,
  terms,
  unlinked,
} from './binding-answers.ts';
import { harness } from './counter-harness.ts';
import { bill, pinBlock } from './fake-ports.ts';

type Script = NonNullable<Parameters<typeof harness>[0]>;
const { person, pin, answer, retry, retryMax, shown, attention, notice } = defaultBindingDelays;

const answers = {
  lookUp: [provider, beneficiary],
  admit: [admitted],
  explainLink: [{ kind: 'explained', verdict: allowed }],
  link: [linked],
  unlink: [unlinked],
} as const satisfies Script;
const declined = (decline: Decline) => ({ kind: 'declined', decline }) as const;

/** A counter whose binding desk has just been opened, on canned answers. */
async function opened(script: Script = {}, channel: 'counter' | 'hospital' = 'counter') {
  const h = harness({ ...answers, ...script });
  await h.ready();
  expect(h.counter.startBinding(channel)).toBe('started');
  const send = async (event: BindingEvent) => {
    h.counter.sendBinding(event);
    await h.settleDown();
  };
  return {
    ...h,
    send,
    stage: () => h.counter.binding?.stage,
    context: () => {
      const { binding } = h.counter;
      if (binding === null) throw new Error('the desk is closed');
      return binding.context;
    },
    card: async (credential = providerCard) => {
      h.reader({ kind: 'reading' });
      h.reader({ kind: 'read', read: { ok: true, credential } });
      await h.settleDown();
    },
    key: (proof: typeof keyedId) => {
      if (proof.medium !== 'residentId' && proof.medium !== 'ssCardNumber') throw new Error('nothing to key in');
      return send({ type: 'number.keyed', ...proof });
    },
    confirm: async () => {
      await h.wait(attention);
      await send({ type: 'key.confirm' });
    },
  };
}
type Desk = Awaited<ReturnType<typeof opened>>;

async function atDesk(script: Script = {}, channel: 'counter' | 'hospital' = 'counter') {
  const d = await opened(script, channel);
  await d.card();
  await d.pin();
  expect(d.stage()).toBe('desk');
  return d;
}
async function atForm(script: Script = {}, task: 'link' | 'change' = 'link') {
  const d = await atDesk(script);
  await d.send({ type: 'task.chosen', task: task === 'link' ? { kind: task } : { kind: task, linkId: 'L1' } });
  await d.card(beneficiaryCard);
  expect(d.stage()).toBe('fillingIn');
  return d;
}
async function atReview(script: Script = {}, task: 'link' | 'change' = 'link') {
  const d = await atForm(script, task);
  await d.send({ type: 'terms.given', terms });
  expect(d.stage()).toBe('reviewing');
  return d;
}
async function confirmed(script: Script = {}) {
  const d = await atReview(script);
  await d.confirm();
  return d;
}
async function atReason(script: Script = {}) {
  const d = await atDesk(script);
  await d.send({ type: 'task.chosen', task: { kind: 'unlink', linkId: 'L1' } });
  expect(d.stage()).toBe('givingReason');
  return d;
}

describe('binding: who provides, and that it is he', () => {
  it('takes card and PIN, and shows his links: one card read, one PIN entry', async () => {
    const d = await atDesk({}, 'hospital');
    expect(d.verbs()).toEqual(['lookUp', 'admit']);
    expect(d.requests('lookUp')[0]?.proof).toBe(providerCard);
    expect(d.pinRequest()).toEqual({ pan: provider.pan, length: 6 });
    expect(d.requests('admit')).toMatchObject([
      { card: 'card-P', proof: { kind: 'pin', pinBlock }, operator: '01', signNo: 'SN1' },
    ]);
    expect(d.context()).toMatchObject({
      channel: 'hospital',
      links: admitted.links,
      cardReads: 1,
      pinEntries: 1,
      provider: { by: 'stripe', document: 'socialCard' },
    });
    expect(JSON.stringify(d.counter.binding)).not.toContain(pinBlock.hex);
    expect(d.counter.state).toBe('ready');
  });

  it('asks for no PIN where a 医保码 or a compared ID card says it (R10, R35)', async () => {
    const code = await opened({ lookUp: [byCode(provider)] });
    await code.scan(shownCode);
    expect([code.stage(), code.pinOpen()]).toEqual(['desk', false]);
    expect(code.requests('admit')[0]?.proof).toEqual({ kind: 'voucher', voucher: byCode(provider).voucher });
    expect(code.context().provider?.document).toBe('evoucher');
    const id = await opened();
    await id.key(keyedId);
    expect([id.stage(), id.pinOpen()]).toEqual(['desk', false]);
    expect(id.requests('admit')[0]?.proof).toEqual({ kind: 'idCard' });
    expect(id.context().provider?.document).toBe('idCard');
  });

  it('takes no card number for the provider, and where his card alone counts nothing but the card (R20)', async () => {
    const d = await opened();
    await d.key(keyedCard);
    expect([d.stage(), d.context().notice, d.sent]).toEqual(['awaitingProvider', 'bindingNotForProvider', []]);
    const shenzhen = await opened({ bindingRules: { documents: 'provider_card', beneficiaryBy: ['cardNumber'] } });
    await shenzhen.key(keyedId);
    await shenzhen.scan(shownCode);
    expect([shenzhen.stage(), shenzhen.sent]).toEqual(['awaitingProvider', []]);
    await shenzhen.card();
    expect(shenzhen.stage()).toBe('awaitingPin');
  });

  it('asks again after a wrong PIN with the tries left, in a message of its own (R78)', async () => {
    const d = await opened({ admit: [declined({ code: 'PIN_WRONG', triesLeft: 5 }), admitted] });
    await d.card();
    await d.pin();
    expect([d.stage(), d.context().setback, d.pinOpen()]).toEqual([
      'awaitingPin',
      { code: 'PIN_WRONG', triesLeft: 5 },
      true,
    ]);
    await d.pin();
    expect([d.stage(), d.context().setback, d.context().pinEntries]).toEqual(['desk', null, 2]);
    const [first, second] = d.requests('admit');
    expect(first?.msgId).not.toBe(second?.msgId);
  });

  it('renews the PIN key that the centre does not take any more, and asks for the PIN again', async () => {
    const d = await opened({ admit: [declined({ code: 'PIN_KEY_EXPIRED' }), admitted] });
    await d.card();
    await d.pin();
    expect([d.stage(), d.keysDropped(), d.signIns.length]).toEqual(['awaitingPin', 1, 2]);
    await d.pin();
    expect(d.stage()).toBe('desk');
  });

  it.each([
    ['a locked PIN', { admit: [declined({ code: 'PIN_LOCKED' })] }, 'PIN_LOCKED'],
    ['a lost card', { lookUp: [declined({ code: 'CARD_LOST', fact: 'lost' })] }, 'CARD_LOST'],
    ['a false card', { lookUp: [declined({ code: 'CARD_FAKE' })] }, 'CARD_FAKE'],
  ] as const)('ends with %s, and no step leads on', async (_, script, code) => {
    const d = await opened(script);
    await d.card();
    await d.pin();
    expect([d.stage(), d.context().decline?.code, d.counter.binding?.canGoBack]).toEqual(['refused', code, false]);
    await d.wait(shown);
    expect(d.counter.binding).toBeNull();
  });

  it('opens no pad for a PIN that is locked: it says which other document will do (R10, R79, R93)', async () => {
    const d = await opened({ lookUp: [pinLocked(provider), provider] });
    await d.card();
    expect([d.stage(), d.pinOpen(), d.context().provider]).toEqual(['awaitingProvider', false, null]);
    const prompt = promptOfBinding('awaitingProvider', d.context(), { readerLost: false, atPad: false });
    expect(prompt).toEqual({ id: 'bindingPinLocked', params: {} });
    await d.key(keyedId);
    expect([d.stage(), d.context().setback, d.context().pinEntries]).toEqual(['desk', null, 0]);
  });

  it('ends at once with a locked PIN where only the card counts (R20, R79, R93)', async () => {
    const bindingRules = { documents: 'provider_card', beneficiaryBy: ['cardNumber'] } as const;
    const d = await opened({ bindingRules, lookUp: [pinLocked(provider)] });
    await d.card();
    expect([d.stage(), d.pinOpen(), d.context().decline?.code]).toEqual(['refused', false, 'PIN_LOCKED']);
  });

  it('does not mind a locked PIN of the beneficiary', async () => {
    const d = await atForm({ lookUp: [provider, pinLocked(beneficiary)] });
    expect(d.stage()).toBe('fillingIn');
  });

  it('waits for another number when the first is nobody’s', async () => {
    const d = await opened({ lookUp: [declined({ code: 'PERSON_NOT_FOUND' }), provider] });
    await d.key(keyedId);
    expect([d.stage(), d.context().setback?.code, d.context().asked]).toEqual([
      'awaitingProvider',
      'PERSON_NOT_FOUND',
      null,
    ]);
    await d.card();
    expect(d.context().setback).toBeNull();
  });

  it('sends an entry that was not answered again as the same message: it is one try', async () => {
    const d = await opened({ admit: ['fault', 'silence', admitted] });
    await d.card();
    await d.pin();
    await d.wait(retry);
    await d.wait(answer);
    await d.wait(retry);
    expect([d.stage(), d.context().pinEntries]).toEqual(['desk', 1]);
    expect(new Set(d.requests('admit').map(({ msgId }) => msgId)).size).toBe(1);
    expect(d.requests('admit')).toHaveLength(3);
  });

  it('gives an entry up when the centre stays away', async () => {
    const d = await opened({ admit: ['fault'] });
    await d.card();
    await d.pin();
    await d.wait(retry);
    await d.wait(retry);
    expect([d.stage(), d.context().decline?.code]).toEqual(['refused', 'CENTRE_UNAVAILABLE']);
    expect(d.requests('admit')).toHaveLength(3);
  });

  it('shows a code again under the message of the first time, or it would be used up (R97)', async () => {
    const d = await opened({ lookUp: ['fault', byCode(provider)] });
    await d.scan(shownCode);
    await d.wait(retry);
    expect(d.stage()).toBe('desk');
    expect(new Set(d.requests('lookUp').map(({ msgId }) => msgId)).size).toBe(1);
  });
});

describe('binding: a new link', () => {
  it('is filled in, judged without writing, confirmed and made, and shows its record', async () => {
    const d = await atReview();
    expect(d.verbs()).toEqual(['lookUp', 'admit', 'lookUp', 'explainLink']);
    const asked = {
      permit: 'permit-1',
      beneficiary: 'card-B',
      replaces: null,
      terms: { ...terms, channel: 'counter', documents: { provider: 'socialCard', beneficiary: 'socialCard' } },
    };
    expect(d.requests('explainLink')).toMatchObject([asked]);
    await d.confirm();
    expect(d.requests('link')).toMatchObject([asked]);
    expect([d.stage(), d.context().record, d.context().links]).toEqual(['linked', linked.record, linked.links]);
    await d.confirm();
    expect(d.counter.binding).toBeNull();
  });

  it('takes the Enter of the form for no confirmation', async () => {
    const d = await atReview();
    await d.send({ type: 'key.confirm' });
    expect([d.stage(), d.counter.binding?.confirmable]).toEqual(['reviewing', false]);
    await d.wait(attention);
    expect(d.counter.binding?.confirmable).toBe(true);
  });

  it('is not to be confirmed while anything stands in the way, and can be filled in again', async () => {
    const d = await atReview({ explainLink: [{ kind: 'explained', verdict: notAllowed }] });
    await d.confirm();
    expect([d.stage(), d.context().verdict]).toEqual(['reviewing', notAllowed]);
    await d.send({ type: 'key.back' });
    expect([d.stage(), d.context().verdict, d.context().terms?.relation]).toEqual(['fillingIn', null, 'parent']);
    expect(d.requests('link')).toEqual([]);
  });

  it('shows the new reasons when the centre does not make what it allowed', async () => {
    const d = await confirmed({ link: [{ kind: 'linkRefused', verdict: notAllowed }] });
    expect([d.stage(), d.context().verdict, d.context().notice]).toEqual([
      'reviewing',
      notAllowed,
      'bindingChangedMeanwhile',
    ]);
    await d.confirm();
    expect(d.requests('link')).toHaveLength(1);
  });

  it('leaves what was shown to the reader, and takes the clerk’s word only where a number was keyed (R10)', async () => {
    const d = await atDesk();
    await d.send({ type: 'task.chosen', task: { kind: 'link' } });
    await d.key(keyedCard);
    expect(d.context().beneficiary).toMatchObject({ by: 'ssCardNumber', document: null });
    await d.send({
      type: 'terms.given',
      terms: { ...terms, documents: { provider: null, beneficiary: 'evoucher' }, quota: fen(100) },
    });
    expect(d.context().terms).toMatchObject({
      quota: 100,
      documents: { provider: 'socialCard', beneficiary: 'evoucher' },
    });
  });

  it.each(beneficiaryWays.map((way) => [way]))(
    'is told of the beneficiary in the ways that the profile has, and no other: %s',
    async (way) => {
      const ways = {
        swipe: (d: Desk) => d.card(beneficiaryCard),
        evoucher: (d: Desk) => d.scan(shownCode),
        cardNumber: (d: Desk) => d.key(keyedCard),
        residentId: (d: Desk) => d.key(keyedId),
      };
      const d = await atDesk({
        lookUp: [provider, way === 'evoucher' ? byCode(beneficiary) : beneficiary],
        bindingRules: { documents: 'one_of_three', beneficiaryBy: [way] },
      });
      await d.send({ type: 'task.chosen', task: { kind: 'link' } });
      for (const other of beneficiaryWays.filter((each) => each !== way)) {
        await ways[other](d);
        expect([other, d.stage(), d.context().notice]).toEqual([other, 'awaitingBeneficiary', 'bindingWayClosed']);
      }
      await ways[way](d);
      expect(d.stage()).toBe('fillingIn');
    },
  );

  it('says at once that the same card was swiped twice, and waits for another (R25)', async () => {
    const d = await atDesk({ lookUp: [provider, provider, beneficiary] });
    await d.send({ type: 'task.chosen', task: { kind: 'link' } });
    await d.card(providerCard);
    expect([d.stage(), d.context().setback?.code, d.context().beneficiary]).toEqual([
      'awaitingBeneficiary',
      'SELF_LINK',
      null,
    ]);
    await d.card(beneficiaryCard);
    expect([d.stage(), d.context().setback]).toEqual(['fillingIn', null]);
  });

  it('asks for another number, not for a card, where only a number is taken (R20)', async () => {
    const d = await atDesk({
      lookUp: [provider, provider],
      bindingRules: { documents: 'provider_card', beneficiaryBy: ['cardNumber'] },
    });
    await d.send({ type: 'task.chosen', task: { kind: 'link' } });
    await d.key(keyedCard);
    expect(promptOfBinding('awaitingBeneficiary', d.context(), { readerLost: false, atPad: false }).id).toBe(
      'bindingSamePersonNumber',
    );
  });

  it.each([
    [['swipe', 'residentId'], 'bindingSetbackCard'],
    [['swipe'], 'bindingSetback'],
  ] as const)(
    'says what else to do about a card that will not do, where %s is taken',
    async (beneficiaryBy, prompt) => {
      const d = await atDesk({
        lookUp: [provider, declined({ code: 'CARD_LOST', fact: 'lost' })],
        bindingRules: { documents: 'one_of_three', beneficiaryBy },
      });
      await d.send({ type: 'task.chosen', task: { kind: 'link' } });
      await d.card(beneficiaryCard);
      expect(promptOfBinding('awaitingBeneficiary', d.context(), { readerLost: false, atPad: false })).toEqual({
        id: prompt,
        params: { code: 'CARD_LOST' },
      });
    },
  );

  it('waits for another card where the beneficiary’s is lost: the provider stays admitted', async () => {
    const d = await atDesk({ lookUp: [provider, declined({ code: 'CARD_LOST', fact: 'lost' }), beneficiary] });
    await d.send({ type: 'task.chosen', task: { kind: 'link' } });
    await d.card(beneficiaryCard);
    expect([d.stage(), d.context().setback?.code]).toEqual(['awaitingBeneficiary', 'CARD_LOST']);
    await d.card(beneficiaryCard);
    expect(d.stage()).toBe('fillingIn');
  });

  it('takes the place of another in one message (R8)', async () => {
    const d = await atReview({ link: [{ ...linked, record: linkRecord('linked', { replaces: 'L1' }) }] }, 'change');
    expect(d.requests('explainLink')[0]?.replaces).toBe('L1');
    await d.confirm();
    expect([d.stage(), d.requests('link')[0]?.replaces, d.verbs().includes('unlink')]).toEqual(['linked', 'L1', false]);
  });

  it('is asked for again by the same message until the centre answers, in growing pauses, and never anew', async () => {
    const d = await confirmed({ link: ['silence', 'fault', 'fault', linked] });
    await d.wait(answer);
    expect(d.stage()).toBe('unclear');
    await d.wait(retry);
    await d.wait(retry);
    expect(d.requests('link')).toHaveLength(2);
    await d.wait(retry);
    expect(d.requests('link')).toHaveLength(3);
    await d.wait(4 * retry);
    expect([d.stage(), d.context().links]).toEqual(['linked', linked.links]);
    const [first, ...again] = d.requests('link').map(({ at, ...request }) => request);
    expect(again).toEqual([first, first, first]);
    await d.wait(retryMax);
    expect(d.requests('link')).toHaveLength(4);
  });

  it('is asked for at once when the clerk wants it, and cannot be ended while it is unclear', async () => {
    const d = await confirmed({ link: ['fault', linked] });
    await d.send({ type: 'key.cancel' });
    d.counter.closeBinding();
    expect([d.stage(), d.context().notice, d.counter.binding?.cancellable]).toEqual([
      'unclear',
      'bindingCannotEnd',
      false,
    ]);
    expect(d.counter.startSale(bill)).toBe('busy');
    await d.send({ type: 'key.confirm' });
    expect(d.stage()).toBe('linked');
  });

  it('takes the answer to another link for none', async () => {
    const d = await confirmed({ link: [{ ...linked, record: linkRecord('linked', { relation: 'spouse' }) }, linked] });
    expect(d.stage()).toBe('unclear');
    await d.wait(retry);
    expect(d.stage()).toBe('linked');
  });

  it('leads back to the desk, and of what was done nothing goes into the next task', async () => {
    const d = await confirmed();
    await d.send({ type: 'key.back' });
    expect(d.context()).toMatchObject({
      ...{ links: linked.links, permit: 'permit-1', beneficiary: null, terms: null, verdict: null, record: null },
      task: null,
    });
    expect(d.stage()).toBe('desk');
  });

  it('is not begun for a link that is not his to change', async () => {
    const d = await atDesk();
    await d.send({ type: 'task.chosen', task: { kind: 'change', linkId: 'L2' } });
    expect([d.stage(), d.context().notice]).toEqual(['desk', 'bindingNoSuchLink']);
    await d.wait(notice);
    expect(d.context().notice).toBeNull();
  });
});

describe('binding: the end of a link', () => {
  it('needs a reason, and goes to the centre with it', async () => {
    const d = await atReason();
    await d.send({ type: 'reason.given', reason: '   ' });
    expect([d.stage(), d.context().notice]).toEqual(['givingReason', 'bindingNoReason']);
    await d.send({ type: 'reason.given', reason: ' 不再需要 ' });
    expect(d.requests('unlink')).toMatchObject([
      { permit: 'permit-1', linkId: 'L1', reason: '不再需要', channel: 'counter' },
    ]);
    expect([d.stage(), d.context().record, d.context().links]).toEqual(['unlinked', unlinked.record, []]);
  });

  it('says when it is too early, and leads back to the list (R22)', async () => {
    const d = await atReason({ unlink: [declined({ code: 'LINK_TOO_NEW', notBefore: 1 })] });
    await d.send({ type: 'reason.given', reason: '不再需要' });
    expect([d.stage(), d.context().decline]).toEqual(['refused', { code: 'LINK_TOO_NEW', notBefore: 1 }]);
    expect(promptOfBinding('refused', d.context(), { readerLost: false, atPad: false })).toEqual({
      id: 'bindingTooNew',
      params: { from: '1970-01-01 08:00:00' },
    });
    await d.send({ type: 'key.back' });
    expect([d.stage(), d.context().links, d.context().decline]).toEqual(['desk', admitted.links, null]);
  });

  it('is asked for again by the same message when nobody knows', async () => {
    const d = await atReason({ unlink: ['fault', unlinked] });
    await d.send({ type: 'reason.given', reason: '不再需要' });
    expect(d.stage()).toBe('unclear');
    await d.wait(retry);
    expect(d.stage()).toBe('unlinked');
    const [first, again] = d.requests('unlink').map(({ at, ...request }) => request);
    expect(again).toEqual(first);
  });

  it('has to begin anew when the permit has run out, and says so', async () => {
    const d = await atReason({
      admit: [{ ...admitted, expiresAt: 1_745_028_000_000 + 5_000 }],
      unlink: [declined({ code: 'MESSAGE_REJECTED' })],
    });
    await d.wait(5_000);
    await d.send({ type: 'reason.given', reason: '不再需要' });
    expect([d.stage(), d.context().ending, d.counter.binding?.canGoBack]).toEqual([
      'refused',
      'bindingPermitOver',
      false,
    ]);
  });
});

describe('binding: the counter around it', () => {
  it('opens between sales only, and not while an outcome is unknown or nobody is signed in', async () => {
    const h = harness({ ...answers, settle: ['fault'], query: ['silence'] });
    await h.ready();
    h.counter.startSale(bill);
    expect(h.counter.startBinding('counter')).toBe('busy');
    await h.swipe();
    await h.pin();
    expect([h.counter.state, h.counter.startBinding('counter'), h.counter.binding]).toEqual(['unknown', 'busy', null]);
    const nobody = harness({ ...answers, operator: null });
    await nobody.ready();
    expect([nobody.counter.startBinding('counter'), nobody.counter.binding]).toEqual(['notSignedIn', null]);
  });

  it('lets no sale, undo, balance query, day end or sign-out start while it is open', async () => {
    const d = await opened();
    expect(d.counter.startBinding('counter')).toBe('busy');
    expect(d.counter.startSale(bill)).toBe('busy');
    expect(d.counter.submitAmount('80')).toBe('busy');
    expect(d.counter.startInquiry()).toBe('busy');
    expect(d.counter.startDayEnd('2025-04-19')).toBe('busy');
    d.counter.send({ type: 'operator.signedOut' });
    d.counter.send({ type: 'undo.chosen', undo: { kind: 'cancel', settlementId: 'S1', amount: null } });
    expect([d.counter.state, d.context().notice, d.counter.snapshot.context.operator]).toEqual([
      'ready',
      'bindingFirst',
      '01',
    ]);
    d.counter.closeBinding();
    expect([d.counter.binding, d.counter.startSale(bill)]).toEqual([null, 'started']);
  });

  it('closes the balance query that was open', async () => {
    const h = harness(answers);
    await h.ready();
    h.counter.startInquiry();
    expect([h.counter.startBinding('counter'), h.counter.inquiry]).toEqual(['started', null]);
  });

  it('leaves no card to the sale, nor takes the sale’s', async () => {
    const h = harness(answers);
    await h.ready();
    h.reader({ kind: 'reading' });
    await h.wait(10_000);
    h.counter.startBinding('counter');
    h.reader({ kind: 'read', read: { ok: true, credential: providerCard } });
    await h.settleDown();
    expect([h.counter.binding?.stage, h.counter.binding?.context.notice, h.sent]).toEqual([
      'awaitingProvider',
      'swipeNotNeeded',
      [],
    ]);
    h.reader({ kind: 'reading' });
    h.counter.closeBinding();
    h.reader({ kind: 'read', read: { ok: true, credential: providerCard } });
    await h.settleDown();
    expect([h.counter.state, h.sent]).toEqual(['ready', []]);
  });

  it('takes the card of a reader that types as well', async () => {
    const d = await opened();
    d.besideReader({ kind: 'reading' });
    d.besideReader({ kind: 'read', read: { ok: true, credential: providerCard } });
    await d.settleDown();
    expect(d.stage()).toBe('awaitingPin');
  });

  it('says of a stray card or code that it was not used, and of a bad read how to swipe', async () => {
    const d = await opened();
    await d.badRead('noise');
    expect([d.stage(), d.context().readFailure]).toEqual(['awaitingProvider', 'noise']);
    await d.scan(null);
    expect(d.context().notice).toBe('notEvoucher');
    await d.card();
    await d.card(beneficiaryCard);
    expect([d.stage(), d.context().notice]).toEqual(['awaitingPin', 'swipeNotNeeded']);
    await d.scan(shownCode);
    expect([d.stage(), d.context().notice, d.context().cardReads]).toEqual(['awaitingPin', 'scanNotNeeded', 1]);
  });

  it('says that the reader is unplugged, forgets the card half read, and goes on when it is back', async () => {
    const d = await opened();
    d.reader({ kind: 'reading' });
    await d.wait(person - 1_000);
    d.reader({ kind: 'gone', cause: 'unplugged' });
    await d.wait(person - 1_000);
    expect([d.stage(), d.counter.binding?.readerLost]).toEqual(['awaitingProvider', true]);
    d.reader({ kind: 'back' });
    d.reader({ kind: 'read', read: { ok: true, credential: providerCard } });
    await d.wait(person - 1_000);
    expect([d.stage(), d.counter.binding?.readerLost, d.sent]).toEqual(['awaitingProvider', false, []]);
    await d.card();
    expect(d.stage()).toBe('awaitingPin');
  });

  it('closes the PIN pad when it ends, and when nobody types', async () => {
    const cancelled = await opened();
    await cancelled.card();
    cancelled.counter.send({ type: 'key.cancel' });
    expect([cancelled.counter.binding, cancelled.pinOpen()]).toEqual([null, false]);
    const late = await opened();
    await late.card();
    await late.wait(pin);
    expect([late.stage(), late.context().ending, late.pinOpen()]).toEqual(['refused', 'bindingTimedOut', false]);
    expect(late.context().provider).toBeNull();
  });

  it('hears nothing any more of what was given up', async () => {
    let answerLate: (found: typeof provider) => void = () => {};
    const d = await opened({ lookUp: [() => new Promise((resolve) => (answerLate = resolve)), provider] });
    await d.card();
    expect(d.stage()).toBe('lookingUpProvider');
    d.counter.closeBinding();
    d.counter.startBinding('counter');
    answerLate(provider);
    await d.settleDown();
    expect([d.stage(), d.context().provider]).toEqual(['awaitingProvider', null]);
  });

  it('tells whoever listens, and reports nothing on the way', async () => {
    const d = await opened();
    const told: (string | undefined)[] = [];
    d.counter.subscribe(() => told.push(d.stage()));
    await d.card();
    await d.pin();
    d.counter.closeBinding();
    expect(told).toEqual(expect.arrayContaining(['lookingUpProvider', 'awaitingPin', 'admitting', 'desk', undefined]));
    expect([d.reports, d.journalled]).toEqual([[], []]);
  });

  it('refuses links that the centre answers with half a list', async () => {
    const d = await opened({ admit: [{ ...admitted, links: [{ ...standing, relation: 'cousin' as never }] }] });
    await d.card();
    await d.pin();
    await d.wait(retry);
    await d.wait(retry);
    expect([d.stage(), d.context().decline?.code]).toEqual(['refused', 'CENTRE_UNAVAILABLE']);
  });
});
