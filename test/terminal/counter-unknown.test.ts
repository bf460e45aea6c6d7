import { describe, expect, it } from 'vitest';
import { fen } from '../../src/domain/money.ts';
import type { SettleAnswer, SettleRequest } from '../../src/ports/centre.ts';
import { JournalFault } from '../../src/ports/journal.ts';
import { defaultDelays, queriesMax } from '../../src/terminal/counter-model.ts';
import { promptOfState } from '../../src/terminal/prompt-of-state.ts';
import { harness, type Journalled } from './counter-harness.ts';
import { bill, open, quote, returned, settlement, undo } from './fake-ports.ts';

type Harness = ReturnType<typeof harness>;
type Script = NonNullable<Parameters<typeof harness>[0]>;

const settled: SettleAnswer = { kind: 'settled', settlement: settlement('m') };
const found = { kind: 'found', answer: settled, undone: false } as const;
const promptOf = ({ counter }: Harness) => promptOfState(counter.state, counter.snapshot.context);
const settleIdOf = (h: Harness) => h.requests('settle').at(-1)?.msgId ?? '';
const unknownOf = (h: Harness) => h.counter.snapshot.context.pending;
const push = (h: Harness, step: 'query' | 'reverse') => {
  h.counter.send({ type: 'supervisor.push', step });
  return h.settleDown();
};
const suspend = (h: Harness) => {
  h.counter.send({ type: 'supervisor.suspend', by: '王店长', reason: '中心停机' });
  return h.settleDown();
};

async function upToPin(h: Harness) {
  await h.ready();
  h.counter.startSale(bill);
  await h.swipe();
}
async function unknown(script: Script = {}) {
  const h = harness({ settle: ['fault'], ...script });
  await upToPin(h);
  await h.pin();
  expect(h.counter.state).toBe('unknown');
  return h;
}
/** Lets every question up to the last one that is asked go by without an answer. */
async function unansweredQuestions(h: Harness) {
  for (let asked = 0; asked < queriesMax; asked += 1) await h.wait(defaultDelays.query * 2 ** asked);
  expect(h.requests('query')).toHaveLength(queriesMax);
}
const disk = () => Promise.reject(new JournalFault('notWritable', 'disk full'));

