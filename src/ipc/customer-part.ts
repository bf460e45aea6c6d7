import type {
  BindingStageView,
  BindingView,
  CustomerInquiryView,
  CustomerView,
  InquiryView,
  Stage,
  TerminalView,
} from './view.ts';

/** What the customer may see of the operator's view, on a display of his own or in the panel inside the operator's window:
 *  the quote before the PIN, but no list, no names, and no balance but the one he asks for.
 *  While an outcome is unknown no amount is shown: it would be read as paid. Nor of a reversal: its sale was never shown
 *  as paid, so that its cash is not the customer's to take. */
export function customerPart(view: TerminalView): CustomerView {
  if (view.binding !== null) return duringBinding(view, view.binding);
  const { stage, prompt, countdown, sentAt, pin, padPin, result, voice, split } = view;
  const back = view.undone?.returned ?? view.undoQuote?.returned ?? null;
  const isSilent = stage === 'unknown' || stage === 'suspended' || view.undone?.kind === 'reversal';
  const parts = isSilent ? null : (back ?? split);
  return {
    stage,
    prompt,
    countdown,
    sentAt,
    amount: isSilent ? null : (back?.total ?? view.amount),
    pin,
    padPin,
    result,
    voice,
    cash: parts?.cash ?? null,
    shared: parts?.shared ?? null,
    own: isSilent ? null : (back?.own ?? null),
    cashDue: isSilent ? null : (back?.cashDue ?? null),
    direction: back === null ? 'pay' : 'return',
    inquiry: view.inquiry && customerInquiry(view.inquiry),
  };
}

/** The sale's picture of the same moment: a person at the binding desk swipes, types a PIN and waits as at a sale. */
const picturesOfBinding: Readonly<Record<BindingStageView, Stage>> = {
  awaitingProvider: 'awaitingCard',
  lookingUpProvider: 'identifying',
  awaitingPin: 'awaitingPin',
  admitting: 'identifying',
  desk: 'ready',
  awaitingBeneficiary: 'awaitingCard',
  lookingUpBeneficiary: 'identifying',
  fillingIn: 'ready',
  explaining: 'identifying',
  reviewing: 'ready',
  linking: 'identifying',
  linked: 'ready',
  givingReason: 'ready',
  unlinking: 'identifying',
  unlinked: 'ready',
  unclear: 'identifying',
  refused: 'ready',
};

/** While the binding desk is open nothing of the sale before it is told, and of the two people neither name nor number. */
function duringBinding({ sentAt, pin, padPin, voice }: TerminalView, binding: BindingView): CustomerView {
  const { stage, prompt, countdown } = binding;
  return {
    // Where only a number is keyed in, the picture of a reader would ask for a swipe that is not taken (R20).
    stage:
      stage === 'awaitingBeneficiary' && !binding.asks.beneficiaryBy.includes('swipe')
        ? 'ready'
        : picturesOfBinding[stage],
    prompt,
    countdown,
    sentAt,
    amount: null,
    pin,
    padPin,
    result: null,
    voice,
    cash: null,
    shared: null,
    own: null,
    cashDue: null,
    direction: 'pay',
    inquiry: null,
  };
}

/** No names: others may stand before the display. */
function customerInquiry({ stage, prompt, own, wallet, providers }: InquiryView): CustomerInquiryView {
  const family = providers.length === 0 ? null : providers.some(({ available }) => available);
  return { stage, prompt, own, wallet, family };
}
