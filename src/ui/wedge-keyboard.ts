import { type Decision, WedgeDetector } from './wedge-detector.ts';

/** What devices type, told apart from what people do. */
export interface WedgeListener {
  /** A card reader has begun to type. */
  readonly began: () => void;
  /** A line of a reader or scanner, without its end. */
  readonly line: (text: string) => void;
}

/** A timer that fires later than this was held up by something, and keys may wait behind it. */
const lateMs = 16;

/** Stands in front of every other listener for keys: what a card reader or scanner types goes to `listener` and to nobody
 *  else; what a person types is withheld until that is known and then told again, once and in order, to whoever would
 *  have heard it. Keys that no device types (Escape, arrows, F keys) and an Enter with nothing typed before it pass at
 *  once. Must be called before any other listener is added to the window. */
export function guardKeyboard(listener: WedgeListener): void {
  const detector = new WedgeDetector<KeyboardEvent>();
  const told = new WeakSet<Event>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function carryOut(decisions: readonly Decision<KeyboardEvent>[]): void {
    for (const decision of decisions) {
      if (decision.kind === 'began') listener.began();
      else if (decision.kind === 'line') listener.line(decision.text);
      else tellAgain(decision.key, told);
    }
  }
  /** The keys' times are the system's, so a page that was busy judges them as they were typed: when it comes late to its
   *  own deadline, the keys that wait go first. */
  function arm(): void {
    clearTimeout(timer);
    const { deadline } = detector;
    if (deadline === null) return;
    timer = setTimeout(
      () => {
        if (performance.now() - deadline < lateMs) settle();
        else timer = setTimeout(settle);
      },
      Math.max(0, deadline - performance.now()),
    );
  }
  function settle(): void {
    carryOut(detector.tick(performance.now()));
    arm();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (told.has(event) || isModifier(event)) return;
    carryOut(detector.tick(event.timeStamp));
    const text = typedBy(event);
    if (text === undefined) {
      // A control character in a scanned code comes as a shortcut, which is nobody's.
      if (detector.isDeviceTyping && isShortcut(event)) withhold(event);
      else carryOut(detector.interrupt());
    } else if (event.repeat) {
      if (detector.isDeviceTyping) withhold(event);
      else carryOut(detector.interrupt());
    } else if (text !== null || !detector.isIdle || detector.isChained(event.timeStamp)) {
      withhold(event);
      carryOut(detector.press({ text, at: event.timeStamp, key: event }));
    }
    arm();
  }
  window.addEventListener('keydown', onKeyDown, { capture: true });
}

function withhold(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Tells a withheld key as if it were pressed now, and does what the document itself would do with it. */
function tellAgain(event: KeyboardEvent, told: WeakSet<Event>): void {
  const { key, code, location, shiftKey, target } = event;
  const again = new KeyboardEvent('keydown', {
    key,
    code,
    location,
    shiftKey,
    bubbles: true,
    cancelable: true,
    composed: true,
  });
  told.add(again);
  const place = target instanceof HTMLElement && target.isConnected ? target : document.body;
  const isLeft = place.dispatchEvent(again);
  if (!isLeft) return;
  if (place instanceof HTMLInputElement && place.type === 'text') typeInto(place, event);
  else if (place.matches(key === 'Enter' ? 'button' : key === ' ' ? 'button, input' : ':not(*)')) place.click();
}

/** A key that is told again types nothing by itself. What an input method holds back it brings in its own way. */
function typeInto(field: HTMLInputElement, { key }: KeyboardEvent): void {
  if ([...key].length !== 1) return;
  const { selectionStart, selectionEnd, maxLength, value } = field;
  const from = selectionStart ?? value.length;
  const to = selectionEnd ?? value.length;
  if (maxLength >= 0 && value.length - (to - from) >= maxLength) return;
  field.setRangeText(key, from, to, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: key, inputType: 'insertText' }));
}

function isModifier({ key }: KeyboardEvent): boolean {
  return /^(?:Shift|Control|Alt|AltGraph|Meta|CapsLock|NumLock|ScrollLock|Fn)$/.test(key);
}

function isShortcut({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || altKey || metaKey;
}

/** The character that a key types; null for those that end a line; undefined for keys that no device types. */
function typedBy(event: KeyboardEvent): string | null | undefined {
  if (isShortcut(event)) return undefined;
  if (event.key === 'Enter' || event.key === 'Tab') return null;
  if ([...event.key].length === 1) return event.key;
  return event.key === 'Process' ? heldBack(event) : undefined;
}

const shiftedDigits = ')!@#$%^&*(';
const marks: Readonly<Record<string, readonly [plain: string, shifted: string]>> = {
  Semicolon: [';', ':'],
  Equal: ['=', '+'],
  Slash: ['/', '?'],
  BracketRight: [']', '}'],
  BracketLeft: ['[', '{'],
  Backslash: ['\\', '|'],
  Minus: ['-', '_'],
  Period: ['.', '>'],
  Comma: [',', '<'],
  Quote: ["'", '"'],
  Backquote: ['`', '~'],
  Space: [' ', ' '],
};

/** What an input method holds back, as Chinese ones do: devices type on a US keyboard. */
function heldBack({ code, shiftKey }: KeyboardEvent): string | undefined {
  const digit = /^(Digit|Numpad)(\d)$/.exec(code);
  if (digit !== null) return shiftKey && digit[1] === 'Digit' ? shiftedDigits[Number(digit[2])] : digit[2];
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shiftKey ? letter : letter.toLowerCase();
  return marks[code]?.[shiftKey ? 1 : 0];
}