describe('an unknown outcome', () => {
  it.each(['fault', 'silence'] as const)('is what %s at settlement leads to, never declined (R125)', async (answer) => {
    const h = harness({ settle: [answer] });
    await upToPin(h);
    await h.pin();
    if (answer === 'silence') await h.wait(defaultDelays.settle);
    expect(h.counter.state).toBe('unknown');
    expect(unknownOf(h)).toMatchObject({ msgId: settleIdOf(h), kind: 'settle', amountFen: 8000, step: 'query' });
  });

  const declinedPin = { kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft: 5 } } as const;
  it.each<[string, SettleAnswer]>([
    ['to another message', { kind: 'settled', settlement: settlement('P99000000001202504191000009999') }],
    ['of another amount', { kind: 'settled', settlement: settlement('m', quote(800, 500, 300)) }],
    ['that does not add up', { kind: 'settled', settlement: { ...settlement('m'), ownAfter: fen(1) } }],
    ['of no known kind', { kind: 'perhaps' } as never],
    ['of a refusal of another message', { ...declinedPin, refMsgId: 'P99000000001202504191000009999' } as never],
    ['declined with no known code', { kind: 'declined', decline: { code: 'NEVER_HEARD' as never } }],
  ])('is what an answer %s leads to', async (what, answer) => {
    const h = harness({
      settle: [
        async ({ msgId }) =>
          answer.kind === 'settled' && what !== 'to another message'
            ? { ...answer, settlement: { ...answer.settlement, msgId } }
            : answer,
      ],
    });
    await upToPin(h);
    await h.pin();
    expect(h.counter.state).toBe('unknown');
    expect(h.journalled).toHaveLength(1);
  });

  it('blocks a new sale, says why by its code, and cannot be cancelled', async () => {
    const h = await unknown({ query: ['fault'], reverse: ['silence'] });
    expect(h.counter.startSale(bill)).toBe('busy');
    expect(h.counter.snapshot.context.notice?.params.code).toBe('UNKNOWN_OUTCOME');
    h.counter.send({ type: 'key.cancel' });
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['unknown', 'cannotCancel']);
    await unansweredQuestions(h);
    expect(h.counter.startSale(bill)).toBe('busy');
    expect(h.counter.snapshot.context.notice?.params.code).toBe('PENDING_REVERSAL');
  });

  it('asks by message id and ends approved when the centre had settled', async () => {
    const h = await unknown({ query: [found] });
    await h.wait(defaultDelays.query);
    expect(h.sent.at(-1)).toMatchObject({ kind: 'query', request: { of: settleIdOf(h), signNo: null } });
    expect(h.counter.state).toBe('approved');
    expect(h.journalled.at(-1)).toEqual({ msgId: settleIdOf(h), outcome: 'settled' });
  });

  it('is not decided by the answer that was none when it came first: another bill, the same from the accounts', async () => {
    const another: SettleAnswer = { kind: 'settled', settlement: settlement('m', quote(9900, 5000, 3000)) };
    const h = await unknown({ settle: [another], query: [{ kind: 'found', undone: false, answer: another }] });
    await unansweredQuestions(h);
    expect([h.counter.state, unknownOf(h)?.step]).toEqual(['unknown', 'reverse']);
    expect(h.journalled).toHaveLength(1);
  });

  it.each([
    ['the centre never got it', { kind: 'absent' }, 'cancelled', 'notCharged', 'absent'],
    [
      'its quote was stale',
      { kind: 'stale', quote: quote(8000, 2000, 0), ticket: null },
      'cancelled',
      'notCharged',
      'stale',
    ],
    ['it was declined', { kind: 'declined', decline: { code: 'PIN_LOCKED' } }, 'declined', 'declined', 'declined'],
  ] as const)('says that nothing was charged when %s', async (_, answer, state, prompt, outcome) => {
    const h = await unknown({
      query: [answer.kind === 'absent' ? answer : { kind: 'found', answer, undone: false }],
    });
    await h.wait(defaultDelays.query);
    expect([h.counter.state, promptOf(h).id]).toEqual([state, prompt]);
    expect(h.journalled.at(-1)).toEqual({ msgId: settleIdOf(h), outcome });
    // Whoever has waited for that answer has time to read it.
    await h.wait(defaultDelays.declined - 1);
    expect(h.counter.state).toBe(state);
    await h.wait(1);
    expect(h.counter.state).toBe('ready');
  });

  it('that was settled and given back since is no approved sale', async () => {
    const h = await unknown({ query: [{ ...found, undone: true }] });
    await h.wait(defaultDelays.query);
    expect([h.counter.state, promptOf(h).id]).toEqual(['undone', 'reversed']);
    expect(h.counter.snapshot.context.result?.settlement).toBeNull();
  });

  it.each([
    ['of another message', async () => ({ ...found, answer: { ...settled, settlement: settlement('other') } })],
    [
      'of another amount',
      async ({ of }: { of: string }) => ({
        ...found,
        answer: { ...settled, settlement: settlement(of, quote(8000, 5000, 0)) },
      }),
    ],
    [
      'of another kind',
      async ({ of }: { of: string }) => ({
        kind: 'found' as const,
        undone: false,
        answer: { kind: 'undone' as const, undo: undo(of) },
      }),
    ],
  ])('is not resolved by a found answer %s', async (_, answer) => {
    const h = await unknown({ query: [answer] });
    await h.wait(defaultDelays.query);
    expect(h.counter.state).toBe('unknown');
    expect(h.journalled).toHaveLength(1);
  });

  it('goes on asking with growing pauses, then reverses the sale, with growing pauses too', async () => {
    const h = await unknown({
      query: ['fault', 'silence', 'fault'],
      reverse: ['fault', 'fault', { kind: 'reversed', undo: null }],
    });
    const counts = () => [h.requests('query').length, h.requests('reverse').length];
    await h.wait(3000 - 1);
    expect(counts()).toEqual([0, 0]);
    await h.wait(1);
    expect(counts()).toEqual([1, 0]);
    await h.wait(6000);
    expect(counts()).toEqual([2, 0]);
    await h.wait(defaultDelays.queryAnswer);
    await h.wait(12_000 - 1);
    expect(counts()).toEqual([2, 0]);
    await h.wait(1);
    expect(counts()).toEqual([3, 0]);
    expect(promptOf(h).id).toBe('unknownToReverse');
    await h.wait(24_000 - 1);
    expect(counts()).toEqual([3, 0]);
    await h.wait(1);
    expect(counts()).toEqual([3, 1]);
    expect(h.requests('reverse')[0]).toMatchObject({ of: settleIdOf(h), signNo: null });
    await h.wait(48_000);
    expect(counts()).toEqual([3, 2]);
    await h.wait(60_000 - 1);
    expect(counts()).toEqual([3, 2]);
    await h.wait(1);
    expect(counts()).toEqual([3, 3]);
    expect([h.counter.state, promptOf(h).id]).toEqual(['undone', 'reversed']);
    const msgId = settleIdOf(h);
    expect(h.journalled.slice(1)).toEqual([{ reversing: msgId }, { msgId, outcome: 'reversed' }]);
  });

  it('shows what the reversal gave back', async () => {
    const record = undo('R', returned(8000, 5000, 3000), 'reversal');
    const h = await unknown({ reverse: [{ kind: 'reversed', undo: record }] });
    await push(h, 'reverse');
    expect(h.counter.snapshot.context.result?.undo).toMatchObject({ kind: 'reversal', undoId: 'U1' });
  });

  it.each([
    ['declined', { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } }],
    [
      'of another sale',
      {
        kind: 'reversed',
        undo: { ...undo('R', undefined, 'reversal'), original: { ...undo('R').original, msgId: 'other' } },
      },
    ],
    ['of a cancel', { kind: 'reversed', undo: undo('R') }],
  ] as const)('is not resolved by a reversal %s', async (_, answer) => {
    const h = await unknown({ reverse: [async () => answer] });
    await push(h, 'reverse');
    expect([h.counter.state, unknownOf(h)?.reversing]).toEqual(['unknown', true]);
  });

  it('is asked at once by the confirm key, and by a supervisor', async () => {
    const h = await unknown({ query: ['fault', { kind: 'absent' }] });
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.requests('query')).toHaveLength(1);
    await push(h, 'query');
    expect(h.counter.state).toBe('cancelled');
  });

  it('is reversed at once by a supervisor, also while it is being asked for', async () => {
    const h = await unknown({ query: ['silence'] });
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    await push(h, 'reverse');
    expect([h.counter.state, promptOf(h).id]).toEqual(['undone', 'reversed']);
  });

  it('is only reversed once a reversal may have left: no question then, whoever pushes', async () => {
    const h = await unknown({ query: [found], reverse: ['silence', 'fault', { kind: 'reversed', undo: null }] });
    await push(h, 'reverse');
    await h.wait(defaultDelays.queryAnswer);
    await push(h, 'query');
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.verbs()).not.toContain('query');
    expect(h.requests('reverse')).toHaveLength(2);
    await push(h, 'reverse');
    expect(h.counter.state).toBe('undone');
  });

  it('notes a reversal once, and never sends one that is not noted', async () => {
    const notes: string[] = [];
    let works = false;
    const reversing = (msgId: string) => (works ? Promise.resolve(void notes.push(msgId)) : disk());
    const h = await unknown({ query: [found], reverse: ['fault'], journal: { reversing } });
    await push(h, 'reverse');
    expect([h.counter.state, h.requests('reverse').length, h.reports.length]).toEqual(['unknown', 0, 1]);
    works = true;
    await push(h, 'reverse');
    await push(h, 'reverse');
    expect([notes.length, h.requests('reverse').length]).toEqual([1, 2]);
  });

  it('is asked for again, by itself, when the reversal could not be noted', async () => {
    const h = await unknown({ query: ['fault', 'fault', 'fault', 'fault', found], journal: { reversing: disk } });
    await unansweredQuestions(h);
    for (let step = 0; step < 4; step += 1) await h.wait(defaultDelays.queryMax);
    expect(h.verbs().slice(-2)).toEqual(['query', 'query']);
    expect(h.counter.state).toBe('approved');
  });

  it('lets no late answer into another sale', async () => {
    let late: (answer: SettleAnswer) => void = () => {};
    const waiting = (_: SettleRequest) =>
      new Promise<SettleAnswer>((resolve) => {
        late = resolve;
      });
    const h = harness({ settle: [waiting, 'silence'], query: [{ kind: 'absent' }] });
    await upToPin(h);
    await h.pin();
    await h.wait(defaultDelays.settle);
    const first = settleIdOf(h);
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    await h.attend();
    h.counter.startSale(bill);
    await h.swipe();
    await h.pin();
    late({ kind: 'settled', settlement: settlement(first) });
    await h.settleDown();
    expect(h.counter.state).toBe('settling');
    const written = h.journalled.filter((entry) => 'outcome' in entry);
    expect(written).toEqual([{ msgId: first, outcome: 'absent' }]);
  });

  it('does not send a message whose journal entry came too late', async () => {
    let written = () => {};
    const intend = () => new Promise<void>((resolve) => (written = resolve));
    const h = harness({ journal: { intend }, query: ['silence'] });
    await upToPin(h);
    await h.pin();
    await h.wait(defaultDelays.settle);
    expect(h.counter.state).toBe('unknown');
    written();
    await h.settleDown();
    expect(h.verbs()).not.toContain('settle');
  });
});

