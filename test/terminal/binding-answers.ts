import type { LinkFinding, LinkTerms, LinkVerdict } from '../../src/domain/link-application.ts';
import type { LinkParty, LinkRecord, LinkStanding } from '../../src/domain/link-record.ts';
import { secret } from '../../src/domain/secret.ts';
import type { CardCredential, EvoucherCredential } from '../../src/ports/card-reader.ts';
import type { AdmittedToDesk, LookedUp, PersonProof } from '../../src/ports/centre.ts';

/** Canned values for tests of the binding desk: shapes as the centre gives them, numbers that no person can have. */
export const providerCard: CardCredential = { medium: 'stripe', pan: secret('9999000000000000018'), last4: '0018' };
export const beneficiaryCard: CardCredential = { medium: 'stripe', pan: secret('9999000000000000026'), last4: '0026' };
export const shownCode: EvoucherCredential = { medium: 'evoucher', code: secret('4240000000000000000000990000') };
export const keyedId: PersonProof = { medium: 'residentId', number: secret('999999199001010011') };
export const keyedCard: PersonProof = { medium: 'ssCardNumber', number: secret('X00000019') };

function person(card: string, maskedName: string, pan: string): LookedUp {
  return {
    kind: 'lookedUp',
    card,
    maskedName,
    maskedCard: `****${pan.slice(-4)}`,
    maskedId: `****${pan.slice(-4)}`,
    insurance: 'employee',
    status: 'normal',
    area: '重庆市/渝中区',
    pan: secret(pan),
    pinLength: 6,
  };
}
export const provider = person('card-P', '王*芸', '9999000000000000018');
export const beneficiary = person('card-B', '李*兰', '9999000000000000026');
export const pinLocked = (found: LookedUp): LookedUp => ({ ...found, pinLocked: true });
export const byCode = (found: LookedUp): LookedUp => ({ ...found, voucher: secret('voucher-1') });

function partyOf({ maskedName, maskedCard, maskedId, insurance, area }: LookedUp): LinkParty {
  return { maskedName, maskedCard, maskedId, insurance, area };
}

export const standing: LinkStanding = {
  linkId: 'L1',
  role: 'provider',
  other: partyOf(beneficiary),
  relation: 'parent',
  since: 0,
  until: null,
  obstacle: null,
  quotaLeft: null,
  channel: 'counter',
};
export const standingAsBeneficiary: LinkStanding = { ...standing, linkId: 'L2', role: 'beneficiary' };

export const admitted: AdmittedToDesk = {
  kind: 'admitted',
  permit: 'permit-1',
  expiresAt: 9e12,
  links: [standing, standingAsBeneficiary],
};

export const terms: Omit<LinkTerms, 'channel'> = {
  relation: 'parent',
  documents: { provider: null, beneficiary: 'idCard' },
  cautionTicked: true,
  beneficiaryConsents: false,
  quota: null,
  until: null,
};

const finding: LinkFinding = {
  code: 'PROVIDER_ALREADY_LINKED',
  rule: 'R4',
  fact: { id: 'sameSelf', params: {} },
  remedy: { id: 'takeTheOther', params: {} },
};
export const allowed: LinkVerdict = { findings: [], since: 0, swappedWouldDo: false };
export const notAllowed: LinkVerdict = { findings: [finding], since: 0, swappedWouldDo: true };

export function linkRecord(deed: LinkRecord['deed'], more: Partial<LinkRecord> = {}): LinkRecord {
  return {
    recordId: 'R1',
    deed,
    linkId: deed === 'linked' ? 'L3' : 'L1',
    at: 0,
    provider: partyOf(provider),
    beneficiary: partyOf(beneficiary),
    relation: 'parent',
    since: 0,
    until: null,
    quota: null,
    profile: 'chongqing-2021',
    profileVersion: '0011223344556677',
    channel: 'counter',
    documents: { provider: 'socialCard', beneficiary: 'socialCard' },
    cautionTicked: true,
    beneficiaryConsents: false,
    institution: { code: 'P99000000001', name: '演示药店' },
    terminal: 'T1',
    operator: '01',
    reason: deed === 'linked' || deed === 'quotaSet' ? null : '不再需要',
    replaces: null,
    ...more,
  };
}
export const linked = { kind: 'linked', record: linkRecord('linked'), links: [{ ...standing, linkId: 'L3' }] } as const;
export const unlinked = { kind: 'unlinked', record: linkRecord('ended'), links: [] } as const;
