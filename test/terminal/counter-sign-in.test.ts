import { describe, expect, it } from 'vitest';
import type { SignInAnswer } from '../../src/ports/centre.ts';
import { PinKeyFault } from '../../src/ports/pin-key.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { harness } from './counter-harness.ts';
import { bill, open, quote, settlement } from './fake-ports.ts';

type Harness = ReturnType<typeof harness>;

const signedIn = (signNo: string): SignInAnswer => ({ kind: 'signedIn', signNo, keys: [] });
const refused = { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } } as const;
const keyExpired = { kind: 'declined', decline: { code: 'PIN_KEY_EXPIRED' } } as const;
const noticeOf = (h: Harness) => h.counter.snapshot.context.notice?.id;

async function signIn(h: Harness, operator = '07') {
  h.counter.send({ type: 'operator.signedIn', operator });
  await h.settleDown();
}
async function upToPin(h: Harness) {
  h.counter.startSale(bill);
  await h.swipe();
}

describe('signing in (9001)', () => {
  it('is what every later message carries (R143)', async () => {
    const h = harness({ operator: null });
    await h.ready();
    await signIn(h);
    expect(h.signIns).toMatchObject([{ operator: '07', signNo: null, formats: ['iso4-aes128'] }]);
    await upToPin(h);
    await h.pin();
    expect(h.sent).toMatchObject(
      ['identify', 'quote', 'settle'].map((kind) => ({ kind, request: { operator: '07', signNo: 'SN1' } })),
    );
  });

  it.each([
    ['a refusal', refused, 0, 'signInRefused'],
    ['a fault', 'fault', 0, 'centreUnavailable'],
    ['silence', 'silence', defaultDelays.signIn, 'centreUnavailable'],
  ] as const)('ends signed out after %s, and can be tried again', async (_, answer, wait, notice) => {
    const h = harness({ operator: null, signIn: [answer, signedIn('SN2')] });
    await h.ready();
    await signIn(h);
    await h.wait(wait);
    expect([h.counter.state, h.counter.snapshot.context.operator, noticeOf(h)]).toEqual(['signedOut', null, notice]);
    await signIn(h);
    expect([h.counter.state, h.counter.snapshot.context.operator]).toEqual(['ready', '07']);
  });

  it('is refused, and told, when the keys are for another terminal', async () => {
    const accept = () => {
      throw new PinKeyFault('notUnwrapped', 'the PIN key does not unwrap');
    };
    const h = harness({ operator: null, pinKeys: { accept } });
    await h.ready();
    await signIn(h);
    expect([h.counter.state, noticeOf(h), h.reports.map(String)]).toEqual([
      'signedOut',
      'signInRefused',
      ['PinKeyFault: the PIN key does not unwrap'],
    ]);
  });

  it('forgets number and keys when the operator signs out', async () => {
    const h = harness({ signIn: [signedIn('SN1'), signedIn('SN2')] });
    await h.ready();
    const before = h.keysDropped();
    h.counter.send({ type: 'operator.signedOut' });
    expect([h.counter.state, h.keysDropped() - before]).toEqual(['signedOut', 1]);
    await signIn(h, '08');
    await upToPin(h);
    expect(h.requests('identify')).toMatchObject([{ operator: '08', signNo: 'SN2' }]);
  });
});

