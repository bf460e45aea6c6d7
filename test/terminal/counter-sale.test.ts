import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fen, zeroFen } from '../../src/domain/money.ts';
import type { SettleRequest } from '../../src/ports/centre.ts';
import { JournalFault } from '../../src/ports/journal.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { promptOfState } from '../../src/terminal/prompt-of-state.ts';
import { harness } from './counter-harness.ts';
import { bill, code, customerByCode, pinBlock, quote, settlement, stripe } from './fake-ports.ts';

const wrongPin = (triesLeft: number) => ({ kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft } }) as const;
type Harness = ReturnType<typeof harness>;

async function upToPin(h: Harness) {
  await h.ready();
  h.counter.startSale(bill);
  await h.swipe();
}
const promptOf = ({ counter }: Harness) => promptOfState(counter.state, counter.snapshot.context);

describe('a sale at the counter', () => {
  it('takes amount, card, PIN and ends approved with one card read and one PIN entry (R34)', async () => {
    const h = harness();
    await upToPin(h);
    expect(h.counter.state).toBe('awaitingPin');
    await h.pin();
    expect(h.counter.state).toBe('approved');
    expect(h.counter.snapshot.context).toMatchObject({ cardReads: 1, pinEntries: 1 });
    expect(h.sent.map(({ kind }) => kind)).toEqual(['identify', 'quote', 'settle']);
  });

  it('takes the card first as well', async () => {
    const h = harness();
    await h.ready();
    await h.swipe();
    expect(h.counter.state).toBe('awaitingAmount');
    expect(h.counter.startSale(bill)).toBe('started');
    await h.settleDown();
    expect(h.counter.state).toBe('awaitingPin');
  });

  it('keeps an amount half typed when the card comes in between', async () => {
    const h = harness();
    await h.ready();
    h.counter.send({ type: 'amount.edited', text: '80' });
    await h.swipe();
    expect(h.counter.state).toBe('awaitingAmount');
    expect(h.counter.snapshot.context.draft).toBe('80');
  });

  it('tells the PIN pad what the accounts pay, not the bill', async () => {
    const h = harness({ quote: [{ kind: 'quoted', quote: quote(8000, 5000, 1250) }] });
    await upToPin(h);
    expect(h.pinRequest()).toMatchObject({ length: 6, amount: 6250 });
  });

  it('asks a wrong PIN again with the tries left and without a new swipe', async () => {
    const h = harness({ settle: [wrongPin(5), wrongPin(4), { kind: 'settled', settlement: settlement('m') }] });
    await upToPin(h);
    await h.pin();
    expect(h.counter.state).toBe('awaitingPin');
    expect(promptOf(h)).toEqual({ id: 'enterPinAgain', params: { triesLeft: '5' } });
    await h.pin();
    expect(promptOf(h).params.triesLeft).toBe('4');
    await h.pin();
    expect(h.counter.state).toBe('approved');
    expect(h.counter.snapshot.context).toMatchObject({ cardReads: 1, pinEntries: 3 });
  });

  it('uses a new message id for every try, so that no try is taken for a repetition', async () => {
    const h = harness({ settle: [wrongPin(5), wrongPin(4), { kind: 'settled', settlement: settlement('m') }] });
    await upToPin(h);
    for (let entry = 0; entry < 3; entry += 1) await h.pin();
    const ids = h.sent.filter(({ kind }) => kind === 'settle').map(({ request }) => (request as SettleRequest).msgId);
    expect(new Set(ids).size).toBe(3);
  });

  it('shows a stale quote anew and asks for one key, not for a new PIN (R26, R46)', async () => {
    const h = harness({
      settle: [
        { kind: 'stale', quote: quote(8000, 2000, 0), ticket: 'T' },
        { kind: 'settled', settlement: settlement('m', quote(8000, 2000, 0)) },
      ],
    });
    await upToPin(h);
    await h.pin();
    expect(h.counter.state).toBe('confirmingQuote');
    expect(h.counter.snapshot.context.quote?.split.own).toBe(2000);
    await h.attend();
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.counter.state).toBe('approved');
    expect(h.counter.snapshot.context.pinEntries).toBe(1);
    expect(h.sent.at(-1)?.request).toMatchObject({ authorisation: { kind: 'ticket', ticket: 'T' } });
  });

  it('asks the PIN after a stale quote when none was given before', async () => {
    const h = harness({
      quote: [{ kind: 'quoted', quote: quote(8000, 0, 0) }],
      settle: [{ kind: 'stale', quote: quote(8000, 2550, 0), ticket: null }],
    });
    await upToPin(h);
    expect(h.counter.state).toBe('confirmingQuote');
    await h.attend();
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.counter.state).toBe('awaitingPin');
  });

  it('asks no PIN when no account pays anything (E5)', async () => {
    const h = harness({ quote: [{ kind: 'quoted', quote: quote(8000, 0, 0) }] });
    await upToPin(h);
    expect(h.counter.state).toBe('approved');
    expect(h.pinOpen()).toBe(false);
  });

  it('shows a refused card without asking for a PIN (R93)', async () => {
    const h = harness({ identify: [{ kind: 'declined', decline: { code: 'CARD_LOST', fact: 'lost' } }] });
    await upToPin(h);
    expect(h.counter.state).toBe('declined');
    expect(h.pinOpen()).toBe(false);
    expect(h.counter.snapshot.context.result).toMatchObject({ code: 'CARD_LOST', fact: 'lost' });
  });

  it.each([
    ['halfRead', 'retryHalfRead'],
    ['noise', 'retryNoise'],
  ] as const)('says how to swipe again after %s and keeps the amount', async (reason, prompt) => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    await h.badRead(reason);
    expect(h.counter.state).toBe('awaitingCard');
    expect(promptOf(h).id).toBe(prompt);
    await h.swipe();
    expect(h.counter.state).toBe('awaitingPin');
    expect(h.counter.snapshot.context.cardReads).toBe(1);
  });

  it('answers a second start with busy and does not queue it', async () => {
    const h = harness();
    await upToPin(h);
    expect(h.counter.startSale({ total: fen(100), fund: zeroFen, goods: [] })).toBe('busy');
    await h.pin();
    expect(h.counter.snapshot.context.result?.settlement?.split.total).toBe(8000);
    await h.attend();
    h.counter.send({ type: 'key.confirm' });
    expect(h.counter.state).toBe('ready');
  });

  it('refuses a sale while nobody is signed in (R143)', async () => {
    const h = harness({ operator: null });
    await h.ready();
    expect(h.counter.startSale(bill)).toBe('notSignedIn');
    h.counter.send({ type: 'operator.signedIn', operator: '07' });
    expect(h.counter.startSale(bill)).toBe('busy');
    await h.settleDown();
    expect(h.counter.startSale(bill)).toBe('started');
  });

  it.each([
    ['', 'amountNotANumber'],
    ['abc', 'amountNotANumber'],
    ['0', 'amountNotPositive'],
    ['-5', 'amountNotPositive'],
    ['1.005', 'amountTooManyDecimals'],
    ['99999999999', 'amountTooLarge'],
  ])('refuses the amount %j with a sentence (R53)', async (text, notice) => {
    const h = harness();
    await h.ready();
    expect(h.counter.submitAmount(text)).toBe('refused');
    expect(h.counter.snapshot.context.notice?.id).toBe(notice);
    expect(h.counter.state).toBe('ready');
  });
});

