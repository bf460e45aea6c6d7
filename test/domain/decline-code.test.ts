import { describe, expect, it } from 'vitest';
import { type DeclineCode, declineCodeOf, declineCodes } from '../../src/domain/decline-code.ts';

describe('order of precedence (R93)', () => {
  it('is the order of the list: terminal, outcome, readable, genuine, card state, link asked for, papers, insurance, relation, area, limits, terms, wallet, PIN, what is left, money, day end, centre', () => {
    const groups: readonly (readonly DeclineCode[])[] = [
      ['NOT_SIGNED_IN'],
      ['UNKNOWN_OUTCOME', 'PENDING_REVERSAL'],
      ['CARD_UNREADABLE', 'NOT_EVOUCHER', 'CODE_EXPIRED', 'CODE_USED'],
      ['CARD_FAKE'],
      ['CARD_CANCELLED', 'CARD_LOST', 'CARD_SEALED'],
      ['PERSON_NOT_FOUND', 'LINK_NOT_FOUND', 'LINK_TOO_NEW'],
      ['SELF_LINK'],
      ['DOC_MISSING', 'CONSENT_MISSING'],
      ['INSURANCE_NOT_NORMAL', 'NOT_INSURED_HERE'],
      ['RELATION_NOT_ALLOWED', 'AREA_NOT_OPEN'],
      ['LINK_EXISTS', 'PROVIDER_ALREADY_LINKED', 'BENEFICIARY_ALREADY_LINKED'],
      ['LINK_TERM_NOT_ALLOWED', 'QUOTA_NOT_COVERED'],
      ['WALLET_NOT_OPENED', 'WALLET_NOT_EMPTY', 'WALLET_CLOSED_NOW', 'WALLET_LIMIT', 'WALLET_PENDING'],
      ['WALLET_TRANSFER_GONE', 'WALLET_NOT_RETURNABLE'],
      ['PIN_LOCKED', 'PIN_KEY_EXPIRED', 'PIN_WRONG', 'PIN_TIMEOUT'],
      ['ALREADY_REVERSED', 'CANCEL_TOO_LATE', 'REFUND_TOO_MUCH'],
      ['QUOTE_STALE'],
      ['DAYEND_BLOCKED'],
      ['CENTRE_UNAVAILABLE', 'MESSAGE_REJECTED'],
    ];
    expect(Object.keys(declineCodes)).toEqual(groups.flat());
  });
});

describe('names and numbers', () => {
  it('no two codes have one number, and every code has both texts', () => {
    const entries = Object.values(declineCodes);
    expect(new Set(entries.map(({ number }) => number)).size).toBe(entries.length);
    for (const { number, zh, en } of entries) {
      expect(number).toMatch(/^D\d{2}$/);
      expect([zh, en]).not.toContain('');
    }
  });

  it.each([
    ['D20', 'PIN_WRONG'],
    ['PIN_WRONG', 'PIN_WRONG'],
    [' D20 PIN_WRONG ', 'PIN_WRONG'],
    ['D21 PIN_WRONG', undefined],
    ['d20', undefined],
    ['', undefined],
    ['toString', undefined],
  ])('%j names %s', (text, code) => {
    expect(declineCodeOf(text)).toBe(code);
  });
});
