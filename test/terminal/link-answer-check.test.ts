import { describe, expect, it } from 'vitest';
import { fen } from '../../src/domain/money.ts';
import { CentreFault } from '../../src/ports/centre.ts';
import type { AskedLink } from '../../src/terminal/binding-model.ts';
import {
  checkedAdmit,
  checkedExplain,
  checkedLink,
  checkedLookUp,
  checkedUnlink,
  isLinkRecord,
} from '../../src/terminal/link-answer-check.ts';
import {
  admitted,
  allowed,
  byCode,
  linked,
  linkRecord,
  notAllowed,
  pinLocked,
  provider,
  standing,
  terms,
  unlinked,
} from './binding-answers.ts';

const asked: AskedLink = {
  permit: 'permit-1',
  beneficiary: 'card-B',
  terms: { ...terms, channel: 'counter', quota: fen(30_000) },
  replaces: null,
};
const declined = { kind: 'declined', decline: { code: 'LINK_TOO_NEW', notBefore: 1 } } as const;
const record = linkRecord('linked');
const [finding] = notAllowed.findings;

/** Each sound answer, and what makes it none. */
const checks: readonly [string, (answer: unknown) => unknown, object, Readonly<Record<string, object>>][] = [
  [
    'lookUp by a card',
    (answer) => checkedLookUp(answer, 'stripe'),
    provider,
    {
      'a voucher that no code has given': byCode(provider),
      'another kind of insurance': { ...provider, insurance: 'private' },
      'a status that is none': { ...provider, status: '' },
      'a card number in the clear': { ...provider, pan: '9999000000000000018' },
      'a PIN of one digit': { ...provider, pinLength: 1 },
      'no card': { ...provider, card: '' },
      'no name': { ...provider, maskedName: undefined },
      'a PIN that is half locked': { ...provider, pinLocked: 'yes' },
    },
  ],
  ['lookUp by a card whose PIN is locked', (answer) => checkedLookUp(answer, 'chip'), pinLocked(provider), {}],
  [
    'lookUp by a number',
    (answer) => checkedLookUp(answer, 'residentId'),
    provider,
    { 'a locked PIN of a card that was not read': pinLocked(provider) },
  ],
  [
    'lookUp by a code',
    (answer) => checkedLookUp(answer, 'evoucher'),
    byCode(provider),
    { 'no voucher: a PIN would be asked for': provider },
  ],
  [
    'admit',
    checkedAdmit,
    admitted,
    {
      'no permit': { ...admitted, permit: '' },
      'no end of it': { ...admitted, expiresAt: '2026' },
      'no list': { ...admitted, links: null },
      'a link of a relation that is none': { ...admitted, links: [{ ...standing, relation: 'cousin' }] },
      'a link in no role': { ...admitted, links: [{ ...standing, role: 'owner' }] },
      'a link with a broken quota': { ...admitted, links: [{ ...standing, quotaLeft: -1 }] },
      'a link of nobody': { ...admitted, links: [{ ...standing, other: null }] },
      'a link from no moment': { ...admitted, links: [{ ...standing, since: null }] },
      'a link by a channel that is none': { ...admitted, links: [{ ...standing, channel: 'fax' }] },
    },
  ],
  [
    'explain',
    checkedExplain,
    { kind: 'explained', verdict: notAllowed },
    {
      'no verdict': { kind: 'explained' },
      'no findings': { kind: 'explained', verdict: { ...allowed, findings: undefined } },
      'a code that is none': { kind: 'explained', verdict: { ...allowed, findings: [{ ...finding, code: 'NO' }] } },
      'a rule without a number': { kind: 'explained', verdict: { ...allowed, findings: [{ ...finding, rule: 'R' }] } },
      'a finding without a remedy': {
        kind: 'explained',
        verdict: { ...allowed, findings: [{ ...finding, remedy: undefined }] },
      },
      'a made link': linked,
    },
  ],
  [
    'link',
    (answer) => checkedLink(answer, asked),
    linked,
    {
      'another relation': { ...linked, record: { ...record, relation: 'spouse' } },
      'another channel': { ...linked, record: { ...record, channel: 'web' } },
      'another quota': { ...linked, record: { ...record, quota: fen(29_999) } },
      'a link replaced that nobody named': { ...linked, record: { ...record, replaces: 'L1' } },
      'the end of a link': { ...linked, record: linkRecord('ended') },
      'a record without a number': { ...linked, record: { ...record, linkId: '' } },
      'a record of no profile': { ...linked, record: { ...record, profileVersion: undefined } },
      'no list': { ...linked, links: undefined },
      'a refusal without a reason': { kind: 'linkRefused', verdict: allowed },
    },
  ],
  [
    'a refused link',
    (answer) => checkedLink(answer, asked),
    { kind: 'linkRefused', verdict: notAllowed },
    { 'no verdict': { kind: 'linkRefused' } },
  ],
  [
    'unlink',
    (answer) => checkedUnlink(answer, 'L1'),
    unlinked,
    {
      'the end of another link': { ...unlinked, record: linkRecord('ended', { linkId: 'L2' }) },
      'a new link': { ...unlinked, record: linkRecord('linked', { linkId: 'L1' }) },
      'a reason that is none': { ...unlinked, record: { ...unlinked.record, reason: { code: 'whim' } } },
      'no list': { ...unlinked, links: undefined },
    },
  ],
];

describe.each(checks)('the answer to %s', (_, check, sound, broken) => {
  it('is taken as it is when it is sound, and when it declines', () => {
    expect(check(sound)).toBe(sound);
    expect(check(declined)).toBe(declined);
  });

  it.each(Object.entries({ ...broken, nothing: {}, 'a text': 'linked' as unknown as object }))(
    'is none: %s',
    (__, answer) => {
      expect(() => check(answer)).toThrow(CentreFault);
    },
  );
});

it('a record of a changed quota says what it was, and no other does (R75)', () => {
  const changed = linkRecord('quotaSet', { quota: fen(1), quotaBefore: null, reason: null });
  expect(isLinkRecord(changed)).toBe(true);
  expect(isLinkRecord({ ...changed, quota: null })).toBe(false);
  expect(isLinkRecord({ ...changed, quotaBefore: undefined })).toBe(false);
  expect(isLinkRecord({ ...changed, quotaBefore: -1 })).toBe(false);
  expect(isLinkRecord({ ...record, quotaBefore: fen(1) })).toBe(false);
  expect(isLinkRecord(linkRecord('dissolved', { reason: { code: 'moved' } }))).toBe(true);
});

it('a record with the quota that was asked for, or none, is the link asked for (R75)', () => {
  const given = { ...linked, record: { ...record, quota: fen(30_000) } };
  expect(checkedLink(given, asked)).toBe(given);
});
