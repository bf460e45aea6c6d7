import { type Fen, fen, zeroFen } from '../../src/domain/money.ts';
import { secret } from '../../src/domain/secret.ts';
import type { Quote, Settlement, Split } from '../../src/domain/settlement.ts';
import type { CardCredential } from '../../src/ports/card-reader.ts';
import type { Identified } from '../../src/ports/centre.ts';
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

export const pinBlock: PinBlock = { format: 'iso4-aes128', hex: '00112233445566778899aabbccddeeff' };

export function split(total: number, own: number, shared: number): Split {
  const cash = total - own - shared;
  return {
    total: fen(total),
    fund: zeroFen,
    own: fen(own),
    shared: fen(shared),
    cash: fen(cash),
    notEligible: zeroFen,
    rows: [],
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
