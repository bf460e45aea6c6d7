/** A key as the detector sees it. `text`: the one character that it types, null for Enter and Tab, which end a line.
 *  `at`: when it was pressed, ms on any steady clock. `key`: the caller's own, handed back when it is a person's. */
export interface TimedKey<Key> {
  readonly text: string | null;
  readonly at: number;
  readonly key: Key;
}

/** What is known now. `released`: a person's keys, in their order. `began`: a card reader is typing, from here on nothing
 *  is a person's. `line`: what a device has typed, without its end. */
export type Decision<Key> =
  | { readonly kind: 'released'; readonly key: Key }
  | { readonly kind: 'began' }
  | { readonly kind: 'line'; readonly text: string };

/** Keys closer together than this are a device's: readers send a character every 1 to 30 ms, hands every 50 ms at best. */
export const deviceGapMs = 40;
/** How long a key waits for another one so close behind it: the gap, and what the system may take to hand it over. */
export const holdMs = 60;
/** Silence that ends a line without Enter; what jquery.cardswipe waits between two characters. */
export const wedgeSilenceMs = 250;
/** What is kept of a line: more than any card or code of ours has. */
export const lineCharactersMax = 1024;

/** Start sentinels of the tracks in a reader's text, and `]` of an AIM symbology identifier. No amount begins so. */
const sentinels = '%;+]';
/** How a track begins; enough to know a stripe behind a key that a person pressed just before. */
const trackOpening = /^(?:%[A-Z]|;\d)$/i;
/** So many keys in a row without a human pause between them are a device's, whatever they say: two fingers may fall
 *  together, three do not. */
const deviceKeysMin = 3;

type State<Key> =
  /** Keys that may still turn out to be a device's. Empty: nothing is held. */
  | { readonly kind: 'undecided'; readonly held: readonly TimedKey<Key>[]; readonly chainedUntil: number }
  /** A device is typing. `slow`: its last keys, each after a human pause; they are its own if it goes on. */
  | { readonly kind: 'device'; readonly text: string; readonly at: number; readonly slow: readonly TimedKey<Key>[] };

/** Tells apart what a person types from what a card reader or scanner types into the same keyboard. Pure: the keys come
 *  with their times, and `deadline` says when it wants to be asked again (`tick`).
 *  Rules: keys with less than `deviceGapMs` between them are a device's when a sentinel opens them or when there are
 *  three; its line ends with Enter or Tab, or when it has been silent for `wedgeSilenceMs`. A key within `deviceGapMs` of
 *  a device's last one is the device's too (CR LF, the next track), as is an Enter within the silence.
 *  Holds, for devices and people as they are: no key of a device is released; each key of a person is, once, in order,
 *  after `holdMs` at most, or `wedgeSilenceMs` after a device that stopped half way. A key pressed while a device is
 *  typing is lost to it, which a person sees; the other way round a card number would stand in a field. */
export class WedgeDetector<Key> {
  #state: State<Key> = { kind: 'undecided', held: [], chainedUntil: Number.NEGATIVE_INFINITY };

  /** True while nothing is held and no device is typing. */
  get isIdle(): boolean {
    return this.#state.kind === 'undecided' && this.#state.held.length === 0;
  }

  /** True while a device is typing. */
  get isDeviceTyping(): boolean {
    return this.#state.kind === 'device';
  }

  /** True when a key pressed at this time still belongs to a device's line that has just ended. */
  isChained(at: number): boolean {
    return this.#state.kind === 'undecided' && at <= this.#state.chainedUntil;
  }

