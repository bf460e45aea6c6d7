import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen, zeroFen } from '../../src/domain/money.ts';
import { secret } from '../../src/domain/secret.ts';
import type { Undo } from '../../src/domain/undo.ts';
import type { Intent } from '../../src/ports/journal.ts';
import {
  checkedIdentify,
  checkedInquire,
  checkedPreview,
  checkedQuery,
  checkedQuote,
  checkedReverse,
  checkedSettle,
  checkedSignIn,
  checkedUndo,
} from '../../src/terminal/answer-check.ts';
import type { UndoChoice } from '../../src/terminal/counter-model.ts';
import { bill, customer, customerByCode, open, quote, returned, settlement, undo, undoQuote } from './fake-ports.ts';

// A sound answer, and the same answer with one thing in it changed: by a path to what is changed. `undefined` takes it out.
type Change = readonly [path: string, to: unknown];

const agreed = { bill, quote: quote(8000, 5000, 1000) };
const settle: Intent = { ...open('M'), amountFen: 6000 };
const settled = { kind: 'settled', settlement: settlement('M', agreed.quote) };
const cancel: Intent = { ...open('M'), kind: 'cancel', card: null, settlementId: 'S1' };
const choice: UndoChoice = { kind: 'cancel', settlementId: 'S1', amount: null };
const part: UndoChoice = { kind: 'refund', settlementId: 'S1', amount: fen(3000) };
const left = { total: fen(5000), fund: zeroFen, own: fen(5000), shared: zeroFen, cash: zeroFen };
const refunded: Undo = {
  ...undo('M', returned(3000, 0, 2000), 'refund'),
  method: 'lifo',
  remaining: left,
  original: { settlementId: 'S1', msgId: 'A', settledAt: 0, total: fen(8000) },
};
const refund: Intent = { ...cancel, kind: 'refund', amountFen: 3000 };
const reversal: Undo = { ...undo('R', undefined, 'reversal'), original: { ...undo('R').original, msgId: 'M' } };

const amounts = (path: string): Change[] => [
  [path, -1],
  [path, 0.5],
  [path, '100'],
  [path, null],
  [path, Number.MAX_SAFE_INTEGER],
];
const texts = (path: string): Change[] => [
  [path, ''],
  [path, 7],
  [path, undefined],
];
const declines: Change[] = [
  ['kind', 'declined'],
  ['kind', 'toString'],
  ['kind', undefined],
];