describe('a suspended item (挂账)', () => {
  const inJournal = (h: Harness) => h.journalled.filter((entry: Journalled) => 'suspension' in entry);

  it('is written down, frees the counter and is never called done', async () => {
    const h = await unknown({ query: ['fault'] });
    const msgId = settleIdOf(h);
    await suspend(h);
    const suspension = { by: '王店长', reason: '中心停机', at: h.now() };
    expect(inJournal(h)).toEqual([{ msgId, suspension }]);
    expect([h.counter.state, promptOf(h).id]).toEqual(['suspended', 'suspended']);
    expect(h.counter.snapshot.context.result).toMatchObject({ kind: 'suspended', settlement: null, undo: null });
    await h.attend();
    expect(h.counter.startSale(bill)).toBe('started');
    expect(h.counter.snapshot.context.suspended).toMatchObject([{ msgId, suspension }]);
    expect(h.journalled.filter((entry) => 'outcome' in entry)).toEqual([]);
  });

  it('stays unknown when it cannot be written down', async () => {
    const h = await unknown({ query: ['fault'], journal: { suspend: disk } });
    await suspend(h);
    expect([h.counter.state, h.reports.length, h.counter.snapshot.context.suspended]).toEqual(['unknown', 1, []]);
    await h.wait(defaultDelays.query);
    expect(h.requests('query')).toHaveLength(1);
  });

  it('can be asked for again, and is no item any more once it is resolved', async () => {
    const h = await unknown({ query: [found] });
    const msgId = settleIdOf(h);
    await suspend(h);
    await h.attend();
    h.counter.send({ type: 'suspended.reopened', msgId: 'nobody' });
    expect(h.counter.state).toBe('suspended');
    h.counter.send({ type: 'suspended.reopened', msgId });
    await h.settleDown();
    expect([h.counter.state, h.counter.snapshot.context.suspended]).toEqual(['approved', []]);
    expect(h.journalled.at(-1)).toEqual({ msgId, outcome: 'settled' });
  });

  it('goes on as a reversal when one may have left, and can be suspended again', async () => {
    const h = await unknown({ reverse: ['silence', 'fault', { kind: 'reversed', undo: null }] });
    const msgId = settleIdOf(h);
    await push(h, 'reverse');
    await suspend(h);
    await h.attend();
    h.counter.send({ type: 'suspended.reopened', msgId });
    await h.settleDown();
    expect([h.counter.state, unknownOf(h)?.step]).toEqual(['unknown', 'reverse']);
    await suspend(h);
    expect(h.counter.snapshot.context.suspended).toHaveLength(1);
    await h.attend();
    h.counter.send({ type: 'suspended.reopened', msgId });
    await h.settleDown();
    expect([h.counter.state, h.verbs().includes('query')]).toEqual(['undone', false]);
  });
});

