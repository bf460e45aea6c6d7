import type { LinkCase } from '../../src/domain/link-rules.ts';
import { fen } from '../../src/domain/money.ts';

export const now = Date.parse('2025-04-19T10:00:00+08:00');

/** What a test says of a case; the rest is that of `soundCase`. */
export interface Said {
  readonly provider?: Partial<LinkCase['provider']>;
  readonly beneficiary?: Partial<LinkCase['beneficiary']>;
  readonly terms?: Partial<LinkCase['terms']>;
  readonly open?: readonly (readonly [provider: string, beneficiary: string])[];
  readonly replacedUntil?: number;
}

/** A child lends to a parent, both employees insured in 云阳县 with open wallets, both social cards shown, everything ticked:
 *  allowed under every profile, unless something else is said. */
export function linkCase(said: Said = {}): LinkCase {
  const side = { insurance: 'employee', status: 'normal', area: '重庆市/云阳县', walletOpened: true } as const;
  return {
    provider: { person: 'daughter', ...side, free: fen(100_000), ...said.provider },
    beneficiary: { person: 'mother', ...side, ...said.beneficiary },
    terms: {
      relation: 'parent',
      channel: 'counter',
      documents: { provider: 'socialCard', beneficiary: 'socialCard' },
      cautionTicked: true,
      beneficiaryConsents: true,
      quota: null,
      until: null,
      ...said.terms,
    },
    open: (said.open ?? []).map(([provider, beneficiary]) => ({ provider, beneficiary })),
    replacedUntil: said.replacedUntil ?? null,
    now,
  };
}
