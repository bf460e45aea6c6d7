import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Decision,
  deviceGapMs,
  holdMs,
  lineCharactersMax,
  WedgeDetector,
  wedgeSilenceMs,
} from '../../src/ui/wedge-detector.ts';

/** A key of the test: who pressed it, and which of that one's keys it is. */
interface Pressed {
  readonly who: 'person' | 'device';
  readonly text: string | null;
  readonly at: number;
}
type Told = { readonly decision: Decision<Pressed>; readonly at: number };

/** Plays keys to a detector with timers that fire when they should, and then lets everything fall silent. */
function played(keys: readonly Pressed[]): readonly Told[] {
  const detector = new WedgeDetector<Pressed>();
  const told: Told[] = [];
  const note = (decisions: readonly Decision<Pressed>[], at: number) =>
    told.push(...decisions.map((decision) => ({ decision, at })));
  const until = (at: number) => {
    for (let next = detector.deadline; next !== null && next <= at; next = detector.deadline) {
      note(detector.tick(next), next);
    }
  };
  for (const key of keys) {
    until(key.at);
    note(detector.press({ text: key.text, at: key.at, key }), key.at);
  }
  until(Number.POSITIVE_INFINITY);
  expect(detector.isIdle).toBe(true);
  return told;
}

const releasedOf = (told: readonly Told[]) =>
  told.flatMap(({ decision }) => (decision.kind === 'released' ? [decision.key] : []));
const linesOf = (told: readonly Told[]) =>
  told.flatMap(({ decision }) => (decision.kind === 'line' ? [decision.text] : []));
const beganOf = (told: readonly Told[]) => told.filter(({ decision }) => decision.kind === 'began').length;
const textOf = (keys: readonly Pressed[]) => keys.map(({ text }) => text ?? '⏎').join('');

/** Keys from `at` on, each `gapMs` after the one before; `⏎` is Enter. */
function typed(who: Pressed['who'], text: string, at: number, gapMs: number): Pressed[] {
  return [...text].map((character, index) => ({
    who,
    text: character === '⏎' ? null : character,
    at: at + index * gapMs,
  }));
}
const swipe = '%B9999000000000000018^GONGJI/TEST CARD^491222000000000?;9999000000000000018=491222000000000?';
const evoucher = '4240000000000000000000990000';

describe('what types is told apart', () => {
  it.each([
    ['a swipe', `${swipe}⏎`, 1, [swipe], 1],
    ['a slow swipe', `${swipe}⏎`, 30, [swipe], 1],
    ['a swipe by a reader that sends no Enter', swipe, 8, [swipe], 1],
    ['half a swipe', '%B99990000', 4, ['%B99990000'], 1],
    ['a scan', `${evoucher}⏎`, 2, [evoucher], 0],
    ['a scan with CR LF', `${evoucher}⏎⏎`, 2, [evoucher], 0],
    ['a scan without an end', evoucher, 8, [evoucher], 0],
    ['a short code', '1234⏎', 20, ['1234'], 0],
    ['two digits and Enter', '12⏎', 2, ['12'], 0],
    ['a code with an AIM identifier', ']Q0424⏎', 2, [']Q0424'], 1],
    ['tracks as lines of their own', '%B9^A^1?⏎;9=1?⏎', 2, ['%B9^A^1?', ';9=1?'], 2],
    ['lines of one digit', '123⏎4⏎', 5, ['123', '4'], 0],
  ])('%s is a device, and none of it a person', (_what, text, gapMs, lines, began) => {
    const told = played(typed('device', text, 0, gapMs));
    expect([releasedOf(told), linesOf(told), beganOf(told)]).toEqual([[], lines, began]);
  });

  it.each([
    ['a PIN', '135790⏎', 120],
    ['a fast amount', '80.00⏎', 50],
    ['a plus', '+', 100],
    ['sentinels by hand', '%;+]', 50],
  ])('%s is a person, and comes out as it was typed', (_what, text, gapMs) => {
    const told = played(typed('person', text, 0, gapMs));
    expect([textOf(releasedOf(told)), linesOf(told)]).toEqual([text, []]);
  });

  it('two keys that fall together are a person’s still', () => {
    const told = played([...typed('person', '12', 0, 15), ...typed('person', '3⏎', 90, 70)]);
    expect(textOf(releasedOf(told))).toBe('123⏎');
  });

  it('a card swiped in the middle of a PIN takes no digit with it and leaves none', () => {
    const keys = [
      ...typed('person', '135', 0, 100),
      ...typed('device', `${swipe}⏎`, 300, 2),
      ...typed('person', '790⏎', 600, 100),
    ];
    const told = played(keys);
    expect([textOf(releasedOf(told)), linesOf(told)]).toEqual(['135790⏎', [swipe]]);
  });

  it('a digit pressed right before a swipe is still the person’s', () => {
    const told = played([...typed('person', '7', 0, 0), ...typed('device', `${swipe}⏎`, 12, 2)]);
    expect([textOf(releasedOf(told)), linesOf(told)]).toEqual(['7', [swipe]]);
  });

  it('a device that stumbles in the middle of its line goes on', () => {
    const keys = [
      ...typed('device', '%B999', 0, 2),
      ...typed('device', '90000?', 200, 2),
      ...typed('device', '⏎', 440, 0),
    ];
    expect([releasedOf(played(keys)), linesOf(played(keys))]).toEqual([[], ['%B99990000?']]);
  });

  it('an Enter that comes late ends the line and confirms nothing', () => {
    const keys = [...typed('device', evoucher, 0, 2), ...typed('device', '⏎', 54 + wedgeSilenceMs - 1, 0)];
    expect([releasedOf(played(keys)), linesOf(played(keys))]).toEqual([[], [evoucher]]);
  });

  it('a person who types on after half a swipe gets every key', () => {
    const keys = [...typed('device', '%B9999', 0, 2), ...typed('person', '135790', 100, 90)];
    const told = played(keys);
    expect([textOf(releasedOf(told)), linesOf(told)]).toEqual(['135790', ['%B9999']]);
  });

  it('a second line that begins just as the first falls silent is a line of its own', () => {
    const told = played([...typed('device', '%B9', 0, 2), ...typed('device', '42400⏎', 252, 4)]);
    expect([releasedOf(told), linesOf(told)]).toEqual([[], ['%B9', '42400']]);
  });

  it('a key that no device types frees what was held', () => {
    const detector = new WedgeDetector<string>();
    detector.press({ text: '8', at: 0, key: '8' });
    expect(detector.interrupt()).toEqual([{ kind: 'released', key: '8' }]);
    expect(detector.isIdle).toBe(true);
    for (const at of [100, 102, 104]) detector.press({ text: '1', at, key: '1' });
    expect([detector.interrupt(), detector.isDeviceTyping]).toEqual([[], true]);
  });

  it('keeps no more of an endless line than a line has', () => {
    const told = played(typed('device', '7'.repeat(5000), 0, 1));
    expect(linesOf(told).map(({ length }) => length)).toEqual([lineCharactersMax]);
  });
});

