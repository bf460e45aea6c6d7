import { describe, expect, it } from 'vitest';
import { type Fen, fen, zeroFen } from '../../src/domain/money.ts';
import type { Stage, TodayRow } from '../../src/ipc/view.ts';
import {
  chosenRow,
  closedList,
  movedAction,
  movedRow,
  obstacle,
  openedList,
  pressed,
  refundProblem,
  refundTyped,
  type SaleAction,
  steppedBack,
} from '../../src/ui/sales-list.ts';

function row(msgId: string, kind: TodayRow['kind'] = 'approved', left: Fen = fen(8000)): TodayRow {
  const nothing = { fund: zeroFen, own: zeroFen, shared: zeroFen, cash: zeroFen, cashDue: zeroFen };
  return {
    msgId,
    settlementId: `S-${msgId}`,
    time: '10:00',
    maskedName: '李*',
    total: fen(8000),
    ...nothing,
    kind,
    left,
  };
}
const fresh = row('fresh');
const partly = row('partly', 'approved', fen(3000));
const gone = row('gone', 'approved', zeroFen);
const refund = row('refund', 'refund', zeroFen);

function view(
  rows: readonly TodayRow[] = [fresh, partly, gone, refund],
  listDay: string | null = null,
  stage: Stage = 'ready',
) {
  return { today: rows, listDay, stage };
}

describe('what can be done with a line', () => {
  it.each<[SaleAction, TodayRow | null, ReturnType<typeof view>, string | null]>([
    ['cancel', fresh, view(), null],
    ['refund', fresh, view(), null],
    ['reprint', fresh, view(), null],
    ['cancel', partly, view(), null],
    ['cancel', gone, view(), 'undoNothingLeft'],
    ['refund', gone, view(), 'undoNothingLeft'],
    ['reprint', gone, view(), null],
    ['cancel', refund, view(), 'undoOfUndo'],
    ['reprint', refund, view(), null],
    ['cancel', fresh, view(undefined, '2025-04-18'), 'cancelNotToday'],
    ['refund', fresh, view(undefined, '2025-04-18'), null],
    ['cancel', fresh, view(undefined, null, 'unknown'), 'undoWhileUnknown'],
    ['refund', fresh, view(undefined, null, 'unknown'), 'undoWhileUnknown'],
    ['reprint', fresh, view(undefined, null, 'unknown'), null],
    ['reprint', null, view([]), 'undoNoRow'],
  ])('%s of %j', (action, of, on, why) => {
    expect(obstacle(action, of, on)).toBe(why);
  });
});

describe('the list by keyboard', () => {
  it('opens on the newest line, ready to cancel it', () => {
    expect(openedList(view(), null)).toEqual({ ...closedList, phase: 'rows', msgId: null, action: 'cancel' });
    expect(chosenRow(openedList(view(), null), view())).toBe(fresh);
  });

  it('goes through the lines, and its ends hold', () => {
    const start = openedList(view(), 'fresh');
    expect(movedRow(start, view(), -1).msgId).toBe('fresh');
    const second = movedRow(start, view(), 1);
    expect(second).toMatchObject({ msgId: 'partly', action: 'cancel' });
    const third = movedRow(second, view(), 1);
    expect(third).toMatchObject({ msgId: 'gone', action: 'reprint' });
    expect(movedRow(movedRow(third, view(), 1), view(), 1).msgId).toBe('refund');
  });

  it('passes over what is not possible on a line', () => {
    const earlier = view(undefined, '2025-04-18');
    const start = openedList(earlier, 'fresh');
    expect(start.action).toBe('refund');
    expect(movedAction(start, earlier, -1).action).toBe('refund');
    expect(movedAction(start, earlier, 1).action).toBe('reprint');
    expect(movedAction(movedAction(start, earlier, 1), earlier, 1).action).toBe('reprint');
  });

  it("begins with the newest line of another day's list", () => {
    expect(chosenRow(openedList(view(), 'gone'), view([partly]))).toBe(partly);
    expect(chosenRow(openedList(view(), 'gone'), view([]))).toBeNull();
  });

  it('steps back from the amount to the lines, and then out', () => {
    const amount = pressed(openedList(view(), 'fresh'), view(), 'refund').list;
    expect(amount.phase).toBe('amount');
    expect(steppedBack(refundTyped(amount, '8'))).toMatchObject({ phase: 'rows', msgId: 'fresh', draft: '' });
    expect(steppedBack(openedList(view(), 'fresh'))).toEqual(closedList);
  });
});

describe('pressing', () => {
  const start = openedList(view(), 'fresh');
  it('cancel asks for the whole sale', () => {
    expect(pressed(start, view()).intent).toEqual({
      kind: 'undo.choose',
      undo: 'cancel',
      settlementId: 'S-fresh',
      amount: '',
    });
  });

  it('reprint asks for the slip', () => {
    expect(pressed(start, view(), 'reprint').intent).toEqual({ kind: 'receipt.reprint', msgId: 'fresh' });
  });

  it('refund asks for an amount first; an empty one is all that is left', () => {
    const { list, intent } = pressed(start, view(), 'refund');
    expect(intent).toBeNull();
    const asked = { kind: 'undo.choose', undo: 'refund', settlementId: 'S-fresh' };
    expect(pressed(list, view()).intent).toEqual({ ...asked, amount: '' });
    expect(pressed(refundTyped(refundTyped(list, '3'), '0'), view()).intent).toEqual({ ...asked, amount: '30' });
  });

  it.each(['80.01', '0', '1.234', '0.'])('refund of %s asks for nothing', (draft) => {
    const { list } = pressed(start, view(), 'refund');
    expect(pressed({ ...list, draft }, view()).intent).toBeNull();
  });

  it('what is not possible does nothing', () => {
    expect(pressed(openedList(view(), 'gone'), view(), 'cancel')).toMatchObject({
      intent: null,
      list: { phase: 'rows' },
    });
    expect(pressed(openedList(view([]), null), view([])).intent).toBeNull();
  });
});

describe('the amount of a refund', () => {
  it.each([
    ['', null],
    ['30', null],
    ['30.00', null],
    ['30.01', 'tooMuch'],
    ['99999999999', 'tooMuch'],
    ['0', 'amountNotPositive'],
    ['1.234', 'amountTooManyDecimals'],
    ['1.', 'amountNotANumber'],
  ])('"%s" of 30.00: %s', (draft, problem) => {
    expect(refundProblem(draft, partly)).toBe(problem);
  });
});