interface Case {
  readonly it: string;
  readonly sound: object;
  readonly check: (answer: unknown) => unknown;
  readonly broken: readonly Change[];
}
const cases: readonly Case[] = [
  {
    it: 'a settlement',
    sound: settled,
    check: (answer) => checkedSettle(answer, settle, agreed),
    broken: [
      ...declines,
      ['settlement', null],
      ...texts('settlement.settlementId'),
      ...texts('settlement.terminal'),
      ['settlement.msgId', 'N'],
      ['settlement.settledAt', 'now'],
      ['settlement.institution', {}],
      ['settlement.beneficiary.maskedName', undefined],
      ['settlement.goods', null],
      ['settlement.goods', [{ amount: -1 }]],
      ['settlement.split', undefined],
      ...['total', 'fund', 'own', 'shared', 'cash', 'notEligible'].flatMap((part) =>
        amounts(`settlement.split.${part}`),
      ),
      ['settlement.split.notEligible', 2001],
      ['settlement.split.rows', []],
      ['settlement.split.rows.0.paid', 4999],
      ['settlement.split.rows.1.paid', 999],
      ['settlement.split.rows.1.source', 'own'],
      ['settlement.split.rows.1.source', 'fund'],
      ...amounts('settlement.split.rows.0.paid'),
      ...amounts('settlement.ownBefore'),
      ...amounts('settlement.ownAfter'),
      ['settlement.ownAfter', 1],
      ['settlement.pinUsed', 1],
      ['settlement.voucherUsed', 1],
      ['settlement.voucherUsed', true],
      // Sound in itself, and of another sale or another split than the customer agreed to.
      ['settlement', settlement('M', quote(8000, 4000, 2000))],
      ['settlement', settlement('M', quote(8000, 5000, 2000))],
      ['settlement', settlement('M', quote(9000, 5000, 1000))],
    ],
  },
  {
    it: 'a new quote at the settlement',
    sound: { kind: 'stale', quote: quote(8000, 2000, 0), ticket: 'T' },
    check: (answer) => checkedSettle(answer, settle, agreed),
    broken: [
      ...amounts('quote.split.own'),
      ...texts('quote.digest'),
      ['quote.needsPin', 'yes'],
      ['ticket', ''],
      ['ticket', undefined],
      ['quote', quote(9000, 0, 0)],
    ],
  },
  {
    it: 'a decline',
    sound: { kind: 'declined', decline: { code: 'PIN_WRONG', triesLeft: 3 } },
    check: (answer) => checkedSettle(answer, settle, agreed),
    broken: [
      ['decline', null],
      ['decline.code', 'D20'],
      ['decline.code', 'constructor'],
      ['decline.code', undefined],
      ['decline.triesLeft', -1],
    ],
  },
  {
    it: 'a quote',
    sound: { kind: 'quoted', quote: quote(8000, 5000, 1000) },
    check: (answer) => checkedQuote(answer, bill),
    broken: [
      ...declines,
      ['quote', quote(7000, 5000, 1000)],
      ['quote.split.fund', 100],
      ...amounts('quote.split.cash'),
    ],
  },
  {
    it: 'a customer',
    sound: customer,
    check: (answer) => checkedIdentify(answer, 'stripe'),
    broken: [
      ...declines,
      ...texts('card'),
      ['pan', '9999000000000000018'],
      ['pinLength', 3],
      ['pinLength', 13],
      ['pinLength', 6.5],
      // A card gets no voucher, and a code never goes without.
      ['voucher', secret('v')],
    ],
  },
  {
    it: 'a customer who showed a code',
    sound: customerByCode,
    check: (answer) => checkedIdentify(answer, 'evoucher'),
    broken: [
      ...texts('card'),
      ['voucher', undefined],
      ['voucher', 'voucher-1'],
      ['voucher', secret('')],
      ['voucher', secret(7)],
    ],
  },
  {
    it: 'a balance',
    sound: {
      kind: 'inquired',
      maskedName: '李*',
      own: fen(1),
      wallet: null,
      providers: [{ maskedName: '王*', relation: 'parent', standing: 'available' }],
    },
    check: checkedInquire,
    broken: [...declines, ['own', -1], ['wallet', undefined], ['providers', null], ['providers.0.standing', 1]],
  },
  {
    it: 'a sign-in',
    sound: {
      kind: 'signedIn',
      signNo: 'SN',
      keys: [{ format: 'iso4-aes128', keyId: 'k', wrapped: '00', checkValue: '00', usesMax: 9 }],
    },
    check: checkedSignIn,
    broken: [
      ...declines,
      ...texts('signNo'),
      ['keys', null],
      ...texts('keys.0.keyId'),
      ...texts('keys.0.wrapped'),
      ['keys.0.usesMax', -1],
    ],
  },
  {
    it: 'a preview of a cancel',
    sound: { kind: 'previewed', quote: undoQuote(returned(8000, 5000, 1000)) },
    check: (answer) => checkedPreview(answer, choice),
    broken: [
      ...declines,
      ['quote.kind', 'refund'],
      ['quote.settlementId', 'S2'],
      ['quote.remaining', left],
      ['quote.digest', ''],
      ...['total', 'fund', 'own', 'shared', 'cash', 'cashDue'].flatMap((of) => amounts(`quote.returned.${of}`)),
      ['quote.returned.rows.0.returned', 1],
    ],
  },
  {
    it: 'a preview of a refund in part',
    sound: { kind: 'previewed', quote: undoQuote(returned(3000, 0, 2000), 'refund', left) },
    check: (answer) => checkedPreview(answer, part),
    broken: [
      ['quote.returned', returned(2000, 0, 2000)],
      ...amounts('quote.remaining.own'),
      ['quote.remaining.total', 4000],
    ],
  },
  {
    it: 'a cancel',
    sound: { kind: 'undone', undo: undo('M', returned(8000, 5000, 1000)) },
    check: (answer) => checkedUndo(answer, cancel, choice),
    broken: [
      ...declines,
      ...texts('undo.undoId'),
      ['undo.msgId', 'N'],
      ['undo.kind', 'refund'],
      ['undo.kind', 'reversal'],
      ['undo.method', 'all'],
      ['undo.original.settlementId', 'S2'],
      ['undo.original.total', 9000],
      ['undo.returned.cash', 1999],
      ['undo.returned', returned(7000, 5000, 1000)],
      ['undo.returned.rows.1.returned', 999],
      ['undo.returnedBefore', 1],
      ['undo.resettledAs', ''],
      ...amounts('undo.ownBefore'),
      ['undo.ownAfter', 4999],
      ['undo.remaining', { ...left, total: 0, own: 0 }],
    ],
  },
  {
    it: 'a refund in part',
    sound: { kind: 'undone', undo: refunded },
    check: (answer) => checkedUndo(answer, refund, part),
    broken: [
      ['undo.remaining', null],
      ['undo.remaining.total', 4999],
      ['undo.original.total', 7999],
      ['undo.returned.total', 2999],
    ],
  },
  {
    it: 'a new preview at a refund',
    sound: { kind: 'undoStale', quote: undoQuote(returned(3000, 0, 0), 'refund', left) },
    check: (answer) => checkedUndo(answer, refund, part),
    broken: [
      ['quote.settlementId', 'S2'],
      ['quote.returned', returned(2000, 0, 0)],
    ],
  },
  {
    it: 'a reversal',
    sound: { kind: 'reversed', undo: reversal },
    check: (answer) => checkedReverse(answer, 'M'),
    broken: [
      ...declines,
      ['undo', undefined],
      ['undo.original.msgId', 'N'],
      ['undo.kind', 'cancel'],
      ['undo.ownAfter', 1],
    ],
  },
  {
    it: 'a settle message found',
    sound: { kind: 'found', undone: false, answer: settled },
    check: (answer) => checkedQuery(answer, settle, null),
    broken: [
      ...declines,
      ['undone', undefined],
      ['answer', null],
      ['answer', { kind: 'undone', undo: undo('M') }],
      ['answer.settlement.msgId', 'N'],
      ['answer.settlement', settlement('M', quote(8000, 5000, 0))],
    ],
  },
  {
    it: 'a refund found',
    sound: { kind: 'found', undone: false, answer: { kind: 'undone', undo: refunded } },
    check: (answer) => checkedQuery(answer, refund, null),
    broken: [
      ['answer', settled],
      ['answer.undo.msgId', 'N'],
      ['answer.undo.original.settlementId', 'S2'],
    ],
  },
];

