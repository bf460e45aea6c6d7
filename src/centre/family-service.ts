import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { type CalendarDay, isCalendarDay } from '../domain/calendar-day.ts';
import { type CertificationStanding, certificationStanding } from '../domain/certification.ts';
import { chinaDay } from '../domain/china-time.ts';
import {
  type EcardPinProblem,
  ecardLockedUntil,
  ecardPinProblem,
  ecardTries,
  ecardTriesLeft,
} from '../domain/ecard-pin.ts';
import { isPhotoNeeded, type SlotProblem, slotProblem } from '../domain/family-service.ts';
import type { Fen } from '../domain/money.ts';
import {
  type AreaName,
  type CardState,
  type InsuranceKind,
  type InsuranceStatus,
  maskName,
  type Relation,
} from '../domain/person.ts';
import { checkProof, type PhotoKind, type ProofCheck, type ProofKind, proofKinds } from '../domain/proof-file.ts';
import type { CardHolder, Rows, WritableRows } from './centre-store.ts';
import { type Desk, unguessable } from './desk.ts';
import type { FamilyMemberRow, TransferRow, TransferState } from './family-store.ts';
import { pinDigits } from './pin-verification.ts';
import type { Registry } from './registry.ts';

/** How long an entered PIN stands for what follows it: as long as somebody may take to fill the form and find the papers. */
const permitLifeMs = 600_000;
/** After so long without the relative's face check the application is over. */
const faceWaitMs = 86_400_000;
/** When the pension of synthetic people starts; their kinds of work and sexes are not told apart. */
const pensionAge = 60;

/** Why something in the family service is not done. Nothing was changed then, but for a wrong PIN, which was counted. */
export type FamilyRefusal =
  | { readonly kind: 'noEcard' | 'alreadyIssued' | 'otherIdNumber' }
  | { readonly kind: 'cardNotUsable'; readonly state: CardState }
  | { readonly kind: 'pinForm'; readonly problem: EcardPinProblem }
  | { readonly kind: 'pinWrong'; readonly triesLeft: number }
  | { readonly kind: 'pinLocked'; readonly until: number }
  /** The PIN was entered too long ago, or used for something already. */
  | { readonly kind: 'permitOver' }
  | { readonly kind: 'notAgreed' | 'personNotFound' | 'oneself' | 'alreadyAdded' }
  | { readonly kind: 'noSlot'; readonly problem: SlotProblem }
  | { readonly kind: 'proof' | 'photo'; readonly problem: 'missing' | 'empty' | 'tooLarge' | 'kind' }
  | { readonly kind: 'photoNotAsked' }
  /** Somebody who is not, or no longer, in this family service, or awaits no face check. */
  | { readonly kind: 'noSuchMember' | 'noBenefit' }
  | { readonly kind: 'areaForm' | 'sameArea' | 'transferOpen' | 'noSuchTransfer' };
export interface FamilyRefused {
  readonly kind: 'refused';
  readonly why: FamilyRefusal;
}

/** Who is to be added, in the holder's words. */
export interface RelativeNamed {
  readonly name: string;
  /** 社会保障号码, which is the ID number. */
  readonly residentId: string;
  readonly relation: Relation;
}

export interface FamilyApplication extends RelativeNamed {
  readonly permit: string;
  /** The notice was read and agreed to. */
  readonly agreed: boolean;
  /** Looked at and forgotten: the bytes are the caller's to wipe, and nothing but their kind is kept. */
  readonly proof: Uint8Array | null;
  /** Null = none; needed exactly where the relative is under 16 (R103). */
  readonly photo: Uint8Array | null;
}

/** A relative in a family service as its two people may see it. */
export interface FamilyMember {
  readonly id: string;
  readonly state: 'awaitingFace' | 'opened';
  /** The holder's name where the relative asks, else the relative's. */
  readonly maskedName: string;
  readonly maskedId: string;
  readonly relation: Relation;
  /** Ms since the epoch. */
  readonly appliedAt: number;
}