describe('after a restart', () => {
  it('asks for everything left open before anything else, oldest first', async () => {
    const h = harness({ open: [open('A'), open('B')], query: [found, { kind: 'absent' }] });
    await h.ready();
    expect(h.requests('query').map(({ of }) => of)).toEqual(['A', 'B']);
    expect(h.journalled).toEqual([
      { msgId: 'A', outcome: 'settled' },
      { msgId: 'B', outcome: 'absent' },
    ]);
    expect(h.counter.state).toBe('cancelled');
  });

  it('goes on with a reversal that may have left, without asking and without noting it again', async () => {
    const h = harness({ open: [open('A', { reversing: true })] });
    await h.ready();
    expect(h.requests('reverse').map(({ of }) => of)).toEqual(['A']);
    expect(h.verbs()).toEqual(['reverse']);
    expect(h.journalled).toEqual([{ msgId: 'A', outcome: 'reversed' }]);
    expect(h.counter.state).toBe('undone');
  });

  it('asks for an undo and never reverses it', async () => {
    const h = harness({ open: [open('A', { kind: 'refund', card: null, settlementId: 'S1' })], query: ['fault'] });
    await h.ready();
    for (let asked = 0; asked < 2 * queriesMax; asked += 1) await h.wait(defaultDelays.queryMax);
    await push(h, 'reverse');
    expect(new Set(h.verbs())).toEqual(new Set(['query']));
    expect(promptOf(h).id).toBe('unknownUndoToQuery');
  });

  it('keeps suspended items and lets them block nothing', async () => {
    const suspension = { by: '王店长', reason: '停电', at: 1 };
    const h = harness({ open: [open('A', { suspension }), open('B')] });
    await h.ready();
    expect(h.requests('query').map(({ of }) => of)).toEqual(['B']);
    expect(h.counter.snapshot.context.suspended.map(({ msgId }) => msgId)).toEqual(['A']);
    await h.attend();
    expect(h.counter.startSale(bill)).toBe('started');
  });

  it('waits with it until somebody has signed in (R143)', async () => {
    const h = harness({ operator: null, open: [open('A')] });
    await h.ready();
    expect([h.counter.state, h.sent.length]).toEqual(['signedOut', 0]);
    h.counter.send({ type: 'operator.signedIn', operator: '07' });
    await h.settleDown();
    expect(h.verbs()).toEqual(['query']);
    expect(h.counter.state).toBe('cancelled');
    await h.attend();
    h.counter.startSale(bill);
    await h.swipe();
    expect(h.counter.state).toBe('awaitingPin');
  });

  it('tells of a journal that was set aside', async () => {
    const h = harness({ setAside: { path: 'journal.damaged-1', unreadable: 2 } });
    await h.ready();
    expect(h.counter.state).toBe('ready');
    expect(h.reports.map(({ message }) => message)).toEqual([
      expect.stringMatching(/damaged.*journal\.damaged-1; 2 of its lines/),
    ]);
  });
});

