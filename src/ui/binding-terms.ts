import { chinaDay } from '../domain/china-time.ts';
import type { DocumentKind, LinkTerms } from '../domain/link-application.ts';
import { formatYuan } from '../domain/money.ts';
import type { Relation } from '../domain/person.ts';
import type { Intent } from '../ipc/intent.ts';
import type { BindingView } from '../ipc/view.ts';

/** The form as it is being filled in. Documents: null = none was shown. `quota`, `until`: as typed. */
export interface TermsDraft {
  readonly relation: Relation | null;
  readonly providerDocument: DocumentKind | null;
  readonly beneficiaryDocument: DocumentKind | null;
  readonly cautionTicked: boolean;
  readonly beneficiaryConsents: boolean;
  readonly quota: string;
  readonly until: string;
}

/** The form at its beginning: with what the two have shown by how they came, or as it was before somebody went back. Of a
 *  link that is changed the relation is not taken over: it is another person's. */
export function firstTerms({ provider, beneficiary, terms }: BindingView): TermsDraft {
  if (terms !== null) {
    return {
      relation: terms.relation,
      providerDocument: terms.documents.provider,
      beneficiaryDocument: terms.documents.beneficiary,
      cautionTicked: terms.cautionTicked,
      beneficiaryConsents: terms.beneficiaryConsents,
      quota: terms.quota === null ? '' : formatYuan(terms.quota),
      // The last moment of a day is the end that was asked for.
      until: terms.until === null ? '' : chinaDay(terms.until - 1),
    };
  }
  return {
    relation: null,
    providerDocument: provider?.document ?? null,
    beneficiaryDocument: beneficiary?.document ?? null,
    cautionTicked: false,
    beneficiaryConsents: false,
    quota: '',
    until: '',
  };
}

export type TermsProblem = 'relation' | 'until';

/** What the form cannot go on without; all else is for the dry run to say. */
export function termsProblem(draft: TermsDraft): TermsProblem | null {
  if (draft.relation === null) return 'relation';
  return draft.until !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(draft.until) ? 'until' : null;
}

/** What is sent; null while the form is not complete. */
export function termsIntent(draft: TermsDraft): Intent | null {
  const { relation } = draft;
  if (relation === null || termsProblem(draft) !== null) return null;
  return { kind: 'binding.terms', ...draft, relation };
}

/** Yuan as they are typed: digits, one point, two decimals. */
export function quotaTyped(text: string): string {
  const [whole = '', ...rest] = text.replace(/[^\d.]/g, '').split('.');
  const yuan = whole.replace(/^0+(?=\d)/, '').slice(0, 9);
  return rest.length === 0 ? yuan : `${yuan === '' ? '0' : yuan}.${rest.join('').slice(0, 2)}`;
}

/** A day as it is typed: eight digits, and the two dashes by themselves. */
export function dayTyped(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, 8);
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].filter((part) => part !== '').join('-');
}

/** What the verdict says the link will do, and no more than that. */
export function payingWords(
  { pays }: Pick<BindingView['asks'], 'pays'>,
  { quota }: Pick<LinkTerms, 'quota'>,
): 'verdictPays' | 'verdictPaysWhenEmpty' | 'verdictPaysQuota' | 'verdictPaysNoQuota' | 'verdictPaysWallet' {
  switch (pays) {
    case 'shortfall':
      return 'verdictPays';
    case 'whenEmpty':
      return 'verdictPaysWhenEmpty';
    case 'quota':
      return quota === null ? 'verdictPaysNoQuota' : 'verdictPaysQuota';
    case 'wallet':
      return 'verdictPaysWallet';
  }
}
