import type { TextId } from './texts.ts';

/** The reasons that are offered. */
export const suspensionReasons = [
  'reasonCentre',
  'reasonNetwork',
  'reasonCustomer',
  'reasonShutdown',
] as const satisfies readonly TextId[];

/** A suspension (挂账) as it is being filled in. `more`: free words beside the reason, or in its place. */
export interface Suspension {
  readonly by: string;
  readonly reason: (typeof suspensionReasons)[number] | null;
  readonly more: string;
}

export const emptySuspension: Suspension = { by: '', reason: null, more: '' };

/** Longest reason that the terminal takes. */
const reasonLengthMax = 80;

/** Who suspends and why, as it is written down; null while one of the two is missing. */
export function suspensionOf(
  { by, reason, more }: Suspension,
  words: (id: TextId) => string,
): { readonly by: string; readonly reason: string } | null {
  const said = [reason === null ? '' : words(reason), more.trim()].filter((part) => part !== '').join('; ');
  if (by.trim() === '' || said === '') return null;
  return { by: by.trim(), reason: said.slice(0, reasonLengthMax) };
}
