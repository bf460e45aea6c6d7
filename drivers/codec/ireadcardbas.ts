import iconv from 'iconv-lite';
import { parseResidentId } from '../../src/domain/resident-id.ts';
import { type Secret, secret } from '../../src/domain/secret.ts';
import { cardSnProblem, regionOfCardSn, ssCardNumberProblem } from '../../src/domain/social-security-card.ts';
import type { CardRead, ReadFailure } from '../../src/ports/card-reader.ts';

/** What a chip says of its holder. `region` is in the clear: it names a place of issue, not a person. */
export interface ChipCard {
  readonly region: string;
  readonly socialSecurityNumber: Secret<string>;
  readonly ssCardNumber: Secret<string>;
  readonly cardSn: Secret<string>;
  readonly name: Secret<string>;
}

/** Fields of the standard function (LD/T 33-2015), and with the four that Henan and Shenzhen append (PSAM, medical
 *  number, encryption factor, version). */
const fieldCounts: readonly number[] = [11, 15];

/** Reads an `iReadCardBas` line: fields separated and ended by `|`, in GBK.
 *  Order: 发卡地区行政区划代码, 社会保障号码, 卡号, 卡识别码, 姓名, then the chip's own matters, which nobody here needs.
 *  Errors: `blankCard` when a field that identifies is empty (unpersonalised card); `reversed` when the bytes make sense
 *  backwards; `noise` for everything that does not add up: the region is the first six characters of 卡识别码 (which also
 *  gives away `iReadCardBasExt` with its other order), 社会保障号码 and 卡号 have check characters.
 *  Limits: one damaged character of 卡识别码 cannot be seen here, nor can one of 卡号 that is 11, 22 or 33 away from
 *  the right one (A = 10 … Z = 35); then the two other numbers are still right, so whoever looks a card up compares all
 *  three. Cards with numbers of local making that fail the check are refused.
 *  Source: R92; reference of the reader interface, LD/T 33-2015. */
export function decodeIReadCardBas(line: Uint8Array): CardRead {
  const forward = readLine(fromGbk(line));
  if (isCardLine(forward)) return forward;
  return isCardLine(readLine(fromGbk(line.toReversed()))) ? failed('reversed') : forward;
}

/** The line that a reader driver hands over for a card, without a line end: third-generation card of 2021, terminal
 *  number of a reader that has no PSAM. A character that GBK lacks becomes `?`, as with real readers. */
export function encodeIReadCardBas(card: ChipCard): Uint8Array {
  const cardSn = card.cardSn.expose();
  const historicalBytes = `00814E4323869715${card.region.slice(2)}${cardSn.slice(18, 24)}`;
  const fields = [
    card.region,
    card.socialSecurityNumber.expose(),
    card.ssCardNumber.expose(),
    cardSn,
    card.name.expose(),
    historicalBytes,
    '3.00',
    '20210101',
    '20310101',
    '000000000000',
    'GONGJI-VIRTUAL',
  ];
  return iconv.encode(`${fields.join('|')}|`, 'gbk');
}

/** The text, or null when the bytes are not GBK. Decoding comes before splitting: the second byte of a character may be
 *  0x7C, the separator. */
function fromGbk(line: Uint8Array): string | null {
  const text = iconv.decode(line, 'gbk');
  return text.includes('\ufffd') ? null : text;
}

function readLine(text: string | null): CardRead {
  if (text === null) return failed('noise');
  const fields = text.split('|');
  const ended = fields.pop() === '';
  const [region = '', ssn = '', number = '', sn = '', name = ''] = fields.map((field) => field.trim());
  if (!/^\d{6}$/.test(region) || cardSnProblem(sn) !== null || regionOfCardSn(sn) !== region) return failed('noise');
  // Readers cut the line of a blank card short, so its fields are not counted.
  if (ssn === '' && number === '' && name === '') return failed('blankCard');
  if (!ended || !fieldCounts.includes(fields.length)) return failed('noise');
  if (ssn === '' || number === '' || name === '') return failed('blankCard');
  const socialSecurityNumber = parseResidentId(ssn);
  const ssCardNumber = number.toUpperCase();
  if (!socialSecurityNumber.ok || ssCardNumberProblem(ssCardNumber) !== null) return failed('noise');
  return {
    ok: true,
    credential: {
      medium: 'chip',
      region,
      ssCardNumber: secret(ssCardNumber),
      cardSn: secret(sn.toUpperCase()),
      socialSecurityNumber: secret(socialSecurityNumber.id),
      name: secret(name),
      last4: ssCardNumber.slice(-4),
    },
  };
}

/** True for what can only have come from a well-formed line. */
function isCardLine(read: CardRead): boolean {
  return read.ok || read.reason === 'blankCard';
}

function failed(reason: ReadFailure): CardRead {
  return { ok: false, reason };
}
