import { declineCodes } from '../domain/decline-code.ts';
import {
  documentKinds,
  type LinkFinding,
  type LinkVerdict,
  linkChannels,
  type ShownDocuments,
} from '../domain/link-application.ts';
import {
  type LinkParty,
  type LinkRecord,
  type LinkStanding,
  linkDeeds,
  linkReasonCodes,
} from '../domain/link-record.ts';
import { insuranceKinds, insuranceStatuses, relations } from '../domain/person.ts';
import type {
  AdmitAnswer,
  ExplainLinkAnswer,
  LinkAnswer,
  LookUpAnswer,
  PersonProof,
  UnlinkAnswer,
} from '../ports/centre.ts';
import { checked, declined, isFen, isInstitution, isObject, isSecret, isText, isTime } from './answer-check.ts';
import type { AskedLink } from './binding-model.ts';

// The answers about links, read as if nothing were known of them: see answer-check.ts. One that fails is no answer, which
// for a link or its end means that nobody knows whether it was made.

const listMax = 1000;

const isOneOf = (values: readonly unknown[], value: unknown) => values.includes(value);
const isNullOr = (check: (value: unknown) => boolean, value: unknown) => value === null || check(value);

function areAll(list: unknown, check: (value: unknown) => boolean): boolean {
  return Array.isArray(list) && list.length <= listMax && list.every(check);
}

function isParty(value: unknown): boolean {
  if (!isObject<LinkParty>(value)) return false;
  const { maskedName, maskedCard, maskedId, insurance, area } = value;
  return (
    [maskedName, maskedCard, maskedId, area].every((text) => typeof text === 'string') &&
    isOneOf(insuranceKinds, insurance)
  );
}

function isStanding(value: unknown): boolean {
  if (!isObject<LinkStanding>(value)) return false;
  const { linkId, role, other, relation, since, until, obstacle, quotaLeft, channel } = value;
  return (
    isText(linkId) &&
    (role === 'provider' || role === 'beneficiary') &&
    isParty(other) &&
    isOneOf(relations, relation) &&
    isTime(since) &&
    isNullOr(isTime, until) &&
    isNullOr(isText, obstacle) &&
    isNullOr(isFen, quotaLeft) &&
    isNullOr((kind) => isOneOf(linkChannels, kind), channel)
  );
}

function isPhrase(value: unknown): boolean {
  if (!isObject<LinkFinding['fact']>(value) || !isText(value.id)) return false;
  const { params } = value;
  return isObject(params) && Object.values(params).every((param) => typeof param === 'string');
}

function isFinding(value: unknown): boolean {
  if (!isObject<LinkFinding>(value)) return false;
  const { code, rule, fact, remedy } = value;
  return (
    typeof code === 'string' &&
    Object.hasOwn(declineCodes, code) &&
    typeof rule === 'string' &&
    /^R\d+$/.test(rule) &&
    isPhrase(fact) &&
    isPhrase(remedy)
  );
}

function isVerdict(value: unknown): boolean {
  if (!isObject<LinkVerdict>(value)) return false;
  const { findings, since, swappedWouldDo } = value;
  return areAll(findings, isFinding) && isTime(since) && typeof swappedWouldDo === 'boolean';
}

function hasReasons(value: unknown): boolean {
  return isVerdict(value) && (value as LinkVerdict).findings.length > 0;
}

function areDocuments(value: unknown): boolean {
  if (!isObject<ShownDocuments>(value)) return false;
  return [value.provider, value.beneficiary].every((shown) => isNullOr((kind) => isOneOf(documentKinds, kind), shown));
}

function isReason(value: unknown): boolean {
  return isText(value) || (isObject<{ code: unknown }>(value) && isOneOf(linkReasonCodes, value.code));
}

function isQuotaChange({ quota, quotaBefore }: Partial<Record<keyof LinkRecord, unknown>>): boolean {
  return quotaBefore !== undefined && isNullOr(isFen, quotaBefore) && isFen(quota);
}

