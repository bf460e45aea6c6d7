import type { DeclineCode } from './decline-code.ts';
import type { Phrase } from './link-words.ts';
import type { Fen } from './money.ts';
import type { Relation } from './person.ts';

/** Where a link is asked for: a branch counter or agency, a hospital's insurance office, the telephone's menu, the personal
 *  web page (R9, R10, R19 to R21). */
export const linkChannels = ['counter', 'hospital', 'phone', 'web'] as const;
export type LinkChannel = (typeof linkChannels)[number];

/** What a person shows at a counter to say who he is: any one of these is enough (R10). */
export const documentKinds = ['idCard', 'socialCard', 'evoucher'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** By which document each side was seen at a counter; null = none was shown. */
export interface ShownDocuments {
  readonly provider: DocumentKind | null;
  readonly beneficiary: DocumentKind | null;
}

/** What is asked for, besides who the two are. */
export interface LinkTerms {
  /** What the beneficiary is to the provider. */
  readonly relation: Relation;
  readonly channel: LinkChannel;
  /** Not looked at on the telephone and the web. */
  readonly documents: ShownDocuments;
  /** The legal caution was read and ticked (R28). */
  readonly cautionTicked: boolean;
  /** The beneficiary agrees: in writing at a counter, by himself elsewhere (R12). */
  readonly beneficiaryConsents: boolean;
  /** What the provider sets aside, where the profile's fund model is `quota_hold` (R75); else null. */
  readonly quota: Fen | null;
  /** The last moment of the link (ms since the epoch), where the profile lets a link have one (R7); else null. */
  readonly until: number | null;
}

/** A rule that stands in the way of a link. `fact`: what made it fail; `remedy`: what would mend it. Neither names anybody
 *  but the two people asked about, and of others' links only how many there are. */
export interface LinkFinding {
  readonly code: DeclineCode;
  /** A number of the rules catalogue, such as `R4`. */
  readonly rule: `R${number}`;
  readonly fact: Phrase;
  readonly remedy: Phrase;
}

/** What would come of an application. Holds: `findings` is empty exactly when the link may be made; it is in the order of
 *  precedence of the codes, so that the first one is the refusal's. */
export interface LinkVerdict {
  readonly findings: readonly LinkFinding[];
  /** From when the link would count, ms since the epoch (R14). */
  readonly since: number;
  /** The link would be allowed with the two people's roles exchanged: somebody has probably swapped the cards (R20). */
  readonly swappedWouldDo: boolean;
}
