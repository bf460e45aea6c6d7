import { describe, expect, it } from 'vitest';
import { fen, zeroFen } from '../../src/domain/money.ts';
import type { Returned, Undo } from '../../src/domain/undo.ts';
import type { UndoAnswer } from '../../src/ports/centre.ts';
import { JournalFault } from '../../src/ports/journal.ts';
import { defaultDelays, type UndoChoice } from '../../src/terminal/counter-model.ts';
import { promptOfState } from '../../src/terminal/prompt-of-state.ts';
import { harness } from './counter-harness.ts';
import { bill, returned, undo, undoQuote } from './fake-ports.ts';

type Harness = ReturnType<typeof harness>;
type Script = NonNullable<Parameters<typeof harness>[0]>;

const whole: UndoChoice = { kind: 'cancel', settlementId: 'S1', amount: null };
const promptOf = ({ counter }: Harness) => promptOfState(counter.state, counter.snapshot.context);

async function choose(h: Harness, choice: UndoChoice = whole) {
  h.counter.send({ type: 'undo.chosen', undo: choice });
  await h.settleDown();
}
async function confirm(h: Harness) {
  await h.attend();
  h.counter.send({ type: 'key.confirm' });
  await h.settleDown();
}
async function upToConfirm(script: Script = {}, choice: UndoChoice = whole) {
  const h = harness(script);
  await h.ready();
  await choose(h, choice);
  expect(h.counter.state).toBe('confirmingUndo');
  return h;
}
const undoId = (h: Harness) => [...h.requests('cancel'), ...h.requests('refund')].at(-1)?.msgId ?? '';
const stale = (of: Returned): UndoAnswer => ({ kind: 'undoStale', quote: undoQuote(of) });

