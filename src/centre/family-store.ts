import type { CalendarDay } from '../domain/calendar-day.ts';
import type { AreaName, Relation } from '../domain/person.ts';
import type { PhotoKind, ProofKind } from '../domain/proof-file.ts';

/** What became of a relative in somebody's family service. `lapsed`: nobody came to the face check in time. */
export type FamilyMemberState = 'awaitingFace' | 'opened' | 'refused' | 'lapsed' | 'removed';

/** A relative in a holder's family service. Of the papers only their kind is kept. Moments: ms since the epoch. */
export interface FamilyMemberRow {
  readonly id: string;
  readonly holder: string;
  readonly relative: string;
  /** What the relative is to the holder. */
  readonly relation: Relation;
  readonly state: FamilyMemberState;
  readonly proof: ProofKind;
  /** Null = none was asked for (R103). */
  readonly photo: PhotoKind | null;
  readonly appliedAt: number;
}

/** That the e-card's PIN was entered right; good for one thing. */
export interface PermitRow {
  readonly permit: string;
  readonly person: string;
  /** Good before this moment. */
  readonly expiresAt: number;
}

export const transferStates = ['submitted', 'inProgress', 'done'] as const;
export type TransferState = (typeof transferStates)[number];

/** That somebody's insurance be moved to another area. */
export interface TransferRow {
  readonly id: string;
  readonly person: string;
  /** Who applied for it. */
  readonly by: string;
  readonly from: AreaName;
  readonly to: AreaName;
  readonly state: TransferState;
  readonly appliedAt: number;
}

/** What the family service keeps, as rows; part of the centre's store and of its transactions. */
export interface FamilyRows {
  bornOf(person: string): CalendarDay | undefined;
  personByResidentId(index: Uint8Array): string | undefined;
  /** The verifier of the PIN; undefined = no e-card. */
  ecardPin(person: string): Uint8Array | undefined;
  /** The moments of the PIN entries since the last right one, newest first, at most `max`. */
  countedEntries(person: string, max: number): readonly number[];
  /** One that was not used yet. */
  permit(permit: string): PermitRow | undefined;
  member(id: string): FamilyMemberRow | undefined;
  /** Those who have a place: opened, or awaiting the face check. Oldest first. */
  membersOf(holder: string): readonly FamilyMemberRow[];
  /** Where this person's face check is awaited, oldest first. */
  awaitingFaceOf(relative: string): readonly FamilyMemberRow[];
  lastCertification(person: string): number | null;
  transfer(id: string): TransferRow | undefined;
  /** Those of this person and those that he applied for, newest first. */
  transfersAround(person: string): readonly TransferRow[];
}

export interface WritableFamilyRows extends FamilyRows {
  addEcard(person: string, pinVerifier: Uint8Array, at: number): void;
  setEcardPin(person: string, pinVerifier: Uint8Array): void;
  /** Gives the entry's id. */
  countEntry(person: string, at: number): number;
  noteRightEntry(entry: number): void;
  addPermit(row: PermitRow): void;
  spendPermit(permit: string, usedFor: string): void;
  /** All of a person's that were not used yet. */
  spendPermitsOf(person: string, usedFor: string): void;
  addMember(row: FamilyMemberRow): void;
  setMemberState(id: string, state: FamilyMemberState, at: number): void;
  /** Ends the wait of those who applied at `before` or earlier. */
  lapse(before: number, at: number): void;
  addCertification(person: string, by: string, at: number): void;
  addTransfer(row: TransferRow): void;
  setTransferState(id: string, state: TransferState, at: number): void;
}