describe('a sale whose answer came and is to be reversed', () => {
  const reversal = (h: Harness) => {
    h.counter.send({ type: 'reversal.requested', intent: { msgId: settleIdOf(h), amount: fen(8000) } });
    return h.settleDown();
  };
  const approved = async (script: Script = {}) => {
    const h = harness(script);
    await upToPin(h);
    await h.pin();
    expect(h.counter.state).toBe('approved');
    return h;
  };

  it.each(['at once', 'later'])('is open in the journal again before the reversal leaves: %s', async (when) => {
    const h = await approved({
      reverse: [
        async () => {
          h.journalled.push({ reversing: 'sent' });
          return { kind: 'reversed', undo: null };
        },
      ],
    });
    if (when === 'later') {
      await h.attend();
      h.counter.send({ type: 'key.confirm' });
      expect(h.counter.state).toBe('ready');
    }
    const msgId = settleIdOf(h);
    await reversal(h);
    expect(h.journalled.slice(2)).toEqual([
      expect.objectContaining({ msgId, kind: 'settle', amountFen: 8000, card: null }),
      { reversing: msgId },
      { reversing: 'sent' },
      { msgId, outcome: 'reversed' },
    ]);
    expect([h.counter.state, promptOf(h).id]).toEqual(['undone', 'reversed']);
  });

  it('stays unknown while the centre does not answer, and is never asked for', async () => {
    const h = await approved({ reverse: ['fault'], query: [found] });
    await reversal(h);
    await h.wait(defaultDelays.query * 2);
    expect([h.counter.state, h.verbs().slice(3)]).toEqual(['unknown', ['reverse', 'reverse']]);
  });

  it('is opened and noted anew when the same sale is to be reversed again', async () => {
    const h = await approved();
    const msgId = settleIdOf(h);
    await reversal(h);
    await reversal(h);
    const once = [
      expect.objectContaining({ msgId, kind: 'settle' }),
      { reversing: msgId },
      { msgId, outcome: 'reversed' },
    ];
    expect(h.journalled.slice(2)).toEqual([...once, ...once]);
  });

  it('stays one that may have been reversed when it is suspended', async () => {
    const h = await approved({ reverse: ['fault', { kind: 'reversed', undo: null }], query: [found] });
    const msgId = settleIdOf(h);
    await reversal(h);
    await suspend(h);
    expect(h.journalled.slice(2)).toMatchObject([{ msgId, kind: 'settle' }, { reversing: msgId }, { suspension: {} }]);
    await h.attend();
    h.counter.send({ type: 'suspended.reopened', msgId });
    await h.settleDown();
    expect([h.counter.state, h.verbs().includes('query')]).toEqual(['undone', false]);
  });

  it('waits for the end of a sale that runs', async () => {
    const h = harness();
    await upToPin(h);
    await reversal(h);
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['awaitingPin', 'busy']);
  });
});

