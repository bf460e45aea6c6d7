import { type Language, type Prompt, promptText } from '../domain/prompt.ts';
import { customerPrompts, filled } from './texts.ts';

/** The sentence as the customer reads it: the domain's own, or its counterpart where that one speaks to the clerk. */
export function customerSentence(prompt: Prompt, language: Language): string {
  const words = customerPrompts[prompt.id];
  return words ? filled(words, language, prompt.params) : promptText(prompt, language);
}
