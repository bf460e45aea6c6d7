/** Keys of the amount pad. */
export type AmountKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '00' | 'point' | 'erase' | 'clear';

/** What the clerk has typed, ahead of what the terminal has confirmed. `sent`: texts whose echo has not come back yet,
 *  oldest first; `echoed`: the last text that the terminal showed. */
export interface AmountDraft {
  readonly text: string;
  readonly sent: readonly string[];
  readonly echoed: string;
}

export const emptyDraft: AmountDraft = { text: '', sent: [], echoed: '' };

/** Longest amount that may be typed: room for the largest amount and one digit too many, which the terminal explains. */
const amountLengthMax = 12;

/** The text after one key. Only the form is looked after (one point, no leading zeros); whether it is an amount that may
 *  be charged is the terminal's to say. */
export function typed(text: string, key: AmountKey): string {
  switch (key) {
    case 'clear':
      return '';
    case 'erase':
      return text.slice(0, -1);
    case 'point':
      return text.includes('.') ? text : bounded(`${text === '' ? '0' : text}.`, text);
    case '00':
      return text === '' || text === '0' ? text : bounded(`${text}00`, text);
    default:
      return bounded(text === '0' ? key : text + key, text);
  }
}

function bounded(next: string, before: string): string {
  return next.length > amountLengthMax ? before : next;
}

/** The draft after a key: shown at once, its echo awaited. */
export function afterKey(draft: AmountDraft, key: AmountKey): AmountDraft {
  const text = typed(draft.text, key);
  return text === draft.text ? draft : { ...draft, text, sent: [...draft.sent, text] };
}

/** The draft after a view. An echo of something sent is no news, nor is a view that left before the echo; anything else
 *  is the terminal's own word and wins. */
export function afterView(draft: AmountDraft, amountText: string | null): AmountDraft {
  const shown = amountText ?? '';
  const index = draft.sent.indexOf(shown);
  if (index >= 0) return { text: draft.text, sent: draft.sent.slice(index + 1), echoed: shown };
  if (draft.sent.length > 0 && shown === draft.echoed) return draft;
  return { text: shown, sent: [], echoed: shown };
}

/** The draft when the sale is given up: echoes are not waited for any more, what comes next is the terminal's word. */
export function abandoned(draft: AmountDraft): AmountDraft {
  return { ...draft, sent: [] };
}