describe('with an operator from the start', () => {
  it.each(['fault', 'silence'] as const)(
    '%s does not block the counter: it signs in with the first card',
    async (answer) => {
      const h = harness({ signIn: [answer, signedIn('SN2')] });
      await h.ready();
      if (answer === 'silence') await h.wait(defaultDelays.signIn);
      expect(h.counter.state).toBe('ready');
      await upToPin(h);
      expect([h.counter.state, h.signIns.length]).toEqual(['awaitingPin', 2]);
      expect(h.requests('identify')).toMatchObject([{ signNo: 'SN2' }]);
    },
  );

  it('a refusal signs the operator out', async () => {
    const h = harness({ signIn: [refused] });
    await h.ready();
    expect([h.counter.state, h.counter.startSale(bill)]).toEqual(['signedOut', 'notSignedIn']);
  });

  it('a refusal at the first card declines that sale', async () => {
    const h = harness({ signIn: ['fault', refused] });
    await h.ready();
    await upToPin(h);
    expect([h.counter.state, h.counter.snapshot.context.result?.code]).toEqual(['declined', 'MESSAGE_REJECTED']);
  });

  it('a message left open is asked for though nobody can sign in', async () => {
    const h = harness({ signIn: ['fault'], open: [open('A')] });
    await h.ready();
    expect([h.counter.state, h.verbs()]).toEqual(['cancelled', ['query']]);
    expect(h.requests('query')).toMatchObject([{ of: 'A', signNo: null, operator: '01' }]);
  });

  it('takes no late answer to an earlier sign-in for the present one', async () => {
    let late: (answer: SignInAnswer) => void = () => {};
    const h = harness({
      signIn: [() => new Promise<SignInAnswer>((resolve) => (late = resolve)), signedIn('SN2')],
    });
    await h.ready();
    await h.wait(defaultDelays.signIn);
    await upToPin(h);
    late(signedIn('SN1'));
    await h.settleDown();
    await h.pin();
    expect(h.requests('settle')).toMatchObject([{ signNo: 'SN2' }]);
  });
});

describe('the PIN key', () => {
  it('that the centre takes no more is renewed, and the PIN asked again', async () => {
    const h = harness({
      signIn: [signedIn('SN1'), signedIn('SN2')],
      settle: [keyExpired, { kind: 'settled', settlement: settlement('', quote(8000, 5000, 3000)) }],
    });
    await h.ready();
    const dropped = h.keysDropped();
    await upToPin(h);
    await h.pin();
    expect([h.counter.state, h.signIns.length, h.keysDropped() - dropped]).toEqual(['awaitingPin', 2, 1]);
    expect(h.counter.snapshot.context).toMatchObject({
      setback: { code: 'PIN_KEY_EXPIRED' },
      notice: { params: { code: 'PIN_KEY_EXPIRED' } },
    });
    await h.pin();
    expect(h.counter.state).toBe('approved');
    const [first, second] = h.requests('settle');
    expect([first?.signNo, second?.signNo]).toEqual(['SN1', 'SN2']);
    expect(first?.msgId).not.toBe(second?.msgId);
    expect(h.journalled).toMatchObject([{}, { msgId: first?.msgId, outcome: 'declined' }, {}, { outcome: 'settled' }]);
  });

  it('that is used up is renewed before the PIN pad opens', async () => {
    let isUsedUp = false;
    const accept = () => {
      isUsedUp = false;
    };
    const h = harness({ pinKeys: { mustRenew: () => isUsedUp, accept } });
    await h.ready();
    isUsedUp = true;
    await upToPin(h);
    expect([h.pinOpen(), h.signIns.length]).toEqual([true, 2]);
  });

  it.each([
    ['fault', 'cancelled', 'CENTRE_UNAVAILABLE'],
    [refused, 'declined', 'MESSAGE_REJECTED'],
  ] as const)('that cannot be renewed ends the sale uncharged, without a PIN', async (answer, state, code) => {
    const h = harness({ signIn: [signedIn('SN1'), answer], pinKeys: { mustRenew: () => true } });
    await h.ready();
    await upToPin(h);
    expect([h.counter.state, h.counter.snapshot.context.result?.code, h.pinOpen()]).toEqual([state, code, false]);
  });

  it('that comes after the sale was given up opens no PIN pad', async () => {
    let late: (answer: SignInAnswer) => void = () => {};
    const h = harness({
      signIn: [signedIn('SN1'), () => new Promise<SignInAnswer>((resolve) => (late = resolve))],
      pinKeys: { mustRenew: () => true },
    });
    await h.ready();
    await upToPin(h);
    h.counter.send({ type: 'key.cancel' });
    late(signedIn('SN2'));
    await h.settleDown();
    expect([h.counter.state, h.pinOpen(), h.reports]).toEqual(['cancelled', false, []]);
  });
});