function changed(sound: unknown, [path, to]: Change): unknown {
  const [key, ...rest] = path.split('.');
  if (key === undefined || key === '') return to;
  const copy = (Array.isArray(sound) ? [...sound] : { ...(sound as object) }) as Record<string, unknown>;
  if (rest.length > 0) copy[key] = changed(copy[key], [rest.join('.'), to]);
  else if (to === undefined) delete copy[key];
  else copy[key] = to;
  return copy;
}

const fault = expect.objectContaining({ name: 'CentreFault', code: 'brokenAnswer' });
function thrownBy(work: () => unknown): unknown {
  try {
    return { answered: work() };
  } catch (error) {
    return error;
  }
}

describe('an answer of the centre', () => {
  it.each(cases)('is believed as it is: $it', ({ sound, check }) => {
    expect(check(sound)).toBe(sound);
  });

  it.each(cases)('is none with anything in it changed: $it', ({ sound, check, broken }) => {
    for (const change of broken)
      expect([change, thrownBy(() => check(changed(sound, change)))]).toEqual([change, fault]);
  });

  it.each(cases)('is none when it is nothing at all: $it', ({ check }) => {
    for (const nothing of [undefined, null, '', 'settled', 0, [], {}, () => {}]) {
      expect(thrownBy(() => check(nothing))).toEqual(fault);
    }
  });

  it.each(cases)(
    'is believed or a fault, whatever is in it, and nothing else comes of it: $it',
    ({ sound, check, broken }) => {
      const paths = [...broken.map(([path]) => path), ...broken.flatMap(([path]) => path.split('.').slice(0, 1))];
      fc.assert(
        fc.property(fc.constantFrom(...paths), fc.anything({ withBigInt: true }), (path, to) => {
          const told = thrownBy(() => check(changed(sound, [path, to])));
          expect(told instanceof Error ? told : null).toEqual(told instanceof Error ? fault : null);
        }),
      );
    },
  );

  it('with rows without end is none', () => {
    const rows = Array.from({ length: 100_000 }, () => ({ source: 'own', maskedName: '李*', paid: 1e12 }));
    expect(thrownBy(() => checkedSettle(changed(settled, ['settlement.split.rows', rows]), settle, agreed))).toEqual(
      fault,
    );
  });

  it('may say that there was nothing to reverse, and never that a sale is not reversed', () => {
    expect(checkedReverse({ kind: 'reversed', undo: null }, 'M').kind).toBe('reversed');
    const declined = { kind: 'declined', decline: { code: 'ALREADY_REVERSED' } };
    expect(thrownBy(() => checkedReverse(declined, 'M'))).toEqual(fault);
    expect(checkedSettle(declined, settle, agreed)).toBe(declined);
  });

  it('is not read any further than its shape where only the centre knows it', () => {
    expect(checkedIdentify({ ...customer, pan: secret('x') }, 'chip').kind).toBe('identified');
  });
});
