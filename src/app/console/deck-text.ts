import { formatYuan } from '../../domain/money.ts';
import type { Language } from '../../domain/prompt.ts';
import type { DeckHousehold } from '../../ipc/view.ts';
import { loadDeck } from '../deck.ts';

/** What `gongji households` prints. Errors: those of `loadDeck`. */
export function householdsText(language: Language, json: boolean): string {
  const { households } = loadDeck();
  return json ? JSON.stringify(households) : deckText(households, language);
}

/** The deck as a list: cards are numbered through, so that a number names one. Names here are those of synthetic
 *  people; numbers show their last four characters. */
export function deckText(households: readonly DeckHousehold[], language: Language): string {
  let number = 0;
  return households
    .flatMap(({ title, shows, people }) => [
      `${title[language]}: ${shows[language]}`,
      ...people.map(({ name, last4, balance, status, card, providers }) => {
        number += 1;
        const facts = [status, card].filter((fact) => fact !== 'normal');
        const lent = providers.length > 0 ? `← ${providers.join(', ')}` : '';
        const money = balance === null ? '-' : formatYuan(balance);
        return `  #${number}  ${name}  ****${last4}  ${money}  ${[...facts, lent].join(' ')}`.trimEnd();
      }),
    ])
    .join('\n');
}