describe('a sale paid by 医保码', () => {
  const identify = [customerByCode];
  const authorisations = (h: Harness) => h.requests('settle').map(({ authorisation }) => authorisation);
  const byVoucher = { kind: 'voucher', voucher: customerByCode.voucher };

  it('takes amount and code and ends approved: no card is read, no PIN asked (R35)', async () => {
    const h = harness({ identify });
    await h.ready();
    h.counter.startSale(bill);
    await h.scan();
    expect(h.counter.state).toBe('approved');
    expect(h.counter.snapshot.context).toMatchObject({ cardReads: 0, pinEntries: 0 });
    expect(h.verbs()).toEqual(['identify', 'quote', 'settle']);
    expect(h.requests('identify')[0]?.credential).toBe(code);
    expect(h.requests('quote')).toMatchObject([{ card: 'card-1', voucher: customerByCode.voucher }]);
    expect(authorisations(h)).toEqual([byVoucher]);
    expect(h.pinRequest()).toBeNull();
  });

  it('takes the code first as well, keeps an amount half typed, and begins the next sale over a result', async () => {
    const h = harness({ identify });
    await h.ready();
    h.counter.send({ type: 'amount.edited', text: '80' });
    await h.scan();
    expect([h.counter.state, h.counter.snapshot.context.draft]).toEqual(['awaitingAmount', '80']);
    h.counter.startSale(bill);
    await h.settleDown();
    expect(h.counter.state).toBe('approved');
    await h.scan();
    expect(h.counter.state).toBe('approved');
    await h.attend();
    await h.scan();
    expect(h.counter.state).toBe('awaitingAmount');
  });

  it('is authorised by the code also when no account pays anything', async () => {
    const h = harness({ identify, quote: [{ kind: 'quoted', quote: quote(8000, 0, 0) }] });
    await h.ready();
    h.counter.startSale(bill);
    await h.scan();
    expect([h.counter.state, authorisations(h)]).toEqual(['approved', [byVoucher]]);
  });

  it.each([
    ['ticket', { kind: 'ticket', ticket: 'ticket' }],
    [null, byVoucher],
  ])(
    'goes on after a stale quote by the ticket %s, without PIN and without a second code (R26)',
    async (ticket, by) => {
      const now = quote(8000, 2000, 0);
      const h = harness({
        identify,
        settle: [
          { kind: 'stale', quote: now, ticket },
          async ({ msgId }) => ({ kind: 'settled', settlement: settlement(msgId, now) }),
        ],
      });
      await h.ready();
      h.counter.startSale(bill);
      await h.scan();
      expect([h.counter.state, promptOf(h).id]).toEqual(['confirmingQuote', 'confirmNewQuote']);
      await h.attend();
      h.counter.send({ type: 'key.confirm' });
      await h.settleDown();
      expect([h.counter.state, authorisations(h)]).toEqual(['approved', [byVoucher, by]]);
      expect(h.counter.snapshot.context.pinEntries).toBe(0);
    },
  );

  it.each([['NOT_EVOUCHER'], ['CODE_EXPIRED'], ['CODE_USED'], ['CARD_LOST']] as const)(
    '%s ends it uncharged, before any quote (R95 to R98)',
    async (refused) => {
      const h = harness({ identify: [{ kind: 'declined', decline: { code: refused } }] });
      await h.ready();
      h.counter.startSale(bill);
      await h.scan();
      expect([h.counter.state, h.counter.snapshot.context.result?.code]).toEqual(['declined', refused]);
      expect([h.verbs(), h.journalled]).toEqual([['identify'], []]);
    },
  );

  it('ends uncharged, and asks no PIN, when its voucher is no good any more or the centre speaks of a PIN', async () => {
    for (const refused of ['CODE_EXPIRED', 'PIN_WRONG', 'PIN_KEY_EXPIRED'] as const) {
      const h = harness({ identify, settle: [{ kind: 'declined', decline: { code: refused } }] });
      await h.ready();
      h.counter.startSale(bill);
      await h.scan();
      expect([h.counter.state, h.counter.snapshot.context.result?.code]).toEqual(['declined', refused]);
    }
  });

  it('asks a silent centre again about the same code under the same message, about another under another', async () => {
    const h = harness({ identify: ['fault', 'silence', customerByCode] });
    await h.ready();
    h.counter.startSale(bill);
    await h.scan();
    await h.wait(defaultDelays.retry);
    await h.wait(defaultDelays.identify);
    await h.wait(defaultDelays.retry);
    expect(h.counter.state).toBe('approved');
    const ids = h.requests('identify').map(({ msgId }) => msgId);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    await h.attend();
    await h.scan({ ...code });
    expect(h.requests('identify').at(-1)?.msgId).not.toBe(ids[0]);
  });

  it('does not believe a code that comes back without a voucher, nor a card with one', async () => {
    for (const show of ['scan', 'swipe'] as const) {
      const h = harness(show === 'swipe' ? { identify } : {});
      await h.ready();
      h.counter.startSale(bill);
      await h[show]();
      for (let attempt = 0; attempt < 2; attempt += 1) await h.wait(defaultDelays.retry);
      expect([h.counter.state, h.counter.snapshot.context.result?.code]).toEqual(['cancelled', 'CENTRE_UNAVAILABLE']);
      expect(h.verbs()).toEqual(['identify', 'identify', 'identify']);
    }
  });

  it('is not taken while a card is being read, or once one is: the card goes on', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.reader({ kind: 'reading' });
    await h.scan();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['reading', 'scanNotNeeded']);
    await h.swipe();
    await h.scan();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['awaitingPin', 'scanNotNeeded']);
    await h.pin();
    expect([h.counter.state, authorisations(h)]).toEqual(['approved', [{ kind: 'pin', pinBlock }]]);
  });

  it('that has begun is not disturbed by a card', async () => {
    const h = harness({ identify: ['silence'] });
    await h.ready();
    h.counter.startSale(bill);
    await h.scan();
    await h.swipe();
    expect([h.counter.state, h.counter.snapshot.context.credential]).toEqual(['identifying', code]);
  });

  it('leaves nothing of code and voucher behind, and prints neither meanwhile', async () => {
    const h = harness({ identify, settle: ['silence'] });
    const seen: string[] = [];
    h.counter.subscribe((snapshot) =>
      seen.push(JSON.stringify(snapshot.context), inspect(snapshot.context, { depth: 9 })),
    );
    await h.ready();
    h.counter.startSale(bill);
    await h.scan();
    expect(h.counter.state).toBe('settling');
    expect(inspect({ sent: h.sent, journalled: h.journalled }, { depth: 9 }) + seen.join('')).not.toMatch(
      /424000|voucher-1/,
    );
    const { credential, authorisation } = h.counter.snapshot.context;
    expect([credential, authorisation]).toEqual([null, byVoucher]);
    await h.wait(defaultDelays.settle);
    await h.wait(defaultDelays.query);
    const { customer, ...after } = h.counter.snapshot.context;
    expect([h.counter.state, customer, after.authorisation]).toEqual(['cancelled', null, null]);
  });
});

