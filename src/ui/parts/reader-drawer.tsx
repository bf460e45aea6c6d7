import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { formatYuan } from '../../domain/money.ts';
import type { Intent } from '../../ipc/intent.ts';
import { type DeckHousehold, type DeckPerson, type ReadingFault, readingFaults } from '../../ipc/view.ts';
import { type DeckPlace, helpedBy, nextFault, stepped } from '../deck-steps.ts';
import { useLanguage, useText } from '../language.ts';
import { faultWords, filled, insuranceWords, listed, personMark } from '../texts.ts';
import { Icon } from './icons.tsx';

type Medium = Extract<Intent, { kind: 'deck.swipe' }>['as'];
const media: readonly Medium[] = ['stripe', 'chip'];
const dragType = 'text/plain';

interface ReaderDrawerProps {
  readonly deck: readonly DeckHousehold[];
  /** The name of the reader in use when that is another one. */
  readonly beside: string | null;
  readonly onSwipe: (person: string, as: Medium, fault: ReadingFault) => void;
  readonly onClose: () => void;
}

/** The virtual reader: families whose cards can be swiped, and what may go wrong when they are. */
export function ReaderDrawer({ deck, beside, onSwipe, onClose }: ReaderDrawerProps) {
  const t = useText();
  const language = useLanguage();
  const [medium, setMedium] = useState<Medium>('stripe');
  const [fault, setFault] = useState<ReadingFault>('none');
  const [place, setPlace] = useState<DeckPlace>({ household: 0, person: 0 });
  const [over, setOver] = useState(false);
  const families = useRef<HTMLDivElement>(null);
  const current = deck[place.household]?.people[place.person]?.id;

  // The keyboard starts on a card, and follows the arrows from card to card.
  useEffect(() => {
    if (current === undefined) return;
    const card = families.current?.querySelector<HTMLElement>(`[data-person="${CSS.escape(current)}"]`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  function onKeyDown(event: KeyboardEvent): void {
    const onRadio = event.target instanceof HTMLInputElement;
    if (/^Arrow(Left|Right|Up|Down)$/.test(event.key) && !onRadio) {
      setPlace(stepped(deck, place, event.key as Parameters<typeof stepped>[2]));
    } else if (event.key.toLowerCase() === 'm') setMedium(medium === 'stripe' ? 'chip' : 'stripe');
    else if (event.key.toLowerCase() === 'g') setFault(nextFault(fault));
    else if (event.key === 'Enter' && onRadio && current !== undefined) onSwipe(current, medium, fault);
    else return;
    event.preventDefault();
  }
  function onDrop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    const id = event.dataTransfer.getData(dragType);
    if (deck.some((household) => household.people.some((person) => person.id === id))) onSwipe(id, medium, fault);
  }

  return (
    <section className="drawer" data-testid="drawer" aria-label={t('deck')} onKeyDown={onKeyDown}>
      <div className="drawer-reader">
        <h2 className="part-title">
          <Icon name="reader" />
          {t('deck')}
        </h2>
        <p className="drawer-synthetic">{t('deckSynthetic')}</p>
        <section
          className="slot"
          data-over={over}
          data-testid="deck-slot"
          aria-label={t('deckSlot')}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        >
          <span className="slot-mouth" />
          {t('deckSlot')}
        </section>
        <Switches
          title={t('deckMedium')}
          name="medium"
          choices={media.map((as) => ({ value: as, label: t(as === 'stripe' ? 'deckStripe' : 'deckChip') }))}
          chosen={medium}
          onChoose={setMedium}
        />
        <Switches
          title={t('deckFault')}
          name="fault"
          choices={readingFaults.map((value) => ({ value, label: filled(faultWords[value], language) }))}
          chosen={fault}
          onChoose={setFault}
        />
        <p className="demo-pin" data-testid="demo-pin">
          {t('deckPin')}
        </p>
      </div>
      <div className="drawer-deck">
        <header className="drawer-head">
          <p data-testid="deck-intro">{beside === null ? t('deckIntro') : t('deckBeside', { name: beside })}</p>
          <p className="drawer-keys">{t('deckKeys')}</p>
          <button type="button" className="setting-button" aria-label={t('deckClose')} onClick={onClose}>
            <Icon name="cross" />
          </button>
        </header>
        <div className="families" ref={families}>
          {deck.map((household, householdIndex) => (
            <article key={household.id} className="family" data-household={household.id}>
              <div className="family-head">
                <h3>{household.title[language]}</h3>
                <p className="family-shows">{household.shows[language]}</p>
              </div>
              <div className="people">
                {household.people.map((person, personIndex) => (
                  <PersonCard
                    key={person.id}
                    person={person}
                    helps={helpedBy(household, person.name)}
                    reachable={person.id === current}
                    onReach={() => setPlace({ household: householdIndex, person: personIndex })}
                    onSwipe={() => onSwipe(person.id, medium, fault)}
                  />
                ))}
              </div>
            </article>
          ))}
        </div>
      </div>
    </section>
  );
}

interface PersonCardProps {
  readonly person: DeckPerson;
  readonly helps: readonly string[];
  readonly reachable: boolean;
  readonly onReach: () => void;
  readonly onSwipe: () => void;
}

function PersonCard({ person, helps, reachable, onReach, onSwipe }: PersonCardProps) {
  const t = useText();
  const language = useLanguage();
  const mark = personMark(person, language);
  return (
    <button
      type="button"
      className="person-card"
      data-person={person.id}
      data-testid={`person-${person.id}`}
      data-marked={mark !== null}
      tabIndex={reachable ? 0 : -1}
      draggable
      aria-label={t('deckSwipe', { name: person.name })}
      onFocus={onReach}
      onDragStart={(event) => event.dataTransfer.setData(dragType, person.id)}
      onClick={onSwipe}
    >
      <span className="person-name">{person.name}</span>
      <span className="person-number">
        {filled(insuranceWords[person.insurance], language)} {person.last4}
      </span>
      <span className="person-balance">
        {person.balance === null ? t('deckNoAccount') : t('deckOpening', { balance: formatYuan(person.balance) })}
      </span>
      {person.providers.length > 0 && (
        <span className="person-link">{t('deckUses', { names: listed(person.providers, language) })}</span>
      )}
      {helps.length > 0 && <span className="person-link">{t('deckHelps', { names: listed(helps, language) })}</span>}
      {mark !== null && (
        <span className="person-mark">
          <Icon name="warning" />
          {mark}
        </span>
      )}
    </button>
  );
}

function Switches<Value extends string>(props: {
  readonly title: string;
  readonly name: string;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}) {
  return (
    <fieldset className="switches" data-switch={props.name}>
      <legend>{props.title}</legend>
      <div className="switch-row">
        {props.choices.map(({ value, label }) => (
          <label key={value} className="switch" data-testid={`${props.name}-${value}`}>
            <input
              type="radio"
              name={props.name}
              value={value}
              checked={value === props.chosen}
              onChange={() => props.onChoose(value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
