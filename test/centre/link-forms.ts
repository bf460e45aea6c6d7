import type { LinkActor, LinkAsked } from '../../src/centre/link-office.ts';
import type { LinkTerms } from '../../src/domain/link-application.ts';

/** What people ask of an insurance office, with nothing missing unless a test says so. */

export const byPhone: LinkActor = { channel: 'phone', operator: 'self', institution: null, terminal: null };

export function terms(more: Partial<LinkTerms> = {}): LinkTerms {
  return {
    relation: 'parent',
    channel: 'counter',
    documents: { provider: 'socialCard', beneficiary: 'idCard' },
    cautionTicked: true,
    beneficiaryConsents: true,
    quota: null,
    until: null,
    ...more,
  };
}

/** A link over the telephone. */
export function asked(
  provider: string,
  beneficiary: string,
  more: Partial<LinkTerms> = {},
  replaces: string | null = null,
): LinkAsked {
  return { provider, beneficiary, terms: terms({ channel: 'phone', ...more }), replaces };
}
