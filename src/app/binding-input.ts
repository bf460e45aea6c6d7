import { isCalendarDay } from '../domain/calendar-day.ts';
import { lastSecondOf } from '../domain/china-time.ts';
import { type Fen, parseYuan, type YuanProblem } from '../domain/money.ts';
import type { PromptId } from '../domain/prompt.ts';
import { parseResidentId, type ResidentIdProblem } from '../domain/resident-id.ts';
import { type Secret, secret } from '../domain/secret.ts';
import { type SsCardNumberProblem, ssCardNumberProblem } from '../domain/social-security-card.ts';
import type { Intent } from '../ipc/intent.ts';
import type { BindingEvent, BindingTask } from '../terminal/binding-model.ts';

const cardPrompts = {
  length: 'bindingCardLength',
  characters: 'bindingCardCharacters',
  checkCharacter: 'bindingCardCheck',
} as const satisfies Record<SsCardNumberProblem, PromptId>;

const idPrompts = {
  length: 'bindingIdLength',
  characters: 'bindingIdCharacters',
  birthDate: 'bindingIdBirthDate',
  checkCharacter: 'bindingIdCheck',
} as const satisfies Record<ResidentIdProblem, PromptId>;

const quotaPrompts = {
  empty: 'amountNotANumber',
  notANumber: 'amountNotANumber',
  negative: 'amountNotANumber',
  tooManyDecimals: 'amountTooManyDecimals',
  tooLarge: 'amountTooLarge',
} as const satisfies Record<YuanProblem, PromptId>;

/** What the binding desk hears of a number that was keyed in from a card or an ID card: the number when it is well formed,
 *  else what is wrong with it. Spaces are forgiven, as are small letters. */
export function keyedNumber(medium: 'ssCardNumber' | 'residentId', text: Secret<string>): BindingEvent {
  const number = text.expose().replace(/\s/g, '').toUpperCase();
  if (medium === 'ssCardNumber') {
    const problem = ssCardNumberProblem(number);
    return problem === null
      ? { type: 'number.keyed', medium, number: secret(number) }
      : { type: 'number.refused', prompt: cardPrompts[problem] };
  }
  const parsed = parseResidentId(number);
  return parsed.ok
    ? { type: 'number.keyed', medium, number: secret(parsed.id) }
    : { type: 'number.refused', prompt: idPrompts[parsed.problem] };
}

/** What the binding desk hears of a form: its terms, or what is wrong with what was typed. */
export function givenTerms(form: Extract<Intent, { kind: 'binding.terms' }>): BindingEvent {
  const { relation, providerDocument, beneficiaryDocument, cautionTicked, beneficiaryConsents } = form;
  const day = form.until.trim();
  if (day !== '' && !isCalendarDay(day)) return { type: 'number.refused', prompt: 'bindingNotADay' };
  const typed = form.quota.trim();
  let quota: Fen | null = null;
  if (typed !== '') {
    const parsed = parseYuan(typed);
    if (!parsed.ok) return { type: 'number.refused', prompt: quotaPrompts[parsed.problem] };
    if (parsed.fen === 0) return { type: 'number.refused', prompt: 'amountNotPositive' };
    quota = parsed.fen;
  }
  return {
    type: 'terms.given',
    terms: {
      relation,
      documents: { provider: providerDocument, beneficiary: beneficiaryDocument },
      cautionTicked,
      beneficiaryConsents,
      quota,
      // The last day is part of it.
      until: day === '' ? null : lastSecondOf(day),
    },
  };
}

export function chosenTask({ task, linkId }: Extract<Intent, { kind: 'binding.task' }>): BindingTask {
  return task === 'link' ? { kind: task } : { kind: task, linkId };
}
