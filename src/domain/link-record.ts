import type { LinkChannel, ShownDocuments } from './link-application.ts';
import type { LinkObstacle } from './link-standing.ts';
import type { Fen } from './money.ts';
import type { InsuranceKind, Relation } from './person.ts';

/** What happened to a link. `dissolved`: it ended by itself, because somebody's insurance ended or moved (R23); `quotaSet`: its
 *  provider has set another amount aside for it (R75). */
export const linkDeeds = ['linked', 'ended', 'dissolved', 'quotaSet'] as const;
export type LinkDeed = (typeof linkDeeds)[number];

/** Why a link ended, where the centre or a form of its pages says so. The first four are the centre's own. */
export const linkReasonCodes = [
  'changed',
  'terminated',
  'moved',
  'insuranceChanged',
  'noLongerNeeded',
  'changePerson',
  'relationEnded',
  'other',
] as const;
export type LinkReasonCode = (typeof linkReasonCodes)[number];
/** A reason that has words in every language, or what somebody said in his own. */
export type LinkReason = { readonly code: LinkReasonCode } | string;

/** One side of a link as slips and lists may show it. */
export interface LinkParty {
  readonly maskedName: string;
  readonly maskedCard: string;
  readonly maskedId: string;
  readonly insurance: InsuranceKind;
  readonly area: string;
}

/** A line of the history of links, as the centre confirms it: who, when, by which channel and documents, under which rules.
 *  Never changed. Moments: ms since the epoch. */
export interface LinkRecord {
  readonly recordId: string;
  readonly deed: LinkDeed;
  /** The link's number. */
  readonly linkId: string;
  readonly at: number;
  readonly provider: LinkParty;
  readonly beneficiary: LinkParty;
  readonly relation: Relation;
  readonly since: number;
  /** Null = until it is cancelled. Of a deed that ends it: when it ends or ended. */
  readonly until: number | null;
  /** What was set aside; of a deed that ends it, what of it goes back to the provider. Null = no quota. */
  readonly quota: Fen | null;
  /** What was left of what was set aside before; there only of `quotaSet`. Null = no quota. */
  readonly quotaBefore?: Fen | null;
  readonly profile: string;
  /** The first 16 hex digits of a hash over all the profile's rules: two records with the same one were judged alike. */
  readonly profileVersion: string;
  /** Null = by itself. */
  readonly channel: LinkChannel | null;
  readonly documents: ShownDocuments;
  readonly cautionTicked: boolean;
  readonly beneficiaryConsents: boolean;
  /** Whose counter it was; null where no counter was. */
  readonly institution: { readonly code: string; readonly name: string } | null;
  readonly terminal: string | null;
  /** The clerk; on telephone and web, `self`. */
  readonly operator: string;
  /** Why it was ended; null for a deed that ends nothing. */
  readonly reason: LinkReason | null;
  /** The link that this one takes the place of, where a change ended and made one at once; null else. */
  readonly replaces: string | null;
}

/** A link as one of its two people may see it. */
export interface LinkStanding {
  readonly linkId: string;
  /** What the asker is in it. */
  readonly role: 'provider' | 'beneficiary';
  readonly other: LinkParty;
  readonly relation: Relation;
  readonly since: number;
  readonly until: number | null;
  /** Null = it gives money now; else why not. */
  readonly obstacle: LinkObstacle | null;
  /** What is left of what was set aside; null = no quota. Told to the provider only. */
  readonly quotaLeft: Fen | null;
  /** How it was made; null where it came with the register. */
  readonly channel: LinkChannel | null;
}
