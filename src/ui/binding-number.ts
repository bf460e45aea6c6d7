import type { BindingView } from '../ipc/view.ts';

/** A number that a clerk keys in from a card or an ID card. */
export type KeyedMedium = 'ssCardNumber' | 'residentId';

/** `text`: without the spaces that are shown. It is kept only while it is being typed. */
export interface NumberDraft {
  readonly medium: KeyedMedium;
  readonly text: string;
}

/** A key of the number pad: a digit, a capital letter, or one of the two others. */
export type NumberKey = string | 'erase' | 'clear';

/** GB 11643: 18 characters. The card specification: nine. */
export const numberLength: Readonly<Record<KeyedMedium, number>> = { residentId: 18, ssCardNumber: 9 };

/** What may be keyed in now, in the order in which it is offered. The provider's number only where one of three documents
 *  is enough (R10); the beneficiary's as the profile says (R10, R20). */
export function keyedMedia({ stage, asks }: Pick<BindingView, 'stage' | 'asks'>): readonly KeyedMedium[] {
  if (stage === 'awaitingProvider') return asks.documents === 'one_of_three' ? ['residentId'] : [];
  if (stage !== 'awaitingBeneficiary') return [];
  const media: KeyedMedium[] = [];
  if (asks.beneficiaryBy.includes('cardNumber')) media.push('ssCardNumber');
  if (asks.beneficiaryBy.includes('residentId')) media.push('residentId');
  return media;
}

/** The draft after a key: what cannot stand at that place does nothing. An ID number is digits, its last character also X; a
 *  card number is letters and digits. */
export function afterNumberKey(draft: NumberDraft, key: NumberKey): NumberDraft {
  const { medium, text } = draft;
  if (key === 'clear') return { ...draft, text: '' };
  if (key === 'erase') return { ...draft, text: text.slice(0, -1) };
  if (text.length >= numberLength[medium] || !mayStand(medium, text.length, key)) return draft;
  return { ...draft, text: text + key };
}

function mayStand(medium: KeyedMedium, at: number, key: string): boolean {
  if (/^\d$/.test(key)) return true;
  if (medium === 'ssCardNumber') return /^[A-Z]$/.test(key);
  return key === 'X' && at === numberLength.residentId - 1;
}

export function isComplete({ medium, text }: NumberDraft): boolean {
  return text.length === numberLength[medium];
}

/** Where a reader would breathe: region, birth date, the rest; a card number in threes. */
const groups: Readonly<Record<KeyedMedium, readonly number[]>> = { residentId: [6, 8, 4], ssCardNumber: [3, 3, 3] };

/** The places of a number in their groups, `null` = not typed yet. */
export function grouped({ medium, text }: NumberDraft): readonly (readonly (string | null)[])[] {
  let at = 0;
  return groups[medium].map((length) => {
    const start = at;
    at += length;
    return Array.from({ length }, (_, index) => text[start + index] ?? null);
  });
}
