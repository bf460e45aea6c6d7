import { describe, expect, it } from 'vitest';
import type { LinkRecord } from '../../src/domain/link-record.ts';
import { fen, zeroFen } from '../../src/domain/money.ts';
import { type BookedRecord, bookedOf, bookedOfReversal } from '../../src/domain/reconciliation.ts';
import { JournalFault } from '../../src/ports/journal.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { linkRecord } from './binding-answers.ts';
import { harness } from './counter-harness.ts';
import { bill, open, quote, returned, settlement, undo } from './fake-ports.ts';

type Script = NonNullable<Parameters<typeof harness>[0]>;
/** Of the canned settlements: the first moment there is. */
const day = '1970-01-01';
const answer = (records: readonly BookedRecord[]) => ({ kind: 'reconciled', day, records, links: [] }) as const;

async function begun(script: Script = {}) {
  const h = harness(script);
  await h.ready();
  return h;
}
async function sold(script: Script = {}) {
  const h = await begun(script);
  h.counter.startSale(bill);
  await h.swipe();
  await h.pin();
  return h;
}
async function asked(h: Awaited<ReturnType<typeof begun>>) {
  expect(h.counter.startDayEnd(day)).toBe('started');
  await h.settleDown();
  return h.counter.dayEnd;
}
const sentBooks = (h: Awaited<ReturnType<typeof begun>>) => h.requests('reconcile').flatMap(({ records }) => records);

describe('a day’s end', () => {
  it('R147: compares what the terminal has heard with what the centre has on record', async () => {
    const h = await sold();
    expect(h.counter.state).toBe('approved');
    expect(await asked(h)).toMatchObject({ stage: 'refused', decline: { code: 'CENTRE_UNAVAILABLE' } });
    const [sent] = sentBooks(h);
    const { msgId } = sent ?? { msgId: '' };
    expect(sent).toEqual(bookedOf(settlement(msgId, quote(8000, 5000, 3000))));

    const agreeing = await sold({ reconcile: [async ({ records }) => answer(records)] });
    expect(await asked(agreeing)).toMatchObject({
      stage: 'shown',
      reconciled: { report: { breaks: [], terminal: { sales: 1, own: { in: 5000, out: 0 } } } },
    });
    expect(agreeing.requests('reconcile')).toMatchObject([{ day, operator: '01', signNo: 'SN1' }]);
  });

  it('R152: a record that only one side has is a break', async () => {
    const other = bookedOf(settlement('other'));
    const h = await sold({ reconcile: [answer([other])] });
    expect(await asked(h)).toMatchObject({
      reconciled: { report: { breaks: [{ kind: 'terminalOnly' }, { kind: 'centreOnly', centre: other }] } },
    });
  });

  it('R151: is blocked while an outcome is unknown, and asks nobody', async () => {
    const h = await sold({ settle: ['fault'], query: ['fault'] });
    expect(h.counter.state).toBe('unknown');
    expect(h.counter.startDayEnd(day)).toBe('blocked');
    expect(h.counter.dayEnd).toMatchObject({ stage: 'blocked', decline: { code: 'DAYEND_BLOCKED' } });
    expect(h.requests('reconcile')).toEqual([]);
  });

  it('is not blocked by what is written down as suspended', async () => {
    const suspension = { by: '99', reason: 'line down', at: 0 };
    const h = await begun({ open: [open('m1', { suspension })], reconcile: [answer([])] });
    expect(await asked(h)).toMatchObject({ stage: 'shown', reconciled: { report: { breaks: [] } } });
  });

  it('R151: does not stay on the screen when a suspended outcome is unknown again', async () => {
    const suspension = { by: '99', reason: 'line down', at: 0 };
    const h = await begun({ open: [open('m1', { suspension })], query: ['fault'], reconcile: [answer([])] });
    await asked(h);
    h.counter.send({ type: 'suspended.reopened', msgId: 'm1' });
    await h.settleDown();
    expect([h.counter.state, h.counter.dayEnd]).toEqual(['unknown', null]);
    expect(h.counter.startDayEnd(day)).toBe('blocked');
    await h.wait(1_000);
    expect(h.counter.dayEnd).toMatchObject({ stage: 'blocked' });
  });

  it('does not start in the middle of a sale, and the next sale closes it', async () => {
    const h = await begun({ reconcile: [answer([])] });
    await asked(h);
    expect(h.counter.startSale(bill)).toBe('started');
    expect(h.counter.dayEnd).toBeNull();
    expect(h.counter.startDayEnd(day)).toBe('busy');
  });

  it('ends by itself, and by its key', async () => {
    const h = await begun({ reconcile: [answer([])] });
    await asked(h);
    h.counter.closeDayEnd();
    expect(h.counter.dayEnd).toBeNull();
    await asked(h);
    await h.wait(300_000);
    expect(h.counter.dayEnd).toBeNull();
  });

  it('gives up a centre that does not answer', async () => {
    const h = await begun({ reconcile: ['silence'] });
    expect(await asked(h)).toMatchObject({ stage: 'asking' });
    await h.wait(defaultDelays.signIn + defaultDelays.queryAnswer);
    expect(h.counter.dayEnd).toMatchObject({ stage: 'refused', decline: { code: 'CENTRE_UNAVAILABLE' } });
  });

  it('believes no answer about another day, nor records of another day, a record twice, or half a link', async () => {
    const late = { ...bookedOf(settlement('m')), at: 86_400_000 };
    const twice = bookedOf(settlement('m'));
    for (const wrong of [
      { ...answer([]), day: '1970-01-02' },
      answer([late]),
      answer([twice, twice]),
      { ...answer([]), links: [{ recordId: 'B1', deed: 'linked' } as LinkRecord] },
      { ...answer([]), links: [linkRecord('linked', { at: 1e300 })] },
      answer([{ ...late, at: 0, own: fen(1) }]),
    ]) {
      const h = await begun({ reconcile: [wrong] });
      expect(await asked(h)).toMatchObject({ stage: 'refused', decline: { code: 'CENTRE_UNAVAILABLE' } });
    }
  });
});