describe('a cancel of a sale', () => {
  it('shows who gets what back, is noted before it leaves, and is done', async () => {
    const h = await upToConfirm();
    expect([promptOf(h).id, h.counter.snapshot.context.undoQuote?.returned.total]).toEqual(['confirmCancelSale', 8000]);
    expect(h.journalled).toEqual([]);
    await confirm(h);
    const msgId = undoId(h);
    expect(h.verbs()).toEqual(['previewUndo', 'cancel']);
    expect(h.requests('previewUndo')[0]).toMatchObject({
      undo: 'cancel',
      settlementId: 'S1',
      amount: null,
      signNo: 'SN1',
    });
    expect(h.requests('cancel')[0]).toMatchObject({
      settlementId: 'S1',
      digest: 'cancel-8000-5000-3000',
      signNo: 'SN1',
    });
    expect(h.journalled).toEqual([
      {
        msgId,
        kind: 'cancel',
        amountFen: 8000,
        card: null,
        settlementId: 'S1',
        operator: '01',
        at: h.now(),
      },
      { msgId, outcome: 'undone' },
    ]);
    expect([h.counter.state, promptOf(h).id]).toEqual(['undone', 'undone']);
    expect(h.counter.snapshot.context.result).toMatchObject({ settlement: null, undo: { undoId: 'U1' } });
  });

  it.each([
    ['cash to hand out', { cash: 500, cashDue: 0 }, 'undoneWithCash', '5.00'],
    ['cash to collect', { cash: 0, cashDue: 300 }, 'undoneCashDue', '3.00'],
  ])('says %s', async (_, { cash, cashDue }, prompt, text) => {
    const total = 8000 + cash - cashDue;
    const of = { ...returned(8000, 5000, 3000), total: fen(total), cash: fen(cash), cashDue: fen(cashDue) };
    const h = await upToConfirm({
      previewUndo: [{ kind: 'previewed', quote: undoQuote(of) }],
      cancel: [{ kind: 'undone', undo: undo('', of) }],
    });
    await confirm(h);
    expect(promptOf(h)).toEqual({ id: prompt, params: { cash: text } });
  });

  it.each(['key.cancel', 'time'] as const)('is left by %s with everything as it was', async (how) => {
    const h = await upToConfirm();
    if (how === 'time') await h.wait(defaultDelays.confirmUndo);
    else h.counter.send({ type: 'key.cancel' });
    expect([h.counter.state, promptOf(h).id]).toEqual(['cancelled', 'undoCancelled']);
    expect(h.verbs()).toEqual(['previewUndo']);
    expect(h.journalled).toEqual([]);
  });

  it('is not done by a key that comes before anybody can have read what it gives back', async () => {
    const h = await upToConfirm();
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect([h.counter.state, h.verbs()]).toEqual(['confirmingUndo', ['previewUndo']]);
  });

  it('shows a new preview when what would be given back has changed, and is confirmed anew (R26, R46)', async () => {
    const less = returned(8000, 4000, 3000);
    const h = await upToConfirm({ cancel: [stale(less), { kind: 'undone', undo: undo('', less) }] });
    await confirm(h);
    expect([h.counter.state, promptOf(h).id]).toEqual(['confirmingUndo', 'confirmNewUndo']);
    expect(h.counter.snapshot.context).toMatchObject({
      setback: { code: 'QUOTE_STALE' },
      undoQuote: { returned: less },
    });
    h.counter.send({ type: 'key.confirm' });
    await h.settleDown();
    expect(h.counter.state).toBe('confirmingUndo');
    await confirm(h);
    expect(h.counter.state).toBe('undone');
    const [first, second] = h.requests('cancel');
    expect(first?.msgId).not.toBe(second?.msgId);
    expect(second?.digest).toBe('cancel-8000-4000-3000');
    expect(h.journalled).toMatchObject([{}, { msgId: first?.msgId, outcome: 'stale' }, {}, { outcome: 'undone' }]);
  });

  it.each([
    [
      'at the preview',
      { previewUndo: [{ kind: 'declined', decline: { code: 'CANCEL_TOO_LATE' } }] },
      'CANCEL_TOO_LATE',
    ],
    ['when it is done', { cancel: [{ kind: 'declined', decline: { code: 'ALREADY_REVERSED' } }] }, 'ALREADY_REVERSED'],
  ] as const)('refused %s says that nothing was given back', async (_, script, code) => {
    const h = harness(script);
    await h.ready();
    await choose(h);
    if (h.counter.state === 'confirmingUndo') await confirm(h);
    expect([h.counter.state, promptOf(h)]).toEqual(['declined', { id: 'undoRefused', params: { code } }]);
    expect(h.counter.snapshot.context.result?.code).toBe(code);
  });

  it.each(['fault', 'silence'] as const)('gives up when the preview gets %s', async (answer) => {
    const h = harness({ previewUndo: [answer] });
    await h.ready();
    await choose(h);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await h.wait(answer === 'silence' ? defaultDelays.previewUndo : 0);
      await h.wait(defaultDelays.retry);
    }
    expect([h.counter.state, promptOf(h)]).toEqual([
      'cancelled',
      { id: 'undoRefused', params: { code: 'CENTRE_UNAVAILABLE' } },
    ]);
    expect(h.verbs()).toEqual(['previewUndo', 'previewUndo', 'previewUndo']);
  });

  it('stays at home when it cannot be noted', async () => {
    const h = await upToConfirm({ journal: { intend: () => Promise.reject(new JournalFault('notWritable', 'full')) } });
    await confirm(h);
    expect([h.counter.state, promptOf(h).id, h.verbs()]).toEqual(['cancelled', 'storageFault', ['previewUndo']]);
  });
});

describe('a refund', () => {
  it('asks for a part of the sale', async () => {
    const part = returned(3000, 0, 3000);
    const remaining = { total: fen(5000), fund: zeroFen, own: fen(5000), shared: zeroFen, cash: zeroFen };
    const done: Undo = { ...undo('', part, 'refund'), method: 'lifo', remaining };
    const h = await upToConfirm(
      {
        previewUndo: [{ kind: 'previewed', quote: undoQuote(part, 'refund', remaining) }],
        refund: [{ kind: 'undone', undo: { ...done, original: { ...done.original, total: fen(8000) } } }],
      },
      { kind: 'refund', settlementId: 'S1', amount: fen(3000) },
    );
    expect(promptOf(h).id).toBe('confirmRefund');
    await confirm(h);
    expect(h.requests('refund')[0]).toMatchObject({ settlementId: 'S1', amount: 3000 });
    expect([h.counter.state, h.counter.snapshot.context.result?.undo?.remaining?.total]).toEqual(['undone', 5000]);
  });
});

