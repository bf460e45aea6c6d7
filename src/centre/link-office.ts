import type { CalendarDay } from '../domain/calendar-day.ts';
import type { LinkChannel, LinkTerms, LinkVerdict } from '../domain/link-application.ts';
import type { LinkParty, LinkReason, LinkRecord, LinkStanding } from '../domain/link-record.ts';
import { withoutBalance } from '../domain/link-rules.ts';
import { add, type Fen, zeroFen } from '../domain/money.ts';
import type { InsuranceStatus, Relation } from '../domain/person.ts';
import type { Declined } from '../ports/centre.ts';
import type { LinkOnRecord, Rows } from './centre-store.ts';
import { type Desk, recordNumber } from './desk.ts';
import {
  areTermsSound,
  cancelLink,
  changeQuota,
  freeFor,
  holderOf,
  makeLink,
  openLinks,
  partyOf,
  standingsOf,
  verdictOf,
} from './link-book.ts';
import type { LinkAskRow } from './link-rows.ts';

/** Who does something to a link, and where. `channel` null = the insurer by itself; `institution`, `terminal` null where no
 *  counter was; `operator`: the clerk, or `self`. */
export interface LinkActor {
  readonly channel: LinkChannel | null;
  readonly operator: string;
  readonly institution: { readonly code: string; readonly name: string } | null;
  readonly terminal: string | null;
}

/** A link that somebody asks for, by the ids of its people. `replaces`: the provider's link that ends for it in one go (R8). */
export interface LinkAsked {
  readonly provider: string;
  readonly beneficiary: string;
  readonly terms: LinkTerms;
  readonly replaces: string | null;
}

/** A link that waits for the beneficiary's consent (R12), as one of its two people may see it. */
export interface LinkAsk {
  readonly askId: string;
  /** Ms since the epoch. */
  readonly at: number;
  /** What the asker for the list is in it. */
  readonly role: 'provider' | 'beneficiary';
  readonly other: LinkParty;
  readonly relation: Relation;
  readonly quota: Fen | null;
}

export interface TurnedDownAsk extends LinkAsk {
  /** Ms since the epoch. */
  readonly answeredAt: number;
}

export interface LinkRefused {
  readonly kind: 'linkRefused';
  readonly verdict: LinkVerdict;
}
export interface Linked {
  readonly kind: 'linked';
  readonly record: LinkRecord;
}

export interface Unlinked {
  readonly kind: 'unlinked';
  readonly record: LinkRecord;
}

/** How long a beneficiary may think about it. */
const askLifeMs = 7 * 86_400_000;
const turnedDownShownMs = 30 * 86_400_000;

/** Links as the insurer's own pages, the command line and scenarios look at and change them, beside the `Centre` port. Every
 *  change is one durable transaction with its record. Errors: `RangeError` for a person that is not there, or terms that
 *  no form sends (an amount that is none); faults: `StoreFault`. */
export class LinkOffice {
  readonly #desk: Desk;
  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The dry run: writes nothing. */
  explain(asked: LinkAsked): LinkVerdict {
    const now = this.#nowFor(asked);
    return this.#desk.store.read((rows) => verdictOf(this.#desk, rows, asked, now));
  }

  /** `linkRefused`: all that stands in the way; nothing has changed. */
  link(asked: LinkAsked, actor: LinkActor): Linked | LinkRefused {
    const now = this.#nowFor(asked);
    return this.#desk.store.write((rows) => makeLink(this.#desk, rows, asked, actor, now));
  }

  /** Declined as in `cancelLink`. */
  unlink(person: string, linkId: string, reason: LinkReason, actor: LinkActor): Unlinked | Declined {
    return this.#desk.store.write((rows) =>
      cancelLink(this.#desk, rows, { person, linkId, reason }, actor, this.#desk.clock.now()),
    );
  }