describe('time-outs and cancel', () => {
  it.each([
    ['awaitingCard', 'card'],
    ['awaitingPin', 'pin'],
  ] as const)('ends %s after its own time-out, uncharged', async (state, delay) => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    if (state === 'awaitingPin') await h.swipe();
    await h.wait(defaultDelays[delay] - 1);
    expect(h.counter.state).toBe(state);
    await h.wait(1);
    expect(h.counter.state).toBe('cancelled');
    expect(h.counter.snapshot.context.result?.code).toBe('PIN_TIMEOUT');
    await h.wait(defaultDelays.cancelled);
    expect(h.counter.state).toBe('ready');
  });

  it('wipes the PIN pad when the sale is cancelled at the PIN', async () => {
    const h = harness();
    await upToPin(h);
    h.counter.send({ type: 'key.cancel' });
    expect(h.counter.state).toBe('cancelled');
    expect(h.wiped()).toBe(1);
    expect(h.sent.filter(({ kind }) => kind === 'settle')).toEqual([]);
  });

  it('cannot be cancelled while settling, and explains', async () => {
    const h = harness({ settle: ['silence'] });
    await upToPin(h);
    await h.pin();
    h.counter.send({ type: 'key.cancel' });
    expect(h.counter.state).toBe('settling');
    expect(h.counter.snapshot.context.notice?.id).toBe('cannotCancel');
  });

  it('ends a reading that never comes to an end as a half read', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.counter.send({ type: 'card.reading' });
    await h.wait(defaultDelays.read);
    expect(h.counter.state).toBe('awaitingCard');
    expect(promptOf(h).id).toBe('retryHalfRead');
  });

  it.each(['fault', 'silence'] as const)('asks %s again where no money moves, then ends uncharged', async (answer) => {
    const h = harness({ identify: [answer] });
    await upToPin(h);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await h.wait(answer === 'silence' ? defaultDelays.identify : 0);
      await h.wait(defaultDelays.retry);
    }
    expect(h.counter.state).toBe('cancelled');
    expect(h.counter.snapshot.context.result?.code).toBe('CENTRE_UNAVAILABLE');
    expect(h.sent).toHaveLength(3);
  });

  it('goes out of service on a bug of ours instead of taking it for a silent centre', async () => {
    const h = harness({ quote: [() => Promise.reject(new TypeError('a bug'))] });
    await upToPin(h);
    expect(h.counter.state).toBe('outOfService');
    expect(h.reports.map(String)).toEqual(['TypeError: a bug']);
  });

  it('goes on when the centre answers the second time', async () => {
    const h = harness({ quote: ['fault', { kind: 'quoted', quote: quote(8000, 5000, 3000) }] });
    await upToPin(h);
    await h.wait(defaultDelays.retry);
    expect(h.counter.state).toBe('awaitingPin');
  });
});

