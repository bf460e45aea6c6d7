import { z } from 'zod';

const documentKind = z.enum(['idCard', 'socialCard', 'evoucher']).nullable();

/** What a screen may ask of the terminal: the one way in. Everything that arrives is checked against this schema; an
 *  intent that does not fit is dropped and reported by name, never by content. */
export const intentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('operator.signIn') }),
  z.strictObject({ kind: z.literal('operator.signOut') }),
  z.strictObject({ kind: z.literal('amount.edit'), text: z.string().max(16) }),
  z.strictObject({ kind: z.literal('amount.submit'), text: z.string().max(16) }),
  z.strictObject({
    kind: z.literal('undo.choose'),
    undo: z.enum(['cancel', 'refund']),
    settlementId: z.string().max(64),
    /** Yuan as typed; empty = all that is left. */
    amount: z.string().max(16),
  }),
  /** The list of sales: to the nearest other day with a sale, or to the present one. */
  z.strictObject({ kind: z.literal('list.turn'), to: z.enum(['previous', 'next', 'today']) }),
  z.strictObject({ kind: z.literal('supervisor.push'), step: z.enum(['query', 'reverse']) }),
  z.strictObject({ kind: z.literal('supervisor.suspend'), by: z.string().max(20), reason: z.string().max(80) }),
  z.strictObject({ kind: z.literal('suspended.reopen'), msgId: z.string().max(64) }),
  z.strictObject({ kind: z.literal('inquiry.start') }),
  z.strictObject({ kind: z.literal('inquiry.close') }),
  /** The binding desk. */
  z.strictObject({ kind: z.literal('binding.start') }),
  z.strictObject({ kind: z.literal('binding.close') }),
  z.strictObject({ kind: z.literal('binding.back') }),
  z.strictObject({
    kind: z.literal('binding.task'),
    task: z.enum(['link', 'change', 'unlink']),
    /** Empty for a new link. */
    linkId: z.string().max(64),
  }),
  /** A card or ID number that was keyed in, sealed as what a wedge types is, for `Hello.wedgeKey`. */
  z.strictObject({
    kind: z.literal('binding.number'),
    medium: z.enum(['ssCardNumber', 'residentId']),
    publicKey: z.base64().max(200),
    iv: z.base64().max(32),
    sealed: z.base64().max(1400),
  }),
  z.strictObject({
    kind: z.literal('binding.terms'),
    relation: z.enum(['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'other']),
    providerDocument: documentKind,
    beneficiaryDocument: documentKind,
    cautionTicked: z.boolean(),
    beneficiaryConsents: z.boolean(),
    /** Yuan as typed; empty = none. */
    quota: z.string().max(16),
    /** `YYYY-MM-DD`, the last day; empty = none. */
    until: z.string().max(10),
  }),
  z.strictObject({ kind: z.literal('binding.reason'), reason: z.string().max(80) }),
  /** The day's end: of the present day, or the one before. */
  z.strictObject({ kind: z.literal('dayEnd.start'), day: z.enum(['today', 'yesterday']) }),
  z.strictObject({ kind: z.literal('dayEnd.close') }),
  /** The slip of a line of today's list once more. */
  z.strictObject({ kind: z.literal('receipt.reprint'), msgId: z.string().max(64) }),
  z.strictObject({ kind: z.literal('receipt.close') }),
  z.strictObject({ kind: z.literal('key.confirm') }),
  z.strictObject({ kind: z.literal('key.cancel') }),
  /** How many digits stand on the screen's PIN pad. Never which. */
  z.strictObject({ kind: z.literal('pin.typed'), session: z.string().max(64), count: z.int().min(0).max(12) }),
  /** The digits, sealed for the PIN pad driver: ECDH P-256 with the session's key, HKDF-SHA-256, AES-256-GCM. */
  z.strictObject({
    kind: z.literal('pin.sealed'),
    session: z.string().max(64),
    publicKey: z.base64().max(200),
    iv: z.base64().max(32),
    sealed: z.base64().max(200),
  }),
  /** A card reader or scanner types: it has begun, and then its line, sealed as the PIN is, for `Hello.wedgeKey`. */
  z.strictObject({ kind: z.literal('wedge.began') }),
  z.strictObject({
    kind: z.literal('wedge.sealed'),
    publicKey: z.base64().max(200),
    iv: z.base64().max(32),
    sealed: z.base64().max(1400),
  }),
  z.strictObject({
    kind: z.literal('deck.swipe'),
    person: z.string().max(64),
    as: z.enum(['stripe', 'chip']),
    fault: z.enum(['none', 'half', 'noise', 'double', 'slow', 'reversed']),
  }),
  z.strictObject({
    kind: z.literal('settings.change'),
    language: z.enum(['zh-CN', 'en']).optional(),
    theme: z.enum(['light', 'dark', 'system']).optional(),
    voice: z.boolean().optional(),
  }),
]);

export type Intent = z.infer<typeof intentSchema>;
export type IntentKind = Intent['kind'];
