/** The states of a counter by name: those of the counter machine, of the screens and of scenario files. */
export const counterStates = [
  'recovering',
  'signedOut',
  'signingIn',
  'ready',
  'enteringAmount',
  'awaitingCard',
  'reading',
  'identifying',
  'awaitingAmount',
  'quoting',
  'awaitingPin',
  'confirmingQuote',
  'settling',
  'previewingUndo',
  'confirmingUndo',
  'undoing',
  'unknown',
  'approved',
  'declined',
  'cancelled',
  'undone',
  'suspended',
  'outOfService',
] as const;

export type CounterState = (typeof counterStates)[number];