describe('the journal', () => {
  it('notes every settle message before it leaves and its outcome after, without the PIN block', async () => {
    const h = harness();
    await upToPin(h);
    await h.pin();
    const settle = h.sent.find(({ kind }) => kind === 'settle')?.request as SettleRequest;
    expect(h.journalled).toEqual([
      {
        msgId: settle.msgId,
        kind: 'settle',
        amountFen: 8000,
        card: 'card-1',
        settlementId: null,
        operator: '01',
        at: expect.any(Number),
      },
      { msgId: settle.msgId, outcome: 'settled' },
    ]);
    expect(JSON.stringify(h.journalled)).not.toContain(pinBlock.hex);
  });

  it('that cannot be written keeps the message at home: nothing is sent, nothing charged', async () => {
    const h = harness({
      journal: { intend: () => Promise.reject(new JournalFault('notWritable', 'disk full')) },
    });
    await upToPin(h);
    await h.pin();
    expect(h.counter.state).toBe('cancelled');
    expect(promptOf(h).id).toBe('storageFault');
    expect(h.sent.map(({ kind }) => kind)).not.toContain('settle');
    expect(h.reports).toHaveLength(1);
  });

  it('that cannot be opened puts the counter out of service', async () => {
    const h = harness({ journal: { open: () => Promise.reject(new JournalFault('corrupt', 'line 3')) } });
    await h.ready();
    expect(h.counter.state).toBe('outOfService');
    expect(h.counter.startSale(bill)).toBe('outOfService');
  });
});

