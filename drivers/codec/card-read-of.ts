import { hasLuhn } from '../../src/domain/pan.ts';
import { parseResidentId } from '../../src/domain/resident-id.ts';
import { type Secret, secret } from '../../src/domain/secret.ts';
import { cardSnProblem, regionOfCardSn, ssCardNumberProblem } from '../../src/domain/social-security-card.ts';
import type { CardRead, ReadFailure } from '../../src/ports/card-reader.ts';
import type { Decoded, DecodedCard, DecodedChip, DecodedTrack1, DecodedTrack2, DecodeReason } from './decoded.ts';

/** What each reason of a codec is to the person at the counter. */
const failureOf: Readonly<Record<DecodeReason, ReadFailure>> = {
  halfRead: 'halfRead',
  noise: 'noise',
  reversed: 'reversed',
  tooLong: 'tooLong',
  blankCard: 'blankCard',
  notACard: 'notACard',
  unreadable: 'noise',
  wrongParity: 'noise',
  wrongLrc: 'noise',
  wrongChecksum: 'noise',
  wrongCrc: 'noise',
  wrongLength: 'noise',
  wrongOrder: 'noise',
  refused: 'noise',
  notAnEvoucher: 'notACard',
};

/** Reasons that tell of a track on the card. The others tell of damage on the way, which the other tracks shared. */
const trackAlone: ReadonlySet<DecodeReason> = new Set(['unreadable', 'wrongParity', 'wrongLrc']);

/** Whose card it is, from what the bytes say.
 *  Holds: two tracks must name the same card; a lone track must be complete and pass Luhn, so that one damaged character
 *  never yields another card's number. Chinese cards need not pass Luhn, therefore two agreeing tracks do not have to. A
 *  track among `errors` names no card; what failed on it alone leaves the other track to stand as a lone one.
 *  A chip's fields must add up: the region is the first six characters of 卡识别码, 社会保障号码 and 卡号 have check
 *  characters.
 *  Limits: one damaged character of 卡识别码 cannot be seen here, nor can one of 卡号 that is 11, 22 or 33 away from
 *  the right one (A = 10 … Z = 35); then the two other numbers are still right, so whoever looks a card up compares all
 *  three. Cards with numbers of local making that fail the check are refused.
 *  Errors: `encrypted` for masked tracks, `blankCard` when a field of the chip that identifies is empty, `notACard` for
 *  licences, members' cards and everything that is no card, `noise` for what does not add up.
 *  Source: R92. */
export function cardReadOf(decoded: Decoded): CardRead {
  if (!decoded.ok) return failed(failureOf[decoded.reason]);
  if (decoded.kind !== 'card') return failed('notACard');
  if (decoded.chip !== undefined) return readOfChip(decoded.chip);
  if (decoded.masked) return failed('encrypted');
  return readOfStripe(decoded);
}

function readOfStripe({ track1, track2, errors }: DecodedCard): CardRead {
  // A format other than B is a driver's licence or a member's card, whatever stands on its second track.
  if (track1 !== undefined && track1.formatCode !== 'B') return failed('notACard');
  const damage = errors.find(({ reason }) => !trackAlone.has(reason));
  if (damage !== undefined) return failed(failureOf[damage.reason]);
  const isGood = (track: 1 | 2) => errors.every((error) => error.track !== track);
  const pan1 = isGood(1) ? track1?.pan : undefined;
  const pan2 = isGood(2) ? track2?.pan : undefined;
  if (pan1 === undefined && pan2 === undefined) return failed(errors.length > 0 ? 'noise' : 'notACard');
  if (pan1 !== undefined && pan2 !== undefined) return pan1.expose() === pan2.expose() ? stripe(pan1) : failed('noise');
  if (pan1 !== undefined) return isComplete(track1) && hasLuhn(pan1.expose()) ? stripe(pan1) : failed('noise');
  if (pan2 === undefined) return failed('noise');
  // Only digits follow the service code; a separator among them would be a damaged digit.
  const isDigits = /^\d*$/.test(track2?.discretionary?.expose() ?? '');
  return isComplete(track2) && isDigits && hasLuhn(pan2.expose()) ? stripe(pan2) : failed('noise');
}

/** Whether expiry and service code stand in their places. */
function isComplete(track: DecodedTrack1 | DecodedTrack2 | undefined): boolean {
  return /^\d{2}(?:0[1-9]|1[0-2])$/.test(track?.expiry ?? '') && track?.serviceCode !== undefined;
}

function stripe(pan: Secret<string>): CardRead {
  const digits = pan.expose();
  if (!/^\d{12,19}$/.test(digits)) return failed('noise');
  return { ok: true, credential: { medium: 'stripe', pan, last4: digits.slice(-4) } };
}

function readOfChip(chip: DecodedChip): CardRead {
  const { region = '', cardSn, socialSecurityNumber, ssCardNumber, name } = chip;
  const sn = cardSn?.expose() ?? '';
  if (!/^\d{6}$/.test(region) || cardSnProblem(sn) !== null || regionOfCardSn(sn) !== region) return failed('noise');
  if (socialSecurityNumber === undefined || ssCardNumber === undefined || name === undefined)
    return failed('blankCard');
  const residentId = parseResidentId(socialSecurityNumber.expose());
  const number = ssCardNumber.expose().toUpperCase();
  if (!residentId.ok || ssCardNumberProblem(number) !== null) return failed('noise');
  return {
    ok: true,
    credential: {
      medium: 'chip',
      region,
      ssCardNumber: secret(number),
      cardSn: secret(sn.toUpperCase()),
      socialSecurityNumber: secret(residentId.id),
      name,
      last4: number.slice(-4),
    },
  };
}

function failed(reason: ReadFailure): CardRead {
  return { ok: false, reason };
}