describe('an outcome that the journal could not note', () => {
  /** A journal that takes outcomes while `works`, and what it took. */
  const moody = () => {
    const noted: string[] = [];
    const take = (what: string) => {
      noted.push(what);
      return Promise.resolve();
    };
    const mood = { works: true };
    const journal = {
      intend: ({ msgId }: { msgId: string }) => take(`${msgId} intended`),
      settled: (msgId: string, outcome: string) => (mood.works ? take(`${msgId} ${outcome}`) : disk()),
      suspend: (msgId: string) => take(`${msgId} suspended`),
    };
    return { noted, mood, journal };
  };
  const sell = async (h: Harness) => {
    await upToPin(h);
    await h.pin();
    expect(h.counter.state).toBe('approved');
    await h.attend();
    return settleIdOf(h);
  };

  it('is noted before the next message, so that a restart does not take it for unknown', async () => {
    const { noted, mood, journal } = moody();
    const h = harness({ journal });
    mood.works = false;
    const first = await sell(h);
    expect(h.reports).toHaveLength(1);
    mood.works = true;
    const second = await sell(h);
    expect(noted).toEqual([`${first} intended`, `${first} settled`, `${second} intended`, `${second} settled`]);
  });

  it('keeps the next message at home while it still cannot be', async () => {
    const { noted, mood, journal } = moody();
    const h = harness({ journal });
    mood.works = false;
    await sell(h);
    await upToPin(h);
    await h.pin();
    expect([h.counter.state, promptOf(h).id, noted.length]).toEqual(['cancelled', 'storageFault', 1]);
  });

  it('is none any more when that sale is to be reversed and then suspended', async () => {
    const { noted, mood, journal } = moody();
    const h = harness({ journal, reverse: ['fault'] });
    mood.works = false;
    const first = await sell(h);
    h.counter.send({ type: 'reversal.requested', intent: { msgId: first, amount: fen(8000) } });
    await h.settleDown();
    await suspend(h);
    await h.attend();
    mood.works = true;
    await sell(h);
    expect(noted.filter((entry) => entry.startsWith(first)).at(-1)).toBe(`${first} suspended`);
  });

  it('is opened again when the counter gave up while it was being noted', async () => {
    let written = () => {};
    const journal = {
      settled: () =>
        new Promise<void>((resolve) => {
          written = resolve;
        }),
    };
    const h = harness({ journal });
    await upToPin(h);
    await h.pin();
    await h.wait(defaultDelays.settle);
    expect(h.counter.state).toBe('unknown');
    written();
    await h.settleDown();
    await suspend(h);
    const msgId = settleIdOf(h);
    expect(h.journalled).toMatchObject([
      { msgId, kind: 'settle' },
      { msgId, kind: 'settle' },
      { msgId, suspension: {} },
    ]);
  });

  it.each([
    ['is reversed', { reversing: {} }],
    ['is suspended', { suspension: {} }],
  ])('that is still being noted when its message %s does not close it again', async (how, entry) => {
    let written = () => {};
    const noted: unknown[] = [];
    // As a disk does it: one entry after the other.
    let queue = Promise.resolve();
    const take = (line: unknown) => {
      queue = queue.then(() => {
        noted.push(line);
      });
      return queue;
    };
    const journal: Script['journal'] = {
      intend: ({ msgId }) => take({ msgId, intent: {} }),
      reversing: (msgId) => take({ msgId, reversing: {} }),
      suspend: (msgId) => take({ msgId, suspension: {} }),
      settled: (msgId) => {
        queue = queue.then(() => new Promise((resolve) => (written = resolve)));
        return take({ msgId, outcome: {} });
      },
    };
    const h = harness({ journal, reverse: ['silence'] });
    await upToPin(h);
    await h.pin();
    await h.wait(defaultDelays.settle);
    if (how === 'is reversed') await push(h, 'reverse');
    else await suspend(h);
    written();
    await h.settleDown();
    const msgId = settleIdOf(h);
    expect(noted).toEqual([
      { msgId, intent: {} },
      { msgId, outcome: {} },
      { msgId, intent: {} },
      { msgId, ...entry },
    ]);
  });

  it('is opened again as a reversal when that was given up while it was being noted', async () => {
    let written = () => {};
    const journal = {
      settled: () =>
        new Promise<void>((resolve) => {
          written = resolve;
        }),
    };
    const h = await unknown({ query: ['fault'], journal });
    await push(h, 'reverse');
    await h.wait(defaultDelays.queryAnswer);
    written();
    await h.settleDown();
    expect(h.counter.state).toBe('unknown');
    await suspend(h);
    const reversing = settleIdOf(h);
    expect(h.journalled).toMatchObject([
      { kind: 'settle' },
      { reversing },
      { kind: 'settle' },
      { reversing },
      { suspension: {} },
    ]);
  });
});
