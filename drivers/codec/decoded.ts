import type { Secret } from '../../src/domain/secret.ts';

/** What a device's bytes say, before anybody asks whose card it is. A codec is pure, takes any bytes, never throws, works
 *  in time linear in their number, and gives output bounded by its frame size. */
export type Decoded = DecodedCard | DecodedScan | DecodedPinPad | DecodeFailure;

/** Why bytes are not what a codec reads.
 *  halfRead: the end is missing. noise: what cannot be text of this kind. reversed: sense backwards only. tooLong: beyond
 *  the bound. blankCard: a card without data. notACard: readable, of another kind. unreadable: the reader found tracks
 *  and could decode none. wrongParity, wrongLrc, wrongChecksum, wrongCrc, wrongLength: the named check failed.
 *  wrongOrder: the fields stand in another function's order. refused: the device answers that it cannot or will not.
 *  notAnEvoucher: a code, but no 医保码. */
export const decodeReasons = [
  'halfRead',
  'noise',
  'reversed',
  'tooLong',
  'blankCard',
  'notACard',
  'unreadable',
  'wrongParity',
  'wrongLrc',
  'wrongChecksum',
  'wrongCrc',
  'wrongLength',
  'wrongOrder',
  'refused',
  'notAnEvoucher',
] as const;
export type DecodeReason = (typeof decodeReasons)[number];

export interface DecodeFailure {
  readonly ok: false;
  readonly reason: DecodeReason;
}

/** ISO/IEC 7813 format B, or another format code; for AAMVA (driver's licences) `formatCode` is `AAMVA` and `pan` is
 *  absent. Names have trailing blanks cut, everything else is as on the stripe. Absent fields are left out. */
export interface DecodedTrack1 {
  readonly formatCode: string;
  readonly pan?: Secret<string>;
  readonly name?: Secret<string>;
  /** YYMM. */
  readonly expiry?: string;
  readonly serviceCode?: string;
  readonly discretionary?: Secret<string>;
}

export interface DecodedTrack2 {
  readonly pan: Secret<string>;
  /** YYMM. */
  readonly expiry?: string;
  readonly serviceCode?: string;
  readonly discretionary?: Secret<string>;
}

/** What a social-security card's chip says through `iReadCardBas` and its relatives. `region` names a place of issue, not
 *  a person. Absent and empty fields are left out. Dates are YYYYMMDD. */
export interface DecodedChip {
  readonly region?: string;
  readonly socialSecurityNumber?: Secret<string>;
  readonly ssCardNumber?: Secret<string>;
  readonly cardSn?: Secret<string>;
  readonly name?: Secret<string>;
  readonly historicalBytes?: Secret<string>;
  readonly specVersion?: string;
  readonly issuedOn?: string;
  readonly expiresOn?: string;
  readonly terminalNumber?: string;
  readonly deviceNumber?: string;
  /** The four that Henan and Shenzhen append. */
  readonly psamNumber?: string;
  readonly medicalNumber?: Secret<string>;
  readonly encryptionFactor?: Secret<string>;
  readonly version?: string;
  /** Those of `iReadCardBasExt` alone. */
  readonly cardKind?: string;
  readonly issuer?: string;
  readonly sex?: string;
  readonly ethnicity?: string;
  readonly birthplace?: Secret<string>;
  readonly birthDate?: Secret<string>;
}

export interface TrackError {
  readonly track: 1 | 2 | 3;
  readonly reason: DecodeReason;
}

export interface DecodedCard {
  readonly ok: true;
  readonly kind: 'card';
  /** True when the reader itself has masked the tracks because it encrypts them: they name no card. */
  readonly masked: boolean;
  readonly track1?: DecodedTrack1;
  readonly track2?: DecodedTrack2;
  readonly track3?: { readonly text: Secret<string> };
  readonly chip?: DecodedChip;
  /** Tracks that could not be used, in their order; empty tracks are none of them. */
  readonly errors: readonly TrackError[];
}

export interface DecodedScan {
  readonly ok: true;
  readonly kind: 'scan';
  /** As scanned, without the line end. A 医保码 is money, so a secret. */
  readonly text: Secret<string>;
  /** AIM symbology identifier, such as `]Q0`. */
  readonly symbology?: string;
}

/** One frame of a PIN pad. `message` names it in the words of its protocol's codec. */
export interface DecodedPinPad {
  readonly ok: true;
  readonly kind: 'pinpad';
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One connection's worth of decoding: bytes in any chunks go in, what they complete comes out.
 *  Holds: however the bytes are cut, the results are the same; never throws; keeps at most one frame's bytes. */
export interface FrameDecoder {
  push(chunk: Uint8Array): readonly Decoded[];
  /** The line has fallen silent, or the connection is over: what has begun is all that comes. */
  end(): readonly Decoded[];
  /** True while a frame has begun and is not complete. */
  readonly midFrame: boolean;
}

/** A codec as the table of devices knows it. */
export interface Codec {
  /** A fresh decoder; one per connection. */
  decoder(): FrameDecoder;
}
