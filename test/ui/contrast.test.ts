import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../src/ui/styles/tokens.css'), 'utf8');
type Theme = 'light' | 'dark';

/** The colour tokens: `--name: light-dark(#light, #dark)`. */
const colours = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);

function colour(name: string, theme: Theme): string {
  const found = colours.get(name);
  if (found === undefined) throw new Error(`no colour token --${name}`);
  return found[theme];
}

/** WCAG 2.2, relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** What is read against what, and how well: AAA for the sentence and the amounts, AA for other text, 3 for what is only
 *  seen (borders of controls, marks, bars). WCAG 2.2, 1.4.3, 1.4.6, 1.4.11. */
const promises: readonly (readonly [what: string, front: string, ground: string, least: number])[] = [
  ['the sentence', 'ink', 'ground', 7],
  ['the amount and the ladder', 'ink', 'surface', 7],
  ["the customer's sentence", 'ink', 'surface', 7],
  ["the customer's amount", 'on-deep', 'deep', 7],
  ['keys of the pads', 'ink', 'sunken', 7],
  ['the slip', 'paper-ink', 'paper', 7],
  ['unknown, on its banner', 'on-amber', 'banner-wait', 7],
  ['quiet text on the ground', 'ink-soft', 'ground', 4.5],
  ['quiet text on a card', 'ink-soft', 'surface', 4.5],
  ['quiet text on a key', 'ink-soft', 'sunken', 4.5],
  ["labels on the customer's head", 'on-deep-soft', 'deep', 4.5],
  ['the go key', 'on-jade', 'jade', 4.5],
  ['the go key, pressed', 'on-jade', 'jade-press', 4.5],
  ['a reason in jade', 'jade', 'surface', 4.5],
  ['a mark in jade', 'jade', 'jade-soft', 4.5],
  ['a chosen switch', 'ink', 'jade-soft', 4.5],
  ['a notice', 'amber-ink', 'amber-soft', 4.5],
  ['a warning on a card', 'amber-ink', 'surface', 4.5],
  ['approved, on its banner', 'on-banner-dark', 'banner-go', 4.5],
  ['declined, on its banner', 'on-banner-dark', 'banner-no', 4.5],
  ['given back, on its banner', 'jade', 'jade-soft', 4.5],
  ['suspended, on its banner', 'amber-ink', 'amber-soft', 4.5],
  ['what to say to the customer', 'on-deep', 'deep', 7],
  ['cash to hand out', 'amber-ink', 'amber-soft', 4.5],
  ['a chosen line of the list', 'ink', 'jade-soft', 4.5],
  ['cancelled, on its banner', 'on-banner-dark', 'banner-end', 4.5],
  ['the placeholder of the amount (large text)', 'line-strong', 'surface', 3],
  ['the border of a control', 'line-strong', 'surface', 3],
  ['the PIN dots', 'ink', 'surface', 3],
  ['the bar of money', 'jade', 'sunken', 3],
  ['the focus on the ground', 'focus', 'ground', 3],
  ['the focus on a card', 'focus', 'surface', 3],
  ["the customer's turn", 'amber', 'ground', 3],
  ['a refusal, at the edge of the sentence', 'red', 'ground', 3],
];

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each(promises)('%s: --%s on --%s reaches %d', (_what, front, ground, least) => {
    expect(contrast(colour(front, theme), colour(ground, theme))).toBeGreaterThanOrEqual(least);
  });
});

it('measures like the standard: black on white is 21, a colour on itself is 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#777777')).toBe(1);
});
