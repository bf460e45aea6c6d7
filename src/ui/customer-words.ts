import { type Language, type Prompt, promptText } from '../domain/prompt.ts';
import type { CustomerView, TerminalView } from '../ipc/view.ts';
import { customerPrompts, filled } from './texts.ts';

/** The sentence as the customer reads it: the domain's own, or its counterpart where that one speaks to the clerk. */
export function customerSentence(prompt: Prompt, language: Language): string {
  const words = customerPrompts[prompt.id];
  return words ? filled(words, language, prompt.params) : promptText(prompt, language);
}

/** The customer's part of the operator's view, for the panel inside the operator's window. */
export function customerPart(view: TerminalView): CustomerView {
  const { stage, prompt, countdown, sentAt, amount, pin, padPin, result, voice, split } = view;
  return {
    stage,
    prompt,
    countdown,
    sentAt,
    amount,
    pin,
    padPin,
    result,
    voice,
    cash: split?.cash ?? null,
    shared: split?.shared ?? null,
  };
}