function isRecord(value: unknown, deed: LinkRecord['deed']): value is LinkRecord {
  if (!isObject<LinkRecord>(value) || value.deed !== deed) return false;
  const { recordId, linkId, at, provider, beneficiary, relation, since, until, quota, profile, profileVersion } = value;
  const { channel, documents, cautionTicked, beneficiaryConsents, institution, terminal, operator } = value;
  return (
    [recordId, linkId, profile, profileVersion, operator].every(isText) &&
    [at, since].every(isTime) &&
    isNullOr(isTime, until) &&
    isParty(provider) &&
    isParty(beneficiary) &&
    isOneOf(relations, relation) &&
    isNullOr(isFen, quota) &&
    isNullOr((kind) => isOneOf(linkChannels, kind), channel) &&
    areDocuments(documents) &&
    typeof cautionTicked === 'boolean' &&
    typeof beneficiaryConsents === 'boolean' &&
    isNullOr(isInstitution, institution) &&
    isNullOr(isText, terminal) &&
    isNullOr(isReason, value.reason) &&
    (deed === 'quotaSet' ? isQuotaChange(value) : value.quotaBefore === undefined) &&
    isNullOr(isText, value.replaces)
  );
}

export function isLinkRecord(value: unknown): value is LinkRecord {
  return linkDeeds.some((deed) => isRecord(value, deed));
}

/** `by`: what was shown. A code comes back with a voucher, and nothing else does: the provider would be asked for no PIN. Of a
 *  locked PIN only a card that was read tells. */
export function checkedLookUp(answer: unknown, by: PersonProof['medium']): LookUpAnswer {
  return checked<LookUpAnswer>(answer, {
    lookedUp: ({
      card,
      maskedName,
      maskedCard,
      maskedId,
      insurance,
      status,
      area,
      pan,
      pinLength,
      voucher,
      pinLocked,
    }) =>
      isText(card) &&
      [maskedName, maskedCard, maskedId, area].every((text) => typeof text === 'string') &&
      isOneOf(insuranceKinds, insurance) &&
      isOneOf(insuranceStatuses, status) &&
      isSecret(pan) &&
      (by === 'evoucher' ? isSecret(voucher) && isText(voucher.expose()) : voucher === undefined) &&
      (pinLocked === undefined || (pinLocked === true && (by === 'stripe' || by === 'chip'))) &&
      isFen(pinLength) &&
      pinLength >= 4 &&
      pinLength <= 12,
    declined,
  });
}

export function checkedAdmit(answer: unknown): AdmitAnswer {
  return checked<AdmitAnswer>(answer, {
    admitted: ({ permit, expiresAt, links }) => isText(permit) && isTime(expiresAt) && areAll(links, isStanding),
    declined,
  });
}

export function checkedExplain(answer: unknown): ExplainLinkAnswer {
  return checked<ExplainLinkAnswer>(answer, { explained: ({ verdict }) => isVerdict(verdict), declined });
}

/** A link as it was asked for, and no other; a refusal that gives no reason is none. */
export function checkedLink(answer: unknown, { terms, replaces }: AskedLink): LinkAnswer {
  return checked<LinkAnswer>(answer, {
    linked: ({ record, links }) =>
      isRecord(record, 'linked') &&
      record.relation === terms.relation &&
      record.channel === terms.channel &&
      (record.quota === null || record.quota === terms.quota) &&
      record.replaces === replaces &&
      areAll(links, isStanding),
    linkRefused: ({ verdict }) => hasReasons(verdict),
    declined,
  });
}

export function checkedUnlink(answer: unknown, linkId: string): UnlinkAnswer {
  return checked<UnlinkAnswer>(answer, {
    unlinked: ({ record, links }) => isRecord(record, 'ended') && record.linkId === linkId && areAll(links, isStanding),
    declined,
  });
}