  /** Those that have not ended, in both roles. */
  standingsOf(person: string): readonly LinkStanding[] {
    return this.#desk.store.read((rows) => {
      holderOf(rows, person);
      return standingsOf(this.#desk, rows, person, this.#desk.clock.now());
    });
  }

  /** What was done to a person's links in both roles, oldest first; what was done to a quota only to its provider, who alone
   *  is told what is left of it. */
  historyOf(person: string): readonly LinkRecord[] {
    return this.#desk.store.read((rows) => rows.links.recordsOf(holderOf(rows, person).person));
  }

  /** On a day in China, oldest first. */
  recordsOn(day: CalendarDay): readonly LinkRecord[] {
    return this.#desk.store.read((rows) => rows.links.recordsOn(day));
  }

  /** Sets what a link may use of its provider's money from now on (R75); the same amount again is no deed. Declined: MESSAGE_REJECTED where the fund model has
   *  no quota, LINK_NOT_FOUND for a link that is not his or has ended, QUOTA_NOT_COVERED for more than he has free. */
  setQuota(
    provider: string,
    linkId: string,
    quota: Fen,
    actor: LinkActor,
  ): { readonly kind: 'set'; readonly standing: LinkStanding } | Declined {
    const { profile, clock, store } = this.#desk;
    if (!Number.isSafeInteger(quota) || quota < 0) throw new RangeError('a quota is an amount in fen');
    if (profile.fundModel !== 'quota_hold') return declined('MESSAGE_REJECTED');
    return store.write((rows) => {
      const now = clock.now();
      const link = ownLink(rows, provider, linkId, now);
      const told = () => standingsOf(this.#desk, rows, provider, now).find((each) => each.linkId === linkId);
      if (!link || !told()) return declined('LINK_NOT_FOUND');
      const before = link.quotaLeft;
      if (quota > add(freeFor(rows, provider, now) ?? zeroFen, before ?? zeroFen)) return declined('QUOTA_NOT_COVERED');
      if (quota !== before) changeQuota(this.#desk, rows, link, quota, actor, now);
      const standing = told();
      return standing ? { kind: 'set', standing } : declined('LINK_NOT_FOUND');
    });
  }

  /** Asks the beneficiary to agree to a link (R12), judged as if he had. He may answer for seven days; what this provider
   *  asked him before is superseded. */
  ask(asked: LinkAsked, actor: LinkActor): { readonly kind: 'asked'; readonly ask: LinkAsk } | LinkRefused {
    const now = this.#nowFor(asked);
    return this.#desk.store.write((rows) => {
      const agreed = { ...asked, terms: { ...asked.terms, beneficiaryConsents: true } };
      const verdict = verdictOf(this.#desk, rows, agreed, now);
      if (verdict.findings.length > 0) return { kind: 'linkRefused', verdict };
      const earlier = rows.links.unansweredAsk(asked.provider, asked.beneficiary);
      if (earlier) rows.links.closeAsk(earlier.askId, 'superseded', now);
      const row = {
        askId: recordNumber(this.#desk, 'A', now),
        asked: agreed,
        actor,
        at: now,
        expiresAt: now + askLifeMs,
      };
      rows.links.addAsk(row);
      return { kind: 'asked', ask: askFor(rows, row, asked.provider) };
    });
  }

  /** Those that can still be answered, in both roles, oldest first. */
  asksFor(person: string): readonly LinkAsk[] {
    return this.#desk.store.read((rows) =>
      rows.links.openAsksOf(person, this.#desk.clock.now()).map((row) => askFor(rows, row, person)),
    );
  }

  /** What a provider asked for and the beneficiary turned down in the last thirty days (R12), the last first. */
  asksTurnedDown(provider: string): readonly TurnedDownAsk[] {
    return this.#desk.store.read((rows) =>
      rows.links
        .asksTurnedDown(provider, this.#desk.clock.now() - turnedDownShownMs)
        .map((row) => ({ ...askFor(rows, row, provider), answeredAt: row.answeredAt })),
    );
  }

  /** The beneficiary's answer; the provider may take his own question back (`agrees` false). Where the rules refuse the link
   *  by now, nothing has changed, and the question stays open. Declined: LINK_NOT_FOUND for a question that is not his, is
   *  answered, or is too old; MESSAGE_REJECTED for a provider who agrees to his own. */
  answerAsk(
    askId: string,
    person: string,
    agrees: boolean,
  ): Linked | LinkRefused | { readonly kind: 'turnedDown' } | Declined {
    const { store, clock } = this.#desk;
    return store.write((rows) => {
      const now = clock.now();
      const row = rows.links.openAsksOf(person, now).find((each) => each.askId === askId);
      if (!row) return declined('LINK_NOT_FOUND');
      if (!agrees) {
        rows.links.closeAsk(askId, row.asked.beneficiary === person ? 'turnedDown' : 'withdrawn', now);
        return { kind: 'turnedDown' };
      }
      if (row.asked.beneficiary !== person) return declined('MESSAGE_REJECTED');
      const made = makeLink(this.#desk, rows, row.asked, row.actor, now);
      if (made.kind === 'linkRefused') return { ...made, verdict: withoutBalance(made.verdict) };
      rows.links.closeAsk(askId, 'linked', now);
      return made;
    });
  }

  /** Whose number this is; undefined = nobody's. */
  personByNumber(kind: 'residentId' | 'ssCardNumber' | 'computerNumber', number: string): string | undefined {
    const index = this.#desk.vault.indexOf(kind, number);
    return this.#desk.store.read((rows) => rows.holderByNumber(kind, index)?.person);
  }

  partyOf(person: string): LinkParty & { readonly status: InsuranceStatus; readonly walletOpened: boolean } {
    return this.#desk.store.read((rows) => {
      const holder = holderOf(rows, person);
      return { ...partyOf(holder), status: holder.status, walletOpened: holder.walletOpened };
    });
  }

  #nowFor({ terms }: LinkAsked): number {
    if (!areTermsSound(terms)) throw new RangeError('these are no terms of a link');
    return this.#desk.clock.now();
  }
}

function ownLink(rows: Rows, provider: string, linkId: string, now: number): LinkOnRecord | undefined {
  return openLinks(rows, provider, now).find((link) => link.linkId === linkId && link.provider === provider);
}

function askFor(rows: Rows, { askId, at, asked }: Omit<LinkAskRow, 'outcome'>, person: string): LinkAsk {
  const role = asked.provider === person ? 'provider' : 'beneficiary';
  const other = partyOf(holderOf(rows, role === 'provider' ? asked.beneficiary : asked.provider));
  const { relation, quota } = asked.terms;
  return { askId, at, role, other, relation, quota };
}

function declined(code: 'LINK_NOT_FOUND' | 'MESSAGE_REJECTED' | 'QUOTA_NOT_COVERED'): Declined {
  return { kind: 'declined', decline: { code } };
}
