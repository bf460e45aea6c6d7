import { describe, expect, it } from 'vitest';
import { SalesBook } from '../../src/app/sales-book.ts';
import { StoreFault } from '../../src/centre/centre-store.ts';
import { fen } from '../../src/domain/money.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { Undo } from '../../src/domain/undo.ts';
import { returned, settlement, undo } from '../terminal/fake-ports.ts';

const dayMs = 86_400_000;
/** Noon of 2025-04-19 in China. */
const noon = Date.parse('2025-04-19T12:00:00+08:00');

function book(days: Record<string, (Settlement | Undo)[]>, left: Record<string, number> = {}) {
  let now = noon;
  let down = false;
  const faults: Error[] = [];
  const register = {
    recordedOn(day: string) {
      if (down) throw new StoreFault('unavailable', 'down');
      return days[day] ?? [];
    },
    leftOf(settlementId: string) {
      if (down) throw new StoreFault('unavailable', 'down');
      return fen(left[settlementId] ?? 0);
    },
  };
  const sales = new SalesBook({ register, clock: { now: () => now }, report: (fault) => faults.push(fault) });
  return {
    sales,
    faults,
    ids: () => sales.rows.map(({ msgId }) => msgId),
    setDown: (isDown: boolean) => {
      down = isDown;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const sale = (id: string): Settlement => ({ ...settlement(id), settlementId: `S-${id}` });
function undoOf(of: string, id: string, total: number): Undo {
  const { original, ...rest } = undo(id, returned(total, total, 0), 'refund');
  return { ...rest, original: { ...original, settlementId: `S-${of}` } };
}

describe('the list of sales', () => {
  it("has the present day's, newest first, with what is left of each", () => {
    const { sales } = book({ '2025-04-19': [sale('a'), sale('b'), undoOf('a', 'u', 3000), undoOf('a', 'v', 500)] });
    expect(sales.rows.map(({ msgId, left }) => [msgId, left])).toEqual([
      ['v', 0],
      ['u', 0],
      ['b', 8000],
      ['a', 4500],
    ]);
    expect([sales.listDay, sales.note]).toEqual([null, null]);
  });

  it('turns to the nearest day with a sale, and what is left of those is the centre’s to say', () => {
    const { sales, ids } = book(
      { '2025-04-19': [sale('a')], '2025-04-12': [sale('old')], '2025-04-10': [sale('older')] },
      { 'S-old': 100 },
    );
    sales.turn('previous');
    expect([sales.listDay, ids(), sales.rows[0]?.left]).toEqual(['2025-04-12', ['old'], 100]);
    sales.turn('previous');
    expect(sales.listDay).toBe('2025-04-10');
    sales.turn('previous');
    expect([sales.listDay, sales.note]).toEqual(['2025-04-10', 'noEarlierDay']);
    sales.turn('next');
    expect([sales.listDay, sales.note]).toEqual(['2025-04-12', null]);
    sales.turn('next');
    expect([sales.listDay, ids()]).toEqual([null, ['a']]);
    sales.turn('next');
    expect(sales.listDay).toBeNull();
    sales.turn('previous');
    sales.turn('today');
    expect([sales.listDay, ids()]).toEqual([null, ['a']]);
  });

  it('begins anew at midnight; a day that was turned to stays', () => {
    const one = book({ '2025-04-19': [sale('a')], '2025-04-20': [] });
    one.pass(dayMs);
    expect([one.ids(), one.sales.listDay]).toEqual([[], null]);
    const other = book({ '2025-04-19': [sale('a')], '2025-04-18': [sale('old')] });
    other.sales.turn('previous');
    other.pass(dayMs);
    expect([other.ids(), other.sales.listDay]).toEqual([['old'], '2025-04-18']);
  });

  it('stays, and can be printed from, while the store is down; what has just come is in it all the same', () => {
    const { sales, faults, ids, setDown } = book({ '2025-04-19': [sale('a')] });
    setDown(true);
    sales.refresh(sale('b'));
    expect(ids()).toEqual(['b', 'a']);
    expect([sales.record('a')?.msgId, sales.record('b')?.msgId, sales.record('c')]).toEqual(['a', 'b', undefined]);
    sales.turn('previous');
    expect([sales.listDay, ids()]).toEqual([null, ['b', 'a']]);
    expect(faults.map((fault) => fault instanceof StoreFault && fault.code)).toContain('unavailable');
    setDown(false);
    sales.refresh(sale('a'));
    expect(ids()).toEqual(['a']);
  });
});