describe('a hasty hand', () => {
  const stale = { kind: 'stale', quote: quote(8000, 5000, 0), ticket: 'T' } as const;

  it('does not agree to a new quote by the second Enter of the PIN (R26)', async () => {
    const h = harness({ settle: [stale, { kind: 'settled', settlement: settlement('m', stale.quote) }] });
    await upToPin(h);
    await h.pin();
    await h.wait(120);
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.counter.state).toBe('confirmingQuote');
    await h.attend();
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.counter.state).toBe('approved');
  });

  it.each(['key.confirm', 'key.cancel'] as const)(
    'does not dismiss a result by %s before it can be read',
    async (key) => {
      const h = harness();
      await upToPin(h);
      await h.pin();
      h.counter.send({ type: key });
      expect(h.counter.state).toBe('approved');
      await h.attend();
      h.counter.send({ type: key });
      expect(h.counter.state).toBe('ready');
    },
  );

  it('does not dismiss a result with digits typed too many', async () => {
    const h = harness();
    await upToPin(h);
    await h.pin();
    h.counter.send({ type: 'amount.edited', text: '7' });
    expect(h.counter.state).toBe('approved');
  });

  it('does not dismiss a result with a card that cannot be read', async () => {
    const h = harness();
    await upToPin(h);
    await h.pin();
    await h.attend();
    await h.badRead('noise');
    expect(h.counter.state).toBe('approved');
    expect(h.counter.snapshot.context.result?.kind).toBe('approved');
  });

  it('that cancels in the middle of a slow read is not overruled by the rest of the bytes', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.reader({ kind: 'reading' });
    h.counter.send({ type: 'key.cancel' });
    await h.attend();
    h.reader({ kind: 'read', read: { ok: true, credential: stripe } });
    await h.settleDown();
    expect(h.counter.state).toBe('cancelled');
    expect(h.sent).toEqual([]);
    expect(h.counter.snapshot.context.notice?.id).toBe('swipeNotNeeded');
  });

  it('cannot sign out in the middle of a sale, and is told so', async () => {
    const h = harness();
    await upToPin(h);
    h.counter.send({ type: 'operator.signedOut' });
    expect(h.counter.state).toBe('awaitingPin');
    expect(h.counter.snapshot.context.notice?.id).toBe('busy');
  });
});

