import { describe, expect, it } from 'vitest';
import { type Beside, terminalView, todayRow } from '../../src/app/terminal-view.ts';
import { fen, zeroFen } from '../../src/domain/money.ts';
import { customerPart } from '../../src/ipc/customer-part.ts';
import type { StatusView } from '../../src/ipc/view.ts';
import { harness } from '../terminal/counter-harness.ts';
import { bill, open, pinBlock, quote, returned, settlement, undo, undoQuote } from '../terminal/fake-ports.ts';

const status: StatusView = {
  reader: { kind: 'virtual', name: 'test', state: 'connected', note: null },
  pinPad: null,
  scanner: null,
  centreOnline: true,
  profile: 'chongqing-2021',
  institution: '演示药店',
  operator: '01',
  testEnvironment: true,
};
const beside: Beside = {
  listDay: null,
  listNote: null,
  inquiry: null,
  reprint: null,
  health: { keyProtection: 'passphrase', journalSetAside: null, faults: [] },
  place: { institution: { code: 'P99000000001', name: '演示药店' }, terminal: 'T1' },
};
type Harness = ReturnType<typeof harness>;
const viewOf = ({ counter, now }: Harness) =>
  terminalView({
    beside: { ...beside, inquiry: counter.inquiry },
    state: counter.state,
    snapshot: counter.snapshot,
    pin: null,
    today: [],
    status,
    language: 'zh-CN',
    nowMs: now(),
  });
async function upToPin(h: Harness) {
  await h.ready();
  h.counter.startSale(bill);
  await h.swipe();
}