describe('an undo without an answer', () => {
  const unknown = async (script: Script = {}) => {
    const h = await upToConfirm({ cancel: ['fault'], ...script });
    await confirm(h);
    expect(h.counter.state).toBe('unknown');
    return h;
  };

  it.each(['fault', 'silence'] as const)('is unknown after %s: it may have been done', async (answer) => {
    const h = await upToConfirm({ cancel: [answer] });
    await confirm(h);
    h.counter.send({ type: 'key.cancel' });
    expect(h.counter.snapshot.context.notice?.id).toBe('cannotCancel');
    if (answer === 'silence') await h.wait(defaultDelays.undo);
    expect([h.counter.state, promptOf(h).id]).toEqual(['unknown', 'unknownUndoToQuery']);
    expect(h.counter.snapshot.context.pending).toMatchObject({ msgId: undoId(h), kind: 'cancel', settlementId: 'S1' });
  });

  it.each([
    ['of another amount', undo('', returned(8000, 3000, 5000 - 1))],
    ['of another sale', { ...undo(''), original: { ...undo('').original, settlementId: 'S2' } }],
    ['of another kind', undo('', undefined, 'refund')],
    ['that does not add up', { ...undo(''), ownAfter: fen(1) }],
    ['that gives back more than there was', { ...undo(''), returnedBefore: fen(1) }],
  ])('is unknown after an answer %s', async (what, answer) => {
    const of = what === 'of another amount' ? { ...answer, returned: returned(7999, 4999, 3000) } : answer;
    const h = await upToConfirm({ cancel: [{ kind: 'undone', undo: of }] });
    await confirm(h);
    expect(h.counter.state).toBe('unknown');
  });

  it.each([
    ['done', { kind: 'undone', undo: undo('') }, 'undone', 'undone', 'undone'],
    ['stale', stale(returned(8000, 0, 0)), 'cancelled', 'undoNotDone', 'stale'],
    ['declined', { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } }, 'declined', 'undoRefused', 'declined'],
    ['never seen', null, 'cancelled', 'undoNotDone', 'absent'],
  ] as const)('is asked for: %s', async (_, answer, state, prompt, outcome) => {
    const h = await unknown({
      query: [answer === null ? { kind: 'absent' } : { kind: 'found', answer, undone: false }],
    });
    await h.wait(defaultDelays.query);
    expect([h.counter.state, promptOf(h).id]).toEqual([state, prompt]);
    expect(h.journalled.at(-1)).toEqual({ msgId: undoId(h), outcome });
  });

  it('blocks a sale and can be suspended', async () => {
    const h = await unknown();
    expect(h.counter.startSale(bill)).toBe('busy');
    expect(h.counter.snapshot.context.notice?.params.code).toBe('UNKNOWN_OUTCOME');
    h.counter.send({ type: 'supervisor.suspend', by: '王', reason: '停机' });
    await h.settleDown();
    expect(h.counter.state).toBe('suspended');
    expect(h.counter.snapshot.context.suspended).toMatchObject([{ msgId: undoId(h), kind: 'cancel' }]);
  });
});

describe('where an undo may begin', () => {
  it('is wherever a new sale may start, and nothing of the last customer comes with it', async () => {
    const h = harness();
    await h.ready();
    h.counter.startSale(bill);
    await h.swipe();
    await choose(h);
    expect([h.counter.state, h.counter.snapshot.context.notice?.id]).toEqual(['awaitingPin', 'busy']);
    await h.pin();
    await choose(h);
    expect(h.counter.state).toBe('approved');
    await h.attend();
    await choose(h);
    expect(h.counter.state).toBe('confirmingUndo');
    expect(h.counter.snapshot.context).toMatchObject({ bill: null, customer: null, quote: null, result: null });
  });

  it('signs in first where that is still to be done', async () => {
    const h = harness({ signIn: ['fault', { kind: 'signedIn', signNo: 'SN2', keys: [] }] });
    await h.ready();
    await choose(h, { ...whole, amount: fen(3000) });
    // A cancel is always whole.
    expect(h.requests('previewUndo')).toMatchObject([{ signNo: 'SN2', amount: null }]);
  });

  it('is not before the sign-in', async () => {
    const h = harness({ operator: null });
    await h.ready();
    await choose(h);
    expect([h.counter.state, h.counter.snapshot.context.notice?.id, h.sent]).toEqual(['signedOut', 'signIn', []]);
  });
});
