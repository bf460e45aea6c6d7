import { cancelledMs } from './counter-model.ts';
import { countdown, counterSetup } from './counter-setup.ts';
import { nextSale, reversing, sayingHowToSwipe } from './counter-steps.ts';

const leaving = { target: '#counter.ready', actions: 'forgetCustomer' } as const;

/** What the states that show how an operation ended have in common. Nothing dismisses it before somebody can have read
 *  it, and a card that cannot be read does not dismiss it at all. */
const shown = {
  tags: ['ended'],
  exit: 'stopCountdown',
  // Who cannot use the answer need not wait until it has been read.
  on: { 'reversal.requested': reversing },
  initial: 'showing',
  states: {
    showing: { tags: ['driving'], after: { attention: 'open' } },
    open: {
      tags: ['acceptsSale', 'confirmable', 'takesCard'],
      on: {
        ...nextSale,
        'card.failed': { actions: sayingHowToSwipe },
        'key.confirm': leaving,
        'key.cancel': leaving,
      },
    },
  },
} as const;

export const approved = counterSetup.createStateConfig({
  ...shown,
  entry: countdown('approved'),
  after: { approved: leaving },
});

export const declined = counterSetup.createStateConfig({
  ...shown,
  entry: countdown('declined'),
  after: { declined: leaving },
});

export const cancelled = counterSetup.createStateConfig({
  ...shown,
  entry: { type: 'startCountdown', params: ({ context }) => ({ ms: cancelledMs(context) }) },
  after: { cancelled: leaving },
});

export const undone = counterSetup.createStateConfig({
  ...shown,
  entry: countdown('undone'),
  after: { undone: leaving },
});

export const suspended = counterSetup.createStateConfig({
  ...shown,
  entry: countdown('suspended'),
  after: { suspended: leaving },
});