  /** When `tick` will have something to say, null while nothing is held. */
  get deadline(): number | null {
    if (this.#state.kind === 'device') return this.#state.at + wedgeSilenceMs;
    const last = this.#state.held.at(-1);
    return last === undefined ? null : last.at + holdMs;
  }

  /** The time is `now`, and every key pressed before it has been told. */
  tick(now: number): readonly Decision<Key>[] {
    const { deadline } = this;
    if (deadline === null || now < deadline) return [];
    return this.#settle(now);
  }

  /** A key that types a character or ends a line. It is withheld until a decision releases it. */
  press(key: TimedKey<Key>): readonly Decision<Key>[] {
    const before = this.tick(key.at);
    return [...before, ...(this.#state.kind === 'device' ? this.#fromDevice(key) : this.#undecided(key))];
  }

  /** A person pressed a key that no device types: what is held was the person's too. */
  interrupt(): readonly Decision<Key>[] {
    if (this.#state.kind === 'device') {
      return this.#state.slow.length === 0 ? [] : this.#endDevice(Number.POSITIVE_INFINITY);
    }
    return this.#release();
  }

  #undecided(key: TimedKey<Key>): readonly Decision<Key>[] {
    if (this.#state.kind !== 'undecided') return [];
    if (key.at <= this.#state.chainedUntil) return this.#chained(key);
    const { held } = this.#state;
    const last = held.at(-1);
    const isClose = last !== undefined && key.at - last.at <= deviceGapMs;
    const before = isClose ? [] : this.#release();
    const run = isClose ? [...held, key] : [key];
    const isOpened = run.length > 1 && isSentinel(run[0]);
    if (!isOpened && run.length < deviceKeysMin) {
      this.#hold(run);
      return before;
    }
    const persons = !isOpened && trackOpening.test(textOf(run.slice(-2))) ? run.slice(0, -2) : [];
    const text = textOf(run.slice(persons.length));
    const decided = [...before, ...persons.map(personsKey)];
    if (isOpened || persons.length > 0) decided.push({ kind: 'began' });
    if (key.text === null) return [...decided, ...this.#endLine(text, key.at)];
    this.#state = { kind: 'device', text, at: key.at, slow: [] };
    return decided;
  }

  /** Right behind a device's line: CR LF, or the next line. */
  #chained(key: TimedKey<Key>): readonly Decision<Key>[] {
    if (key.text === null) {
      this.#hold([], key.at + deviceGapMs);
      return [];
    }
    this.#state = { kind: 'device', text: key.text, at: key.at, slow: [] };
    return isSentinel(key) ? [{ kind: 'began' }] : [];
  }

  #fromDevice(key: TimedKey<Key>): readonly Decision<Key>[] {
    if (this.#state.kind !== 'device') return [];
    const { text, at, slow } = this.#state;
    const whole = text + textOf(slow);
    if (key.text === null) return this.#endLine(whole, key.at);
    if (key.at - (slow.at(-1)?.at ?? at) <= deviceGapMs) {
      this.#state = { kind: 'device', text: bounded(whole + key.text), at: key.at, slow: [] };
      return [];
    }
    this.#state = { kind: 'device', text, at, slow: [...slow, key] };
    return [];
  }

  /** The device has fallen silent at `now`: what came slowly since was a person's, and the last of it may still be the
   *  first key of a device. */
  #endDevice(now: number): readonly Decision<Key>[] {
    if (this.#state.kind !== 'device') return [];
    const { text, slow } = this.#state;
    const last = slow.at(-1);
    const stillOpen = last !== undefined && now < last.at + holdMs;
    this.#hold(stillOpen ? [last] : []);
    return [{ kind: 'line', text }, ...(stillOpen ? slow.slice(0, -1) : slow).map(personsKey)];
  }

  #endLine(text: string, at: number): readonly Decision<Key>[] {
    this.#hold([], at + deviceGapMs);
    return [{ kind: 'line', text: bounded(text) }];
  }

  #settle(now: number): readonly Decision<Key>[] {
    return this.#state.kind === 'device' ? this.#endDevice(now) : this.#release();
  }

  #release(): readonly Decision<Key>[] {
    if (this.#state.kind !== 'undecided') return [];
    const { held } = this.#state;
    this.#hold([]);
    return held.map(personsKey);
  }

  #hold(held: readonly TimedKey<Key>[], chainedUntil = Number.NEGATIVE_INFINITY): void {
    this.#state = { kind: 'undecided', held, chainedUntil };
  }
}

function isSentinel(key: TimedKey<unknown> | undefined): boolean {
  return typeof key?.text === 'string' && sentinels.includes(key.text);
}

function textOf(keys: readonly TimedKey<unknown>[]): string {
  return keys.map(({ text }) => text ?? '').join('');
}

function personsKey<Key>({ key }: TimedKey<Key>): Decision<Key> {
  return { kind: 'released', key };
}

function bounded(text: string): string {
  return text.slice(0, lineCharactersMax);
}