describe('sentences that stand for a while', () => {
  it.each([
    ['a bad read', (h: Harness) => h.reader({ kind: 'read', read: { ok: false, reason: 'noise' } })],
    ['a bad amount', (h: Harness) => void h.counter.submitAmount('abc')],
  ])('%s is forgotten in ready when nobody does anything', async (_, happen) => {
    const h = harness();
    await h.ready();
    happen(h);
    expect([promptOf(h).id, h.counter.snapshot.context.notice?.id]).not.toEqual(['ready', undefined]);
    await h.wait(defaultDelays.notice);
    expect([promptOf(h).id, h.counter.snapshot.context.notice]).toEqual(['ready', null]);
  });

  it('busy goes away as the sale goes on', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.counter.startSale(bill);
    expect(h.counter.snapshot.context.notice?.id).toBe('busy');
    await h.swipe();
    expect(h.counter.snapshot.context.notice).toBeNull();
  });
});

describe('a reader that is unplugged', () => {
  const gone = { kind: 'gone', cause: 'unplugged' } as const;

  it('while a card is waited for: says so, keeps the sale, and goes on when it is back', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.reader(gone);
    expect([h.counter.state, promptOf(h).id]).toEqual(['awaitingCard', 'readerLostInSale']);
    h.reader({ kind: 'back' });
    expect([h.counter.state, promptOf(h).id]).toEqual(['awaitingCard', 'presentCard']);
    await h.swipe();
    expect(h.counter.state).toBe('awaitingPin');
  });

  it('gives the whole time again at the loss and at the return, and is never stuck', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    await h.wait(defaultDelays.card - 1);
    h.reader(gone);
    await h.wait(defaultDelays.card - 1);
    h.reader({ kind: 'back' });
    await h.wait(defaultDelays.card - 1);
    expect(h.counter.state).toBe('awaitingCard');
    h.reader(gone);
    await h.wait(defaultDelays.card);
    expect(h.counter.state).toBe('cancelled');
  });

  it.each([
    ['awaitingCard', (h: Harness): void => void h.counter.startSale(bill)],
    ['enteringAmount', (h: Harness): void => h.counter.send({ type: 'amount.edited', text: '80' })],
    ['ready', (): void => undefined],
  ] as const)('in the middle of a card leads back to %s', async (state, begin) => {
    const h = harness();
    await h.ready();
    begin(h);
    h.reader({ kind: 'reading' });
    expect(h.counter.state).toBe('reading');
    h.reader(gone);
    expect(h.counter.state).toBe(state);
    expect(promptOf(h).id).toBe(state === 'ready' ? 'readerLost' : 'readerLostInSale');
    await h.wait(defaultDelays.read);
    expect(h.counter.state).toBe(state);
  });

  it('after the read changes nothing in the sale', async () => {
    const h = harness();
    await upToPin(h);
    h.reader(gone);
    expect([h.counter.state, promptOf(h).id, h.counter.snapshot.context.notice]).toEqual([
      'awaitingPin',
      'enterPin',
      null,
    ]);
    await h.pin();
    expect(h.counter.state).toBe('approved');
    await h.attend();
    h.counter.send({ type: 'key.confirm' });
    expect(promptOf(h).id).toBe('readerLost');
  });

  it('is not said of a reader beside the one in use, whose cards count all the same', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.besideReader(gone);
    expect(promptOf(h).id).toBe('presentCard');
    h.reader(gone);
    h.besideReader({ kind: 'back' });
    expect(promptOf(h).id).toBe('readerLostInSale');
    h.besideReader({ kind: 'reading' });
    h.besideReader({ kind: 'read', read: { ok: true, credential: stripe } });
    await h.settleDown();
    expect(h.counter.state).toBe('awaitingPin');
  });
});

