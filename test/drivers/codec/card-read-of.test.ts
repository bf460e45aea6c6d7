import { describe, expect, it } from 'vitest';
import { cardReadOf } from '../../../drivers/codec/card-read-of.ts';
import type { Decoded, DecodedChip, DecodedTrack2, TrackError } from '../../../drivers/codec/decoded.ts';
import { decodeReasons } from '../../../drivers/codec/decoded.ts';
import { secret } from '../../../src/domain/secret.ts';
import { readFailures } from '../../../src/ports/card-reader.ts';
import { contentOf, exposed, syntheticCard } from '../synthetic-card.ts';

const card = syntheticCard(1);
const other = syntheticCard(2);
const stripe = contentOf(card, 'stripe');
const dates = { expiry: '4912', serviceCode: '220' };
const track1 = { formatCode: 'B', pan: card.pan, ...dates };
const track2: DecodedTrack2 = { pan: card.pan, ...dates };
const { pan: _, ...chip } = card;

function cardOf(parts: object, errors: readonly TrackError[] = []): Decoded {
  return { ok: true, kind: 'card', masked: false, ...parts, errors };
}

function chipWith(change: Partial<Record<keyof DecodedChip, unknown>>): Decoded {
  const entries = Object.entries({ ...chip, ...change }).filter(([, value]) => value !== undefined);
  return cardOf({ chip: Object.fromEntries(entries) });
}

/** The same text with its last character one further. */
function lastChanged(text: string): string {
  return text.slice(0, -1) + ((Number.parseInt(text.slice(-1), 36) + 1) % 10);
}

describe('whose card it is', () => {
  it.each<[string, Decoded, unknown]>([
    ['two tracks that agree', cardOf({ track1, track2 }), stripe],
    [
      'two tracks that agree, neither complete',
      cardOf({ track1: { formatCode: 'B', pan: card.pan }, track2: { pan: card.pan } }),
      stripe,
    ],
    ['two tracks of two cards', cardOf({ track1, track2: { ...track2, pan: other.pan } }), 'noise'],
    ['a licence, whatever is on track 2', cardOf({ track1: { formatCode: 'AAMVA' }, track2 }), 'notACard'],
    ['track 1 alone', cardOf({ track1 }), stripe],
    ['track 2 alone', cardOf({ track2 }), stripe],
    [
      'track 2 alone, failing Luhn',
      cardOf({ track2: { ...track2, pan: secret(lastChanged(card.pan.expose())) } }),
      'noise',
    ],
    ['track 2 alone, expired in month 13', cardOf({ track2: { ...track2, expiry: '4913' } }), 'noise'],
    ['track 2 alone, without a service code', cardOf({ track2: { pan: card.pan, expiry: '4912' } }), 'noise'],
    ['track 2 alone, a separator behind', cardOf({ track2: { ...track2, discretionary: secret('0=0') } }), 'noise'],
    ['a number that is too short', cardOf({ track2: { ...track2, pan: secret('42') } }), 'noise'],
    ['track 3 alone', cardOf({ track3: { text: secret('01') } }), 'notACard'],
    ['masked tracks', { ok: true, kind: 'card', masked: true, track1, track2, errors: [] }, 'encrypted'],
    ['track 1 not decoded', cardOf({ track2 }, [{ track: 1, reason: 'unreadable' }]), stripe],
    ['track 1 with a wrong parity', cardOf({ track2 }, [{ track: 1, reason: 'wrongParity' }]), stripe],
    [
      'track 1 among the errors does not count',
      cardOf({ track1: { ...track1, pan: other.pan }, track2 }, [{ track: 1, reason: 'wrongLrc' }]),
      stripe,
    ],
    ['track 1 cut off', cardOf({ track2 }, [{ track: 1, reason: 'halfRead' }]), 'halfRead'],
    ['track 1 damaged on the way', cardOf({ track2 }, [{ track: 1, reason: 'noise' }]), 'noise'],
    [
      'only errors and track 3',
      cardOf({ track3: { text: secret('01') } }, [{ track: 2, reason: 'wrongLrc' }]),
      'noise',
    ],
    ['a scan', { ok: true, kind: 'scan', text: secret('4240') }, 'notACard'],
    ['a frame of a PIN pad', { ok: true, kind: 'pinpad', message: 'key', fields: {} }, 'notACard'],
    ['a chip', cardOf({ chip }), contentOf(card, 'chip')],
    ['a chip of another region', chipWith({ region: '110000' }), 'noise'],
    ['a chip without a region', chipWith({ region: undefined }), 'noise'],
    ['a chip without 卡识别码', chipWith({ cardSn: undefined }), 'noise'],
    ['卡识别码 too short', chipWith({ cardSn: secret(card.cardSn.expose().slice(1)) }), 'noise'],
    [
      '社会保障号码 with another check character',
      chipWith({ socialSecurityNumber: secret(lastChanged(card.socialSecurityNumber.expose())) }),
      'noise',
    ],
    [
      '卡号 with another check character',
      chipWith({ ssCardNumber: secret(lastChanged(card.ssCardNumber.expose())) }),
      'noise',
    ],
    ['no 社会保障号码', chipWith({ socialSecurityNumber: undefined }), 'blankCard'],
    ['no 卡号', chipWith({ ssCardNumber: undefined }), 'blankCard'],
    ['no name', chipWith({ name: undefined }), 'blankCard'],
  ])('%s', (_it, decoded, expected) => {
    expect(exposed(cardReadOf(decoded))).toEqual(expected);
  });

  it.each(decodeReasons)('%s is a failure that has a prompt', (reason) => {
    const read = cardReadOf({ ok: false, reason });
    expect(readFailures).toContain(read.ok ? null : read.reason);
  });
});