// People and devices as they are: a person's keys are at least 50 ms apart, a device's at most 30. A person does not type
// while a device does, which nobody could tell apart, nor press Enter in the silence that would end its line.
const digitOrEnter = fc.constantFrom('0', '1', '5', '9', '.', null);
const personsKeys = fc.array(fc.record({ text: digitOrEnter, gapMs: fc.integer({ min: 50, max: 400 }) }), {
  maxLength: 12,
});
const devicesLine = fc.record({
  opening: fc.constantFrom('%B', ';9', '424', '6900', ']Q0', '+1'),
  characters: fc.array(
    fc.record({
      text: fc.constantFrom('0', '4', '9', '^', '=', '?', ';', '%', ' ', 'A'),
      gapMs: fc.integer({ min: 0, max: 30 }),
    }),
    { minLength: 3, maxLength: 90 },
  ),
  ended: fc.boolean(),
});

/** Where the device's line is not the person's: so far away from its first and last key that it is not taken for one. */
const apartMs = deviceGapMs + 1;

describe('whatever a person and a device do', () => {
  it('no key of the device is released; each of the person is, once, in order, and soon', () => {
    fc.assert(
      fc.property(
        personsKeys,
        devicesLine,
        personsKeys,
        fc.integer({ min: apartMs, max: 600 }),
        (first, line, second, pauseMs) => {
          const keys: Pressed[] = [];
          let at = 0;
          const press = (who: Pressed['who'], text: string | null, gapMs: number) => {
            at += gapMs;
            keys.push({ who, text, at });
          };
          for (const { text, gapMs } of first) press('person', text, gapMs);
          // A stripe is known also right behind a person's key.
          const afterMs = line.opening === '%B' || line.opening === ';9' ? pauseMs % 60 : apartMs;
          for (const [index, text] of [...line.opening].entries()) press('device', text, index === 0 ? afterMs : 3);
          for (const { text, gapMs } of line.characters) press('device', text, gapMs);
          if (line.ended) press('device', null, 5);
          const deviceEnd = at;
          for (const [index, { text, gapMs }] of second.entries()) {
            const isTooEarly = text === null && !line.ended && at + gapMs <= deviceEnd + wedgeSilenceMs;
            press('person', text, index === 0 ? pauseMs : isTooEarly ? wedgeSilenceMs + 1 : gapMs);
            if (index === 0 && text === null && !line.ended) keys.splice(-1, 1);
          }
          const told = played(keys);
          expect(textOf(releasedOf(told))).toBe(textOf(keys.filter(({ who }) => who === 'person')));
          expect(releasedOf(told)).toEqual(keys.filter(({ who }) => who === 'person'));
          for (const { decision, at: toldAt } of told) {
            if (decision.kind !== 'released') continue;
            const isBehindBrokenLine =
              !line.ended && decision.key.at > deviceEnd - 1 && decision.key.at < deviceEnd + wedgeSilenceMs;
            expect(toldAt - decision.key.at).toBeLessThanOrEqual(isBehindBrokenLine ? wedgeSilenceMs : holdMs);
          }
          const deviceText = keys
            .filter(({ who }) => who === 'device')
            .map(({ text }) => text ?? '')
            .join('');
          expect(linesOf(told).join('')).toBe(deviceText);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('any keys at any times: each is released or in a line, never both, never twice', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ text: fc.constantFrom('1', '%', ';', 'B', '?', null), gapMs: fc.integer({ min: 0, max: 300 }) }),
          {
            maxLength: 60,
          },
        ),
        (presses) => {
          let at = 0;
          const keys = presses.map(({ text, gapMs }): Pressed => {
            at += gapMs;
            return { who: 'person', text, at };
          });
          const told = played(keys);
          const released = releasedOf(told);
          expect(new Set(released).size).toBe(released.length);
          expect([...released].sort((a, b) => keys.indexOf(a) - keys.indexOf(b))).toEqual(released);
          const characters = (list: readonly Pressed[]) => list.filter(({ text }) => text !== null).length;
          expect(characters(released) + linesOf(told).join('').length).toBe(characters(keys));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
