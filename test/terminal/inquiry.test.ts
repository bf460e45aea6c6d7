import { describe, expect, it } from 'vitest';
import { fen } from '../../src/domain/money.ts';
import type { Inquired } from '../../src/ports/centre.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { harness } from './counter-harness.ts';
import { bill, code, customerByCode, stripe } from './fake-ports.ts';

type Script = NonNullable<Parameters<typeof harness>[0]>;

const inquired: Inquired = {
  kind: 'inquired',
  maskedName: '李*',
  own: fen(5000),
  wallet: null,
  providers: [{ maskedName: '王*', relation: 'parent', standing: 'available' }],
};
const read = { kind: 'read', read: { ok: true, credential: stripe } } as const;

async function asked(script: Script = {}) {
  const h = harness({ inquire: [inquired], ...script });
  await h.ready();
  expect(h.counter.startInquiry()).toBe('started');
  return h;
}
async function unknown(script: Script = {}) {
  const h = harness({ settle: ['fault'], query: ['fault'], inquire: [inquired], ...script });
  await h.ready();
  h.counter.startSale(bill);
  await h.swipe();
  await h.pin();
  expect(h.counter.state).toBe('unknown');
  return h;
}

describe('a balance query', () => {
  it('takes the next card and shows the balance, then nothing of it stays', async () => {
    const h = await asked();
    expect(h.counter.inquiry).toEqual({
      stage: 'awaitingCard',
      inquired: null,
      maskedCard: null,
      decline: null,
      readFailure: null,
    });
    await h.swipe();
    expect(h.verbs()).toEqual(['identify', 'inquire']);
    expect(h.requests('inquire')).toMatchObject([{ card: 'card-1', operator: '01', signNo: 'SN1' }]);
    expect(h.counter.inquiry).toMatchObject({ stage: 'shown', inquired, maskedCard: '****0018' });
    expect([h.counter.state, h.counter.snapshot.context.cardReads]).toEqual(['ready', 0]);
    await h.wait(defaultDelays.approved);
    expect(h.counter.inquiry).toBeNull();
    await h.swipe();
    expect(h.counter.state).toBe('awaitingAmount');
  });

  it('takes a 医保码 as well, and the counter does not', async () => {
    const h = await asked({ identify: [customerByCode] });
    await h.scan();
    expect(h.verbs()).toEqual(['identify', 'inquire']);
    expect(h.requests('identify')[0]?.credential).toBe(code);
    expect(h.requests('inquire')).toMatchObject([{ card: 'card-1', voucher: customerByCode.voucher }]);
    expect(h.counter.inquiry).toMatchObject({ stage: 'shown', inquired });
    expect(h.counter.state).toBe('ready');
    h.counter.closeInquiry();
    await h.scan();
    expect(h.counter.state).toBe('awaitingAmount');
  });

  it('says of another code that it is none, and waits on', async () => {
    const h = await asked();
    await h.scan(null);
    expect(h.counter.inquiry?.stage).toBe('awaitingCard');
    expect(h.counter.snapshot.context.notice?.id).toBe('notEvoucher');
  });

  it('works while an outcome is unknown, and changes nothing about it', async () => {
    const h = await unknown();
    const { pending } = h.counter.snapshot.context;
    expect(h.counter.startInquiry()).toBe('started');
    await h.swipe();
    expect(h.counter.inquiry).toMatchObject({ stage: 'shown', inquired });
    expect([h.counter.state, h.counter.snapshot.context.pending]).toEqual(['unknown', pending]);
    await h.wait(defaultDelays.query);
    expect(h.requests('query')).toHaveLength(1);
  });

  it('works over a result, and outlives it', async () => {
    const h = await unknown({ query: [{ kind: 'absent' }] });
    h.counter.startInquiry();
    await h.wait(defaultDelays.query);
    expect([h.counter.state, h.counter.inquiry?.stage]).toEqual(['cancelled', 'awaitingCard']);
    await h.wait(defaultDelays.declined);
    expect([h.counter.state, h.counter.inquiry?.stage]).toEqual(['ready', 'awaitingCard']);
  });

  it.each([
    ['a refused card', { identify: [{ kind: 'declined', decline: { code: 'CARD_LOST', fact: 'lost' } }] }, 'CARD_LOST'],
    ['a refused query', { inquire: [{ kind: 'declined', decline: { code: 'CARD_CANCELLED' } }] }, 'CARD_CANCELLED'],
    ['a silent centre', { inquire: ['fault'] }, 'CENTRE_UNAVAILABLE'],
    ['a broken answer', { inquire: [{ ...inquired, own: -1 as never }] }, 'CENTRE_UNAVAILABLE'],
  ] as const)('says why there is none: %s', async (_, script, code) => {
    const h = await asked(script as Script);
    await h.swipe();
    expect(h.counter.inquiry).toMatchObject({ stage: 'refused', inquired: null, decline: { code } });
    await h.wait(defaultDelays.approved);
    expect(h.counter.inquiry).toBeNull();
  });

  it('ends when the centre never answers', async () => {
    const h = await asked({ inquire: ['silence'] });
    await h.swipe();
    expect(h.counter.inquiry?.stage).toBe('asking');
    await h.wait(defaultDelays.identify + defaultDelays.queryAnswer);
    expect(h.counter.inquiry?.stage).toBe('refused');
  });

  it('waits for another swipe after a bad one, and not for ever', async () => {
    const h = await asked();
    await h.badRead('noise');
    expect(h.counter.inquiry).toMatchObject({ stage: 'awaitingCard', readFailure: 'noise' });
    expect(h.counter.snapshot.context.readFailure).toBeNull();
    await h.swipe();
    expect(h.counter.inquiry).toMatchObject({ stage: 'shown', readFailure: null });
    h.counter.startInquiry();
    await h.wait(defaultDelays.card);
    expect(h.counter.inquiry).toBeNull();
  });

  it('gives way to a sale, whose card is then no balance query', async () => {
    const h = await asked();
    h.counter.startSale(bill);
    expect(h.counter.inquiry).toBeNull();
    await h.swipe();
    expect([h.counter.state, h.verbs()]).toEqual(['awaitingPin', ['identify', 'quote']]);
  });

  it('shows no balance over the next sale', async () => {
    const h = await asked();
    await h.swipe();
    h.counter.send({ type: 'amount.edited', text: '8' });
    expect([h.counter.state, h.counter.inquiry]).toEqual(['enteringAmount', null]);
  });

  it('leaves no card that it wanted to a sale, nor one that a sale wanted to itself', async () => {
    const h = await asked();
    h.reader({ kind: 'reading' });
    h.counter.startSale(bill);
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id, h.sent]).toEqual([
      'awaitingCard',
      'swipeAgain',
      [],
    ]);
    h.counter.send({ type: 'key.cancel' });
    await h.attend();
    h.reader({ kind: 'reading' });
    await h.wait(defaultDelays.read);
    h.counter.startInquiry();
    h.reader(read);
    await h.settleDown();
    expect([h.counter.inquiry?.stage, h.sent]).toEqual(['awaitingCard', []]);
  });

  it('forgets the card that its reader has lost half way', async () => {
    const h = await asked();
    h.reader({ kind: 'reading' });
    h.reader({ kind: 'gone', cause: 'unplugged' });
    h.reader({ kind: 'back' });
    h.reader(read);
    await h.settleDown();
    expect([h.counter.inquiry?.stage, h.sent]).toEqual(['awaitingCard', []]);
  });

  it('is refused while a sale runs and before the sign-in', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    expect(h.counter.startInquiry()).toBe('busy');
    const signedOut = harness({ operator: null });
    await signedOut.ready();
    expect([signedOut.counter.startInquiry(), signedOut.counter.inquiry]).toEqual(['notSignedIn', null]);
  });

  it('tells whoever listens, and can be closed', async () => {
    const h = await asked();
    const told: (string | undefined)[] = [];
    h.counter.subscribe(() => told.push(h.counter.inquiry?.stage));
    await h.swipe();
    h.counter.closeInquiry();
    h.counter.closeInquiry();
    expect(told).toEqual(['asking', 'shown', undefined]);
  });
});
