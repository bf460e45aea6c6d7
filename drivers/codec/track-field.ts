import type { TrackInput, TrackNumber } from './iso-track.ts';

/** The start sentinels that a HID report may have on each track: those of the stripe on tracks 1 and 2; on track 3 `;`, or
 *  what readers put there for 7-bit tracks. */
const startSentinels = { 1: '%', 2: ';', 3: ';+%#!&' } as const;

/** One track of a report, '' = none. `noise` when it does not begin with a start sentinel of that track. */
export function trackInput(number: TrackNumber, field: Uint8Array | string): TrackInput {
  const text = typeof field === 'string' ? field : Buffer.from(field).toString('latin1');
  if (text === '') return { number, text };
  return startSentinels[number].includes(text.charAt(0)) ? { number, text } : { number, reason: 'noise' };
}

/** A track that the reader found on the card and could not decode. */
export function unreadableTrack(number: TrackNumber): TrackInput {
  return { number, reason: 'unreadable' };
}

/** True when these bytes stand at `at` as a track of `number` of this length, with or without the LRC character. */
export function isTrackAt(number: TrackNumber, bytes: Uint8Array, at: number, length: number): boolean {
  const sentinel = String.fromCharCode(bytes[at] ?? 0);
  const endSentinel = 0x3f;
  const last = at + length - 1;
  const isInside = last < bytes.length;
  return (
    isInside &&
    startSentinels[number].includes(sentinel) &&
    (bytes[last] === endSentinel || bytes[last - 1] === endSentinel)
  );
}