/** What somebody has with the insurer (权益单). */
export interface RightsStatement {
  readonly at: number;
  readonly maskedName: string;
  readonly maskedId: string;
  readonly maskedCard: string;
  readonly cardState: CardState;
  readonly insurance: InsuranceKind;
  readonly status: InsuranceStatus;
  readonly area: AreaName;
  /** Null = no personal account. */
  readonly balance: Fen | null;
  /** Null = the wallet is not open and has nothing in it. */
  readonly wallet: Fen | null;
  /** Null = no pension yet. */
  readonly certification: (CertificationStanding & { readonly last: CalendarDay | null }) | null;
}

/** An application that somebody's insurance be moved, as the queue shows it. */
export interface Transfer extends Pick<TransferRow, 'id' | 'from' | 'to' | 'state' | 'appliedAt'> {
  readonly maskedName: string;
}

/** The electronic social security card and its family service (电子社保卡亲情服务), beside the `Centre` port. What a holder does
 *  for a relative here concerns the relative's own insurance and money only: nothing here makes one person's account pay
 *  for another (R106). Every change is one durable transaction. Errors: `RangeError` for a person that is not there;
 *  faults: `StoreFault`. Source: R84, R88, R102 to R116. */
export class FamilyService {
  readonly #desk: Desk;
  readonly #registry: Registry;
  constructor(desk: Desk, registry: Registry) {
    this.#desk = desk;
    this.#registry = registry;
  }

  hasEcard(person: string): boolean {
    return this.#desk.store.read((rows) => rows.family.ecardPin(person) !== undefined);
  }