describe('the terminal’s books', () => {
  it('that cannot be written are told as such, and nothing is compared', async () => {
    const h = await sold({
      journal: { settled: async () => Promise.reject(new JournalFault('notWritable', 'the disk is full')) },
    });
    expect(h.counter.state).toBe('approved');
    expect(await asked(h)).toMatchObject({ stage: 'refused', decline: null });
    expect(h.requests('reconcile')).toEqual([]);
  });

  it('hold a sale that was found by a question', async () => {
    const h = await sold({
      settle: ['fault'],
      query: [
        async ({ of }) => ({ kind: 'found', answer: { kind: 'settled', settlement: settlement(of) }, undone: false }),
      ],
      reconcile: [answer([])],
    });
    await h.wait(defaultDelays.query);
    expect(h.counter.state).toBe('approved');
    await asked(h);
    expect(sentBooks(h)).toMatchObject([{ kind: 'sale', own: 5000, shared: 3000 }]);
  });

  it('R148: hold both rows of a sale that was reversed without having been heard of', async () => {
    const back = undo('r', returned(8000, 5000, 3000), 'reversal');
    const h = await sold({
      settle: ['fault'],
      query: ['fault'],
      reverse: [async ({ of }) => ({ kind: 'reversed', undo: { ...back, original: { ...back.original, msgId: of } } })],
      reconcile: [answer([])],
    });
    h.counter.send({ type: 'supervisor.push', step: 'reverse' });
    await h.settleDown();
    expect(h.counter.state).toBe('undone');
    await asked(h);
    const [forward] = sentBooks(h);
    expect(sentBooks(h)).toEqual(
      bookedOfReversal({ ...back, original: { ...back.original, msgId: forward?.msgId ?? '' } }),
    );
  });

  it.each([
    ['nothing', null],
    ['the rest', { ...undo('r', returned(3000, 0, 3000), 'reversal'), returnedBefore: fen(5000) }],
  ])('R148: hold the whole of a sale of which its reversal gave back %s', async (_, back) => {
    const whole = quote(8000, 5000, 3000);
    const h = await sold({
      settle: ['fault'],
      query: ['fault'],
      reverse: [
        async ({ of }) => ({
          kind: 'reversed',
          undo: back && { ...back, original: { ...back.original, msgId: of, total: fen(8000) } },
          sale: settlement(of, whole),
        }),
      ],
      reconcile: [answer([])],
    });
    h.counter.send({ type: 'supervisor.push', step: 'reverse' });
    await h.settleDown();
    expect(h.counter.state).toBe('undone');
    await asked(h);
    const [forward] = sentBooks(h);
    const sale = bookedOf(settlement(forward?.msgId ?? '', whole));
    expect(sentBooks(h)).toEqual(back === null ? [sale] : [sale, bookedOf(back)]);
  });

  it('hold nothing of a sale that was declined, or never came to the centre', async () => {
    const declined = await sold({
      settle: [{ kind: 'declined', decline: { code: 'PIN_LOCKED' } }],
      reconcile: [answer([])],
    });
    await asked(declined);
    expect(sentBooks(declined)).toEqual([]);
    const absent = await sold({ settle: ['fault'], reconcile: [answer([])] });
    await absent.wait(defaultDelays.query);
    expect(absent.counter.state).not.toBe('unknown');
    await asked(absent);
    expect(sentBooks(absent)).toEqual([]);
  });

  it('are told what could not be noted at once before they are compared', async () => {
    let works = false;
    const noted: BookedRecord[] = [];
    const h = await sold({
      journal: {
        settled: async (_msgId, _outcome, booked = []) => {
          if (!works) throw new JournalFault('notWritable', 'the disk is full');
          noted.push(...booked);
        },
        bookedOn: async () => noted,
      },
      reconcile: [async ({ records }) => answer(records)],
    });
    expect(h.counter.state).toBe('approved');
    expect(noted).toEqual([]);
    works = true;
    expect(await asked(h)).toMatchObject({ stage: 'shown', reconciled: { report: { terminal: { sales: 1 } } } });
    expect(noted).toMatchObject([{ kind: 'sale', cash: zeroFen }]);
  });
});
