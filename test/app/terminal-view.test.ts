import { describe, expect, it } from 'vitest';
import { customerView, terminalView } from '../../src/app/terminal-view.ts';
import type { StatusView } from '../../src/ipc/view.ts';
import { harness } from '../terminal/counter-harness.ts';
import { bill, pinBlock, quote } from '../terminal/fake-ports.ts';

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
type Harness = ReturnType<typeof harness>;
const viewOf = ({ counter, now }: Harness) =>
  terminalView({
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
    expect(customerView(view)).toMatchObject({ amount: 8000, shared: 3000, cash: 0 });
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
    expect(customerView(atPad())).toMatchObject(shown);
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
    h.counter.subscribe(() => seen.push(JSON.stringify([viewOf(h), customerView(viewOf(h))])));
    await upToPin(h);
    await h.pin();
    expect(seen.length).toBeGreaterThan(5);
    for (const view of seen) {
      expect(view).not.toContain('9999000000000000018');
      expect(view).not.toContain(pinBlock.hex);
    }
  });
});