  /** Issues an e-card with the PIN that its holder chooses. Shapes: `pin` one byte a digit, the caller's to wipe. */
  issue(person: string, residentId: string, pin: Uint8Array): { readonly kind: 'issued' } | FamilyRefused {
    return this.#desk.store.write((rows) => {
      const holder = holderOf(rows, person);
      if (rows.family.ecardPin(person) !== undefined) return refused({ kind: 'alreadyIssued' });
      const refusal = this.#newPinRefusal(rows, holder, residentId, pin);
      if (refusal !== null) return refused(refusal);
      rows.family.addEcard(person, this.#verifier(person, pin), this.#desk.clock.now());
      return { kind: 'issued' };
    });
  }

  /** Issues e-cards with one PIN to all of these who have none, but for those whose ID number has the PIN in it. */
  issueToAll(people: readonly { readonly id: string; readonly residentId: string }[], pin: string): void {
    this.#desk.store.write((rows) => {
      const digits = pinDigits(pin);
      for (const { id, residentId } of people) {
        if (rows.family.ecardPin(id) !== undefined || ecardPinProblem(digits, residentId) !== null) continue;
        rows.family.addEcard(id, this.#verifier(id, digits), this.#desk.clock.now());
      }
      digits.fill(0);
    });
  }

  /** Checks the PIN: wrong ones are counted before they are compared, so that no power cut gives another try. A right one
   *  ends the count, like that of the card (R78). Six wrong ones within 24 hours lock the e-card for 24 hours, in which
   *  nothing is compared or counted (R84). Shapes: `pin` one byte a digit, the caller's to wipe. */
  verifyPin(
    person: string,
    pin: Uint8Array,
  ): { readonly kind: 'verified'; readonly permit: string; readonly expiresAt: number } | FamilyRefused {
    const counted = this.#desk.store.write((rows): number | FamilyRefused => {
      const refusal = this.#ecardRefusal(rows, holderOf(rows, person));
      if (refusal !== null) return refused(refusal);
      const now = this.#desk.clock.now();
      const until = ecardLockedUntil(rows.family.countedEntries(person, ecardTries.max), now);
      return until === null ? rows.family.countEntry(person, now) : refused({ kind: 'pinLocked', until });
    });
    if (typeof counted !== 'number') return counted;
    return this.#desk.store.write((rows) => {
      const now = this.#desk.clock.now();
      const verifier = rows.family.ecardPin(person);
      if (verifier !== undefined && timingSafeEqual(verifier, this.#verifier(person, pin))) {
        rows.family.noteRightEntry(counted);
        const permit = { permit: unguessable(this.#desk), person, expiresAt: now + permitLifeMs };
        rows.family.addPermit(permit);
        return { kind: 'verified', permit: permit.permit, expiresAt: permit.expiresAt };
      }
      const entries = rows.family.countedEntries(person, ecardTries.max);
      const until = ecardLockedUntil(entries, now);
      return refused(
        until === null ? { kind: 'pinWrong', triesLeft: ecardTriesLeft(entries, now) } : { kind: 'pinLocked', until },
      );
    });
  }

  /** Puts another PIN in the place of the one that was just entered. What the old one permitted is over with it. */
  changePin(
    person: string,
    permit: string,
    residentId: string,
    pin: Uint8Array,
  ): { readonly kind: 'changed' } | FamilyRefused {
    return this.#desk.store.write((rows) => {
      const holder = holderOf(rows, person);
      const refusal =
        this.#ecardRefusal(rows, holder) ??
        this.#permitRefusal(rows, person, permit) ??
        this.#newPinRefusal(rows, holder, residentId, pin);
      if (refusal !== null) return refused(refusal);
      rows.family.spendPermitsOf(person, 'pin');
      rows.family.setEcardPin(person, this.#verifier(person, pin));
      return { kind: 'changed' };
    });
  }

  /** Who would be added, before any papers: whether a photo of the face is needed as well (R103). */
  look(
    holder: string,
    permit: string,
    named: RelativeNamed,
  ): { readonly kind: 'found'; readonly maskedName: string; readonly photoNeeded: boolean } | FamilyRefused {
    return this.#desk.store.read((rows) => {
      const found = this.#find(rows, holder, permit, named);
      if (found.kind === 'refused') return found;
      return { kind: 'found', maskedName: maskName(found.relative.name), photoNeeded: found.photoNeeded };
    });
  }

  /** Adds a relative, who waits for his own face check from then on: 24 hours at most. Uses the permit up. */
  apply(
    holder: string,
    application: FamilyApplication,
  ): { readonly kind: 'applied'; readonly id: string } | FamilyRefused {
    return this.#desk.store.write((rows) => {
      const { permit, relation, agreed } = application;
      if (!agreed) return refused({ kind: 'notAgreed' });
      const found = this.#find(rows, holder, permit, application);
      if (found.kind === 'refused') return found;
      const proof = checkedFile(application.proof, proofKinds);
      if (!proof.ok) return refused({ kind: 'proof', problem: proof.problem });
      const photo = found.photoNeeded || application.photo !== null ? checkedFile(application.photo, photoKinds) : null;
      if (photo !== null && !found.photoNeeded) return refused({ kind: 'photoNotAsked' });
      if (photo !== null && !photo.ok) return refused({ kind: 'photo', problem: photo.problem });
      const id = `F${unguessable(this.#desk)}`;
      const now = this.#desk.clock.now();
      rows.family.lapse(now - faceWaitMs, now);
      rows.family.spendPermit(permit, id);
      rows.family.addMember({
        id,
        holder,
        relative: found.relative.person,
        relation,
        state: 'awaitingFace',
        proof: proof.kind,
        photo: photo?.kind ?? null,
        appliedAt: now,
      });
      return { kind: 'applied', id };
    });
  }

  /** What became of an application, as its holder sees it. */
  stateOf(holder: string, memberId: string): FamilyMemberRow['state'] | 'unknown' {
    return this.#desk.store.read((rows) => {
      const member = rows.family.member(memberId);
      if (member?.holder !== holder) return 'unknown';
      return this.#isLapsed(member) ? 'lapsed' : member.state;
    });
  }

  /** Those who have a place in a holder's family service. */
  membersOf(holder: string): readonly FamilyMember[] {
    return this.#desk.store.read((rows) =>
      this.#placesOf(rows, holder).map((row) => memberSeen(rows, row, row.relative)),
    );
  }

  /** Where somebody's face is waited for, with the holders' names. */
  faceChecksOf(relative: string): readonly FamilyMember[] {
    return this.#desk.store.read((rows) =>
      rows.family
        .awaitingFaceOf(relative)
        .filter((row) => !this.#isLapsed(row))
        .map((row) => memberSeen(rows, row, row.holder)),
    );
  }

  /** The outcome of a face check, which only the relative himself can make (R104). */
  answerFace(
    relative: string,
    memberId: string,
    passed: boolean,
  ): { readonly kind: 'opened' | 'notOpened' } | FamilyRefused {
    return this.#desk.store.write((rows) => {
      const member = rows.family.member(memberId);
      if (member?.relative !== relative || member.state !== 'awaitingFace' || this.#isLapsed(member)) {
        return refused({ kind: 'noSuchMember' });
      }
      rows.family.setMemberState(memberId, passed ? 'opened' : 'refused', this.#desk.clock.now());
      return { kind: passed ? 'opened' : 'notOpened' };
    });
  }

  /** Takes an opened relative out of the holder's family service; his place is free again. */
  remove(holder: string, memberId: string): { readonly kind: 'removed' } | FamilyRefused {
    return this.#forOpened(holder, memberId, (rows) => {
      rows.family.setMemberState(memberId, 'removed', this.#desk.clock.now());
      return { kind: 'removed' };
    });
  }

  /** R105. */
  statementFor(
    holder: string,
    memberId: string,
  ): { readonly kind: 'statement'; readonly statement: RightsStatement } | FamilyRefused {
    return this.#desk.store.read((rows) => {
      const opened = this.#opened(rows, holder, memberId);
      if (opened.kind === 'refused') return opened;
      return { kind: 'statement', statement: this.#statement(rows, opened.relative) };
    });
  }

  /** Certifies that the relative is still entitled to his pension: a new cycle starts today (R109). */
  certify(
    holder: string,
    memberId: string,
  ): { readonly kind: 'certified'; readonly standing: CertificationStanding } | FamilyRefused {
    return this.#forOpened(holder, memberId, (rows, relative) => {
      if (this.#certification(rows, relative) === null) return refused({ kind: 'noBenefit' });
      rows.family.addCertification(relative.person, holder, this.#desk.clock.now());
      const standing = this.#certification(rows, relative);
      return standing === null ? refused({ kind: 'noBenefit' }) : { kind: 'certified', standing };
    });
  }

  /** Asks that the relative's insurance be moved to another area. One application of a person is open at a time. */
  applyTransfer(
    holder: string,
    memberId: string,
    to: AreaName,
  ): { readonly kind: 'submitted'; readonly id: string } | FamilyRefused {
    return this.#forOpened(holder, memberId, (rows, { person, area: from }) => {
      if (!/^[^/\s]+\/[^/\s]+$/.test(to)) return refused({ kind: 'areaForm' });
      if (to === from) return refused({ kind: 'sameArea' });
      const isOpen = rows.family.transfersAround(person).some((row) => row.person === person && row.state !== 'done');
      if (isOpen) return refused({ kind: 'transferOpen' });
      const appliedAt = this.#desk.clock.now();
      const id = `T${chinaDay(appliedAt).replaceAll('-', '')}${unguessable(this.#desk).slice(0, 16).toUpperCase()}`;
      rows.family.addTransfer({ id, person, by: holder, from, to, state: 'submitted', appliedAt });
      return { kind: 'submitted', id };
    });
  }

  /** What a person applied for, and what was applied for him. */
  transfersOf(person: string): readonly Transfer[] {
    return this.#desk.store.read((rows) =>
      rows.family.transfersAround(person).map(({ id, from, to, state, appliedAt, person: whose }) => {
        return { id, from, to, state, appliedAt, maskedName: maskName(holderOf(rows, whose).name) };
      }),
    );
  }

  /** What the offices of both areas do with an application: from submitted to in progress, and on to done, when the person
   *  is insured in the other area (R23 follows from that). The move comes first: an application whose last step was cut
   *  off is moved once more, which changes nothing. */
  advanceTransfer(
    person: string,
    transferId: string,
  ): { readonly kind: 'advanced'; readonly state: TransferState } | FamilyRefused {
    const row = this.#desk.store.read((rows) => rows.family.transfer(transferId));
    const next = row && nextTransferState[row.state];
    if (row === undefined || next === null || next === undefined || (row.by !== person && row.person !== person)) {
      return refused({ kind: 'noSuchTransfer' });
    }
    if (next === 'done') this.#registry.set(row.person, { area: row.to });
    this.#desk.store.write((rows) => rows.family.setTransferState(row.id, next, this.#desk.clock.now()));
    return { kind: 'advanced', state: next };
  }

  /** The relative's own 医保码: what it pays is the relative's own money, like any payment of his (R106). Where his card is
   *  reported lost for a time only he himself may show it (R88). `ttlS`: how long it is good, in seconds. */
  codeOf(
    holder: string,
    memberId: string,
  ): { readonly kind: 'code'; readonly code: string; readonly ttlS: number } | FamilyRefused {
    const opened = this.#desk.store.read((rows) => this.#opened(rows, holder, memberId));
    if (opened.kind === 'refused') return opened;
    const { person, cardState } = opened.relative;
    if (cardState !== 'normal') return refused({ kind: 'cardNotUsable', state: cardState });
    return { kind: 'code', code: this.#registry.issueCode(person), ttlS: this.#desk.profile.evoucher.ttlS };
  }

  /** Who a member's relative is and what may be done for him now; what a page shows above its choices. */
  openedMember(holder: string, memberId: string): FamilyMember | undefined {
    return this.membersOf(holder).find(({ id, state }) => id === memberId && state === 'opened');
  }

  #newPinRefusal(rows: Rows, holder: CardHolder, residentId: string, pin: Uint8Array): FamilyRefusal | null {
    const known = rows.chipNumbersOf(holder.card)?.residentIndex;
    if (known === undefined || !timingSafeEqual(known, this.#desk.vault.indexOf('residentId', residentId))) {
      return { kind: 'otherIdNumber' };
    }
    const problem = ecardPinProblem(pin, residentId.trim());
    return problem === null ? null : { kind: 'pinForm', problem };
  }

  /** R88: the e-card follows the card, but where the rules say so a temporary loss report leaves it usable. */
  #ecardRefusal(rows: Rows, { person, cardState }: CardHolder): FamilyRefusal | null {
    if (rows.family.ecardPin(person) === undefined) return { kind: 'noEcard' };
    const isUsable = cardState === 'normal' || (cardState === 'tempLost' && this.#desk.profile.ecardWhenTempLost);
    return isUsable ? null : { kind: 'cardNotUsable', state: cardState };
  }

  #permitRefusal(rows: Rows, person: string, permit: string): FamilyRefusal | null {
    const row = rows.family.permit(permit);
    return row?.person === person && this.#desk.clock.now() < row.expiresAt ? null : { kind: 'permitOver' };
  }

  #find(
    rows: Rows,
    holder: string,
    permit: string,
    { name, residentId, relation }: RelativeNamed,
  ): { readonly kind: 'found'; readonly relative: CardHolder; readonly photoNeeded: boolean } | FamilyRefused {
    const refusal = this.#ecardRefusal(rows, holderOf(rows, holder)) ?? this.#permitRefusal(rows, holder, permit);
    if (refusal !== null) return refused(refusal);
    const person = rows.family.personByResidentId(this.#desk.vault.indexOf('residentId', residentId));
    const relative = person === undefined ? undefined : rows.holderByPerson(person);
    const born = person === undefined ? undefined : rows.family.bornOf(person);
    // A number and a name that do not belong together say nothing of whose the number is.
    if (relative === undefined || born === undefined || relative.name !== name.trim()) {
      return refused({ kind: 'personNotFound' });
    }
    if (relative.person === holder) return refused({ kind: 'oneself' });
    const places = this.#placesOf(rows, holder);
    if (places.some((place) => place.relative === relative.person)) return refused({ kind: 'alreadyAdded' });
    const problem = slotProblem(
      places.map((place) => place.relation),
      relation,
      this.#desk.profile.ecardSlots,
    );
    if (problem !== null) return refused({ kind: 'noSlot', problem });
    return { kind: 'found', relative, photoNeeded: isPhotoNeeded(born, this.#today()) };
  }

  #placesOf(rows: Rows, holder: string): readonly FamilyMemberRow[] {
    return rows.family.membersOf(holder).filter((row) => !this.#isLapsed(row));
  }

  #isLapsed({ state, appliedAt }: FamilyMemberRow): boolean {
    return state === 'awaitingFace' && this.#desk.clock.now() - appliedAt >= faceWaitMs;
  }

  #opened(
    rows: Rows,
    holder: string,
    memberId: string,
  ): { readonly kind: 'opened'; readonly relative: CardHolder } | FamilyRefused {
    const member = rows.family.member(memberId);
    if (member?.holder !== holder || member.state !== 'opened') return refused({ kind: 'noSuchMember' });
    const refusal = this.#ecardRefusal(rows, holderOf(rows, holder));
    return refusal === null ? { kind: 'opened', relative: holderOf(rows, member.relative) } : refused(refusal);
  }

  #forOpened<T>(
    holder: string,
    memberId: string,
    work: (rows: WritableRows, relative: CardHolder) => T | FamilyRefused,
  ): T | FamilyRefused {
    return this.#desk.store.write((rows) => {
      const opened = this.#opened(rows, holder, memberId);
      return opened.kind === 'refused' ? opened : work(rows, opened.relative);
    });
  }

  #statement(rows: Rows, holder: CardHolder): RightsStatement {
    const { person, maskedId, maskedCard, cardState, insurance, status, area } = holder;
    const wallet = rows.moneyOf(person, 'wallet');
    return {
      at: this.#desk.clock.now(),
      maskedName: maskName(holder.name),
      maskedId,
      maskedCard,
      cardState,
      insurance,
      status,
      area,
      balance: rows.balanceOf(person, 'personal'),
      wallet: holder.walletOpened || wallet > 0 ? wallet : null,
      certification: this.#certification(rows, holder),
    };
  }

  /** Null = the pension has not started. */
  #certification(
    rows: Rows,
    { person, insurance }: CardHolder,
  ): (CertificationStanding & { readonly last: CalendarDay | null }) | null {
    const starts = pensionStart(rows.family.bornOf(person) ?? this.#today());
    const today = this.#today();
    if (today < starts) return null;
    const at = rows.family.lastCertification(person);
    const last = at === null ? null : chinaDay(at);
    return { ...certificationStanding({ kind: insurance, starts, last }, today, this.#desk.profile.cert), last };
  }

  /** What is kept of a PIN, as of the card's (pin-verification.ts), but never the same for the same digits. */
  #verifier(person: string, pin: Uint8Array): Uint8Array {
    return createHmac('sha256', createSecretKey(this.#desk.pinVerificationKey))
      .update(`ecard:${person}:`, 'utf8')
      .update(pin)
      .digest();
  }

  #today(): CalendarDay {
    return chinaDay(this.#desk.clock.now());
  }
}

const photoKinds = ['png', 'jpeg'] as const satisfies readonly PhotoKind[];

const nextTransferState: Readonly<Record<TransferState, TransferState | null>> = {
  submitted: 'inProgress',
  inProgress: 'done',
  done: null,
};

function refused(why: FamilyRefusal): FamilyRefused {
  return { kind: 'refused', why };
}

function checkedFile<Kind extends ProofKind>(
  bytes: Uint8Array | null,
  allowed: readonly Kind[],
): ProofCheck<Kind> | { readonly ok: false; readonly problem: 'missing' } {
  return bytes === null ? { ok: false, problem: 'missing' } : checkProof(bytes, allowed);
}

/** The sixtieth birthday; of who was born on 29 February 1 March where there is none. */
function pensionStart(born: CalendarDay): CalendarDay {
  const day = `${Number(born.slice(0, 4)) + pensionAge}${born.slice(4)}`;
  return isCalendarDay(day) ? day : day.replace('-02-29', '-03-01');
}

function memberSeen(rows: Rows, row: FamilyMemberRow, shown: string): FamilyMember {
  const { name, maskedId } = holderOf(rows, shown);
  const { id, state, relation, appliedAt } = row;
  return {
    id,
    state: state === 'opened' ? state : 'awaitingFace',
    maskedName: maskName(name),
    maskedId,
    relation,
    appliedAt,
  };
}

function holderOf(rows: Rows, person: string): CardHolder {
  const holder = rows.holderByPerson(person);
  if (holder === undefined) throw new RangeError(`nobody is called ${person} here`);
  return holder;
}