describe('a card that nobody waits for', () => {
  const read = { kind: 'read', read: { ok: true, credential: stripe } } as const;

  it('is dropped with a hint that goes by itself', async () => {
    const h = harness();
    await upToPin(h);
    await h.swipe();
    expect(h.counter.snapshot.context).toMatchObject({ cardReads: 1, notice: { id: 'swipeNotNeeded' } });
    await h.wait(defaultDelays.notice);
    expect([h.counter.state, h.counter.snapshot.context.notice]).toEqual(['awaitingPin', null]);
  });

  it.each(['awaitingPin', 'cancelled'] as const)(
    'is not used by the next sale when its bytes began in %s',
    async (state) => {
      const h = harness();
      await upToPin(h);
      if (state === 'awaitingPin') h.reader({ kind: 'reading' });
      h.counter.send({ type: 'key.cancel' });
      if (state === 'cancelled') h.reader({ kind: 'reading' });
      await h.attend();
      h.counter.startSale(bill);
      expect(h.counter.state).toBe('awaitingCard');
      h.reader(read);
      await h.settleDown();
      expect(h.counter.state).toBe('awaitingCard');
      expect(h.counter.snapshot.context.notice?.id).toBe('swipeAgain');
      await h.swipe();
      expect(h.counter.state).toBe('awaitingPin');
    },
  );

  it('is not used when the sale for which it began has ended before it was whole', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.reader({ kind: 'reading' });
    await h.wait(defaultDelays.read);
    h.counter.send({ type: 'key.cancel' });
    await h.attend();
    h.counter.startSale(bill);
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.sent.length]).toEqual(['awaitingCard', 0]);
  });

  it('is not used either when that sale timed out', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.reader({ kind: 'reading' });
    await h.wait(defaultDelays.read);
    await h.wait(defaultDelays.card);
    expect(h.counter.state).toBe('cancelled');
    await h.attend();
    h.counter.startSale(bill);
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.sent.length]).toEqual(['awaitingCard', 0]);
  });

  it('is not used after the amount beside it was cancelled', async () => {
    const h = harness();
    await h.ready();
    h.counter.send({ type: 'amount.edited', text: '80' });
    h.reader({ kind: 'reading' });
    await h.wait(defaultDelays.read);
    h.counter.send({ type: 'key.cancel' });
    expect(h.counter.state).toBe('ready');
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id, h.sent.length]).toEqual(['ready', 'swipeAgain', 0]);
  });

  it('is not used when its reader was lost in between', async () => {
    const h = harness();
    await upToPin(h);
    h.reader({ kind: 'reading' });
    h.reader({ kind: 'gone', cause: 'unplugged' });
    h.reader({ kind: 'back' });
    h.counter.send({ type: 'key.cancel' });
    await h.attend();
    h.counter.startSale(bill);
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['awaitingCard', 'swipeAgain']);
  });

  it('is not used by a sale that starts after it was given up', async () => {
    const h = harness();
    await h.ready();
    h.reader({ kind: 'reading' });
    await h.wait(defaultDelays.read);
    h.counter.startSale(bill);
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['awaitingCard', 'swipeAgain']);
  });

  it('is not used when nobody knows when it began', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    h.reader(read);
    await h.settleDown();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['awaitingCard', 'swipeAgain']);
  });

  it('is answered with the sign-in before anybody has signed in', async () => {
    const h = harness({ operator: null });
    await h.ready();
    await h.swipe();
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['signedOut', 'signInFirst']);
    h.counter.send({ type: 'operator.signedIn', operator: '07' });
    await h.settleDown();
    expect([h.counter.state, h.sent.length]).toEqual(['ready', 0]);
  });

  it('takes the newest hint for as long as every other', async () => {
    const h = harness();
    await upToPin(h);
    await h.swipe();
    await h.wait(defaultDelays.notice - 1);
    await h.badRead();
    await h.wait(defaultDelays.notice - 1);
    expect(h.counter.snapshot.context.notice?.id).toBe('swipeNotNeeded');
    await h.wait(1);
    expect(h.counter.snapshot.context.notice).toBeNull();
  });

  it('says how to swipe when the next customer does so badly over the result', async () => {
    const h = harness();
    await upToPin(h);
    await h.pin();
    await h.attend();
    await h.badRead('noise');
    expect(h.counter.snapshot.context.notice?.id).toBe('retryNoise');
  });
});