describe('the view of the counter', () => {
  it('shows the quote to operator and customer before the PIN', async () => {
    const h = harness();
    await upToPin(h);
    const view = viewOf(h);
    expect(view).toMatchObject({
      stage: 'awaitingPin',
      prompt: { id: 'enterPin', params: { length: '6' } },
      amount: 8000,
      customer: { maskedName: '李*', maskedCard: '****0018' },
      split: { own: 5000, shared: 3000, cash: 0 },
      cancellable: true,
      countdown: { totalMs: 30_000, remainingMs: 30_000 },
    });
    expect(customerPart(view)).toMatchObject({ amount: 8000, shared: 3000, cash: 0 });
  });

  it('counts down with the clock', async () => {
    const h = harness();
    await upToPin(h);
    await h.wait(12_000);
    expect(viewOf(h).countdown).toEqual({ totalMs: 30_000, remainingMs: 18_000 });
  });

  it('never shows more time than a time-out has, also when the clock steps back', async () => {
    const h = harness();
    await upToPin(h);
    const view = terminalView({
      state: h.counter.state,
      snapshot: h.counter.snapshot,
      pin: null,
      today: [],
      status,
      language: 'en',
      nowMs: h.now() - 3_600_000,
    });
    expect(view.countdown).toEqual({ totalMs: 30_000, remainingMs: 30_000 });
  });

  it('says where a PIN is typed that is typed at a pad, and that a wrong one is typed there again', async () => {
    const h = harness({ settle: [{ kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft: 5 } }] });
    await upToPin(h);
    const atPad = () =>
      terminalView({
        state: h.counter.state,
        snapshot: h.counter.snapshot,
        pin: null,
        typedAtPad: 2,
        today: [],
        status,
        language: 'zh-CN',
        nowMs: h.now(),
      });
    const shown = { prompt: { id: 'enterPinAtPad', params: { length: '6' } }, padPin: { length: 6, typed: 2 } };
    expect(atPad()).toMatchObject(shown);
    expect(customerPart(atPad())).toMatchObject(shown);
    expect(viewOf(h).padPin).toBeNull();
    await h.pin();
    expect(atPad().prompt).toEqual({ id: 'enterPinAgainAtPad', params: { triesLeft: '5' } });
  });

  it('has a slip and a sentence to speak when the sale is settled', async () => {
    const h = harness();
    await upToPin(h);
    await h.pin();
    const view = viewOf(h);
    expect(view.result).toMatchObject({ kind: 'approved', code: null });
    expect(view.receipt?.length).toBeGreaterThan(5);
    expect(view.voice).toContain('八十');
    expect(view.confirm).toBeNull();
    await h.attend();
    expect(viewOf(h).confirm).toBe('finish');
  });

  it('shows no split of a sale that was cancelled: nobody pays anything', async () => {
    const h = harness();
    await upToPin(h);
    h.counter.send({ type: 'key.cancel' });
    expect(viewOf(h)).toMatchObject({ stage: 'cancelled', split: null, receipt: null, cancellable: false });
  });

  it('tells an unknown outcome apart, and when the centre is asked next', async () => {
    const h = harness({ settle: ['fault'], query: ['fault'] });
    await upToPin(h);
    await h.pin();
    expect(viewOf(h).result).toMatchObject({ kind: 'unknown', codeNumber: 'D60', nextStepInMs: 3000 });
    await h.wait(1000);
    expect(viewOf(h).result?.nextStepInMs).toBe(2000);
  });

  it('says what is known of an unknown outcome, and shows no split that could be read as paid', async () => {
    const h = harness({ settle: ['fault'], query: ['fault'], reverse: ['fault'] });
    await upToPin(h);
    await h.pin();
    const [settle] = h.requests('settle');
    const known = { msgId: settle?.msgId, kind: 'settle', amount: 8000, step: 'query', mayReverse: true, waiting: 0 };
    expect(viewOf(h)).toMatchObject({
      prompt: { id: 'unknownToQuery' },
      confirm: 'query',
      cancellable: false,
      split: null,
      unknown: { ...known, attempts: 0, asking: false, sentTime: expect.stringMatching(/^\d\d:\d\d:\d\d$/) },
    });
    for (const pause of [3000, 6000, 12_000]) await h.wait(pause);
    expect(viewOf(h)).toMatchObject({
      prompt: { id: 'unknownToReverse' },
      unknown: { ...known, step: 'reverse', attempts: 3 },
      result: { kind: 'unknown', code: 'PENDING_REVERSAL', codeNumber: 'D61' },
    });
    expect(customerPart(viewOf(h))).toMatchObject({ amount: null, shared: null, cash: null });
  });

  it('while the centre is asked says so', async () => {
    const h = harness({ settle: ['fault'], query: ['silence'] });
    await upToPin(h);
    await h.pin();
    await h.wait(3000);
    expect(viewOf(h).unknown).toMatchObject({ asking: true, attempts: 1 });
    expect(viewOf(h)).toMatchObject({ confirm: null, result: { nextStepInMs: 0 } });
  });

  it('counts what else of an earlier run is to be asked for', async () => {
    const h = harness({ open: [open('first'), open('second'), open('third')], query: ['fault'] });
    await h.ready();
    expect(viewOf(h).unknown).toMatchObject({ msgId: 'first', waiting: 2, amount: 8000 });
  });

  it('has suspended items with who wrote them down and why, and a slip of the last one', async () => {
    const h = harness({ settle: ['fault'], query: ['fault'] });
    await upToPin(h);
    await h.pin();
    h.counter.send({ type: 'supervisor.suspend', by: '88', reason: 'the network is down' });
    await h.settleDown();
    const [settle] = h.requests('settle');
    expect(viewOf(h)).toMatchObject({
      stage: 'suspended',
      amount: 8000,
      suspended: [{ msgId: settle?.msgId, kind: 'settle', amount: 8000, by: '88', reason: 'the network is down' }],
    });
    expect(viewOf(h).receipt?.map(({ value }) => value)).toEqual(expect.arrayContaining([settle?.msgId, '88']));
  });

  it('shows who would get what back, and afterwards who did', async () => {
    const h = harness();
    await h.ready();
    h.counter.send({ type: 'undo.chosen', undo: { kind: 'cancel', settlementId: 'S1', amount: null } });
    await h.settleDown();
    const back = returned(8000, 5000, 3000);
    expect(viewOf(h)).toMatchObject({
      stage: 'confirmingUndo',
      undoQuote: undoQuote(back),
      amount: 8000,
      confirm: null,
    });
    expect(customerPart(viewOf(h))).toMatchObject({ direction: 'return', amount: 8000, shared: 3000, cash: 0 });
    await h.attend();
    expect(viewOf(h).confirm).toBe('undo');
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(viewOf(h)).toMatchObject({
      stage: 'undone',
      undoQuote: null,
      undone: { kind: 'cancel', returned: back, remaining: null },
      amount: 8000,
      voice: expect.stringContaining('退款'),
    });
    expect(viewOf(h).receipt?.length).toBeGreaterThan(5);
  });

  it('shows no amount of a reversal that had nothing to give back but the sale', async () => {
    const h = harness({ settle: ['fault'], query: ['fault'] });
    await upToPin(h);
    await h.pin();
    h.counter.send({ type: 'supervisor.push', step: 'reverse' });
    await h.settleDown();
    expect(viewOf(h)).toMatchObject({ stage: 'undone', prompt: { id: 'reversed' }, undone: null, receipt: null });
  });

  it('promises the customer no cash when a sale is reversed that was never shown as paid', async () => {
    const back = undo('r', returned(8000, 4000, 3000), 'reversal');
    const h = harness({ settle: ['fault'], reverse: [{ kind: 'reversed', undo: back }] });
    await upToPin(h);
    await h.pin();
    h.counter.send({ type: 'supervisor.push', step: 'reverse' });
    await h.settleDown();
    const view = viewOf(h);
    expect(view).toMatchObject({ stage: 'undone', prompt: { id: 'reversed' }, undone: { kind: 'reversal' } });
    expect(customerPart(view)).toMatchObject({ amount: null, own: null, shared: null, cash: null, cashDue: null });
  });

  it('prints again what is asked for, marked as such', async () => {
    const h = harness();
    await h.ready();
    const { counter, now } = h;
    const shown = (reprint: Beside['reprint']) =>
      terminalView({
        ...{ state: counter.state, snapshot: counter.snapshot, pin: null, today: [], status, nowMs: now() },
        language: 'zh-CN',
        beside: { ...beside, reprint },
      }).reprint;
    expect(shown(null)).toBeNull();
    for (const record of [settlement('m'), undo('u')]) {
      expect(shown(record)?.some(({ label }) => label.includes('重印'))).toBe(true);
    }
  });

  it('tells of a provider only whether he would pay, when a balance is asked for', async () => {
    const h = harness({
      inquire: [
        {
          kind: 'inquired',
          maskedName: '李*',
          own: fen(1234),
          wallet: null,
          providers: [
            { maskedName: '王*', relation: 'parent', standing: 'available' },
            { maskedName: '赵*', relation: 'spouse', standing: 'linkEnded' },
          ],
        },
      ],
    });
    await h.ready();
    expect(viewOf(h).inquiry).toBeNull();
    h.counter.startInquiry();
    expect(viewOf(h).inquiry).toMatchObject({ stage: 'awaitingCard', prompt: { id: 'inquiryCard' }, own: null });
    await h.badRead();
    expect(viewOf(h).inquiry?.prompt.id).toBe('retryHalfRead');
    await h.swipe();
    expect(viewOf(h).inquiry).toEqual({
      stage: 'shown',
      prompt: { id: 'inquired', params: {} },
      maskedName: '李*',
      maskedCard: '****0018',
      own: 1234,
      wallet: null,
      providers: [
        { maskedName: '王*', relation: 'parent', available: true },
        { maskedName: '赵*', relation: 'spouse', available: false },
      ],
    });
    expect(viewOf(h).stage).toBe('ready');
  });

  it('says why a balance cannot be shown', async () => {
    const h = harness({ inquire: [{ kind: 'declined', decline: { code: 'CARD_LOST' } }] });
    await h.ready();
    h.counter.startInquiry();
    await h.swipe();
    expect(viewOf(h).inquiry).toMatchObject({
      stage: 'refused',
      prompt: { id: 'inquiryRefused', params: { code: 'CARD_LOST' } },
    });
  });

  it('has nothing of the last customer once the counter is ready again', async () => {
    const h = harness();
    await h.ready();
    const before = viewOf(h);
    h.counter.startSale(bill);
    await h.swipe();
    await h.pin();
    await h.attend();
    h.counter.send({ type: 'key.confirm' });
    expect({ ...viewOf(h), sentAt: 0 }).toEqual({ ...before, sentAt: 0 });
  });

  it('never carries a card number or a PIN block, in any state of a sale', async () => {
    const h = harness({ quote: [{ kind: 'quoted', quote: quote(8000, 5000, 3000) }] });
    const seen: string[] = [];
    h.counter.subscribe(() => seen.push(JSON.stringify([viewOf(h), customerPart(viewOf(h))])));
    await upToPin(h);
    await h.pin();
    expect(seen.length).toBeGreaterThan(5);
    for (const view of seen) {
      expect(view).not.toContain('9999000000000000018');
      expect(view).not.toContain(pinBlock.hex);
    }
  });
});

describe('a line of the list', () => {
  it('of a sale says what is left of it, of an undo what was given back', () => {
    const back = { ...returned(3000, 0, 1000), cashDue: zeroFen };
    expect([todayRow(settlement('m'), fen(5000)), todayRow(undo('u', back, 'refund'), null)]).toMatchObject([
      { msgId: 'm', settlementId: 'S1', kind: 'approved', total: 8000, own: 5000, shared: 3000, cash: 0, left: 5000 },
      { msgId: 'u', settlementId: 'S1', kind: 'refund', total: 3000, own: 0, shared: 1000, cash: 2000, left: 0 },
    ]);
  });
});
