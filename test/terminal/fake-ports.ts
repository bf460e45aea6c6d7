import { type Fen, fen, zeroFen } from '../../src/domain/money.ts';
import { secret } from '../../src/domain/secret.ts';
import type { Quote, Settlement, Split } from '../../src/domain/settlement.ts';
import type { Remaining, Returned, Undo, UndoQuote } from '../../src/domain/undo.ts';
import type { CardCredential, EvoucherCredential } from '../../src/ports/card-reader.ts';
import type { Identified } from '../../src/ports/centre.ts';
import type { OpenIntent } from '../../src/ports/journal.ts';
import type { PinBlock } from '../../src/ports/pin-pad.ts';

/** Canned values for machine tests: shapes as the ports give them, numbers that no person can have. */
export const stripe: CardCredential = { medium: 'stripe', pan: secret('9999000000000000018'), last4: '0018' };

export const customer: Identified = {
  kind: 'identified',
  card: 'card-1',
  maskedName: '李*',
  maskedCard: '****0018',
  pan: secret('9999000000000000018'),
  pinLength: 6,
};

export const code: EvoucherCredential = { medium: 'evoucher', code: secret('4240000000000000000000990000') };
export const customerByCode: Identified = { ...customer, voucher: secret('voucher-1') };

export const pinBlock: PinBlock = { format: 'iso4-aes128', keyId: 'key-1', hex: '00112233445566778899aabbccddeeff' };

export function split(total: number, own: number, shared: number): Split {
  const cash = total - own - shared;
  return {
    total: fen(total),
    fund: zeroFen,
    own: fen(own),
    shared: fen(shared),
    cash: fen(cash),
    notEligible: zeroFen,
    rows: [
      { source: 'own', maskedName: '李*', paid: fen(own), reason: 'usedUp' },
      { source: 'provider', maskedName: '王*', relation: 'parent', paid: fen(shared), reason: 'enough' },
    ],
  };
}

export function quote(total: number, own: number, shared: number): Quote {
  return { split: split(total, own, shared), digest: `${total}-${own}-${shared}`, needsPin: own + shared > 0 };
}

export function settlement(msgId: string, of: Quote = quote(8000, 5000, 3000)): Settlement {
  const before: Fen = of.split.own;
  return {
    settlementId: 'S1',
    msgId,
    settledAt: 0,
    profile: 'chongqing-2021',
    institution: { code: 'P99000000001', name: '演示药店' },
    terminal: 'T1',
    operator: '01',
    beneficiary: {
      maskedName: '李*',
      maskedCard: '****0018',
      maskedId: '****0018',
      insurance: 'employee',
      area: '重庆市/渝中区',
    },
    goods: [],
    split: of.split,
    ownBefore: before,
    ownAfter: zeroFen,
    pinUsed: of.needsPin,
  };
}

export const bill = { total: fen(8000), fund: zeroFen, goods: [] };

export function returned(total: number, own: number, shared: number): Returned {
  return {
    total: fen(total),
    fund: zeroFen,
    own: fen(own),
    shared: fen(shared),
    cash: fen(total - own - shared),
    cashDue: zeroFen,
    rows: [
      { source: 'own', maskedName: '李*', returned: fen(own) },
      { source: 'provider', maskedName: '王*', relation: 'parent', returned: fen(shared) },
    ],
  };
}

export function undoQuote(
  of: Returned,
  kind: UndoQuote['kind'] = 'cancel',
  remaining: Remaining | null = null,
): UndoQuote {
  const digest = `${kind}-${of.total}-${of.own}-${of.shared}`;
  return { kind, settlementId: 'S1', returned: of, remaining, digest };
}

export function undo(msgId: string, of: Returned = returned(8000, 5000, 3000), kind: Undo['kind'] = 'cancel'): Undo {
  const { profile, institution, terminal, operator, beneficiary } = settlement('m');
  return {
    undoId: 'U1',
    kind,
    msgId,
    undoneAt: 0,
    profile,
    institution,
    terminal,
    operator,
    beneficiary,
    original: { settlementId: 'S1', msgId: 'm', settledAt: 0, total: of.total },
    method: 'whole',
    returned: of,
    returnedBefore: zeroFen,
    remaining: null,
    resettledAs: null,
    ownBefore: zeroFen,
    ownAfter: of.own,
  };
}

/** A settle message of an earlier run that has no outcome yet. */
export function open(msgId: string, more: Partial<OpenIntent> = {}): OpenIntent {
  return {
    msgId,
    kind: 'settle',
    amountFen: 8000,
    card: 'card-1',
    settlementId: null,
    operator: '01',
    at: 0,
    reversing: false,
    suspension: null,
    ...more,
  };
}
