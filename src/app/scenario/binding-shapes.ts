import type { z } from 'zod';
import { type DocumentKind, documentKinds, linkChannels } from '../../domain/link-application.ts';
import { relations } from '../../domain/person.ts';
import { beneficiaryWays } from '../../domain/policy-profile.ts';
import { bindingStages } from '../../terminal/binding-model.ts';
import {
  chosenForm,
  listOf,
  mapping,
  momentOrDate,
  oneOf,
  positiveYuan,
  words,
  yesOrNo,
  yuan,
} from './scenario-values.ts';

/** The document by which somebody is seen: `fitting` is the one that goes with how he comes (a swiped card is shown by
 *  that), null is none. */
export type Shown = DocumentKind | 'fitting' | null;

/** Who shows what at a counter. */
interface ShownAtCounter {
  readonly provider: Shown;
  readonly beneficiary: Shown;
}

const bothFit: ShownAtCounter = { provider: 'fitting', beneficiary: 'fitting' };
const roles = ['provider', 'beneficiary'] as const;
const onePerson = oneOf([...documentKinds, 'none']).transform((kind) => (kind === 'none' ? null : kind));
const documentsWord = oneOf(['both', ...roles, ...documentKinds, 'none']).transform((word): ShownAtCounter => {
  if (word === 'both') return bothFit;
  if (word === 'none') return shownBy([]);
  return isRole(word) ? shownBy([word]) : { provider: word, beneficiary: word };
});
const documentsList = listOf(oneOf(roles)).transform(shownBy);
const documentsMapping = mapping({ provider: onePerson.optional(), beneficiary: onePerson.optional() }).transform(
  ({ provider = null, beneficiary = null }): ShownAtCounter => ({ provider, beneficiary }),
);
/** Who shows documents, as a list of roles; or who shows which, as a mapping. One word stands for both people, or for the
 *  one whose role it is. */
const documents = chosenForm((raw): z.ZodType<ShownAtCounter, unknown> => {
  if (Array.isArray(raw)) return documentsList;
  return typeof raw === 'object' && raw !== null ? documentsMapping : documentsWord;
});

function isRole(word: string): word is (typeof roles)[number] {
  return word === 'provider' || word === 'beneficiary';
}

function shownBy(who: readonly (typeof roles)[number][]): ShownAtCounter {
  return {
    provider: who.includes('provider') ? 'fitting' : null,
    beneficiary: who.includes('beneficiary') ? 'fitting' : null,
  };
}

/** How the provider shows who he is at the desk. */
export const providerWays = ['swipe', 'idCard', 'evoucher'] as const;
/** What else a clerk does at the binding desk, where a step has left it, or what befalls its terminal. */
const deskDeeds = ['confirm', 'cancel', 'back', 'close', 'unplug', 'plug', 'crash'] as const;

/** The shapes of the steps that make, change and end links, and send money to wallets. */
export function bindingShapes(person: z.ZodType<string>, pin: z.ZodType<string>) {
  /** What is done at the desk only. */
  const atDesk = {
    channel: oneOf(linkChannels).default('counter'),
    providerBy: oneOf(providerWays).optional(),
    pin: pin.optional(),
    stopAt: oneOf(bindingStages).optional(),
    mustWait: yesOrNo.default(false),
  };
  return {
    link: mapping({
      ...atDesk,
      provider: person,
      beneficiary: person,
      relation: oneOf(relations).default('parent'),
      by: oneOf(beneficiaryWays).optional(),
      documents: documents.default(bothFit),
      caution: yesOrNo.default(true),
      consent: yesOrNo.default(true),
      quota: yuan.optional(),
      until: momentOrDate.optional(),
      replaces: person.optional(),
      answer: oneOf(['agree', 'refuse', 'later']).default('agree'),
    }),
    unlink: mapping({
      ...atDesk,
      // A link is ended from the sofa where a story does not say otherwise: no card is swiped for it.
      channel: oneOf(linkChannels).default('phone'),
      provider: person,
      beneficiary: person,
      by: oneOf(roles).default('provider'),
      reason: words.default('不再需要'),
    }),
    /** The beneficiary answers what the provider has asked him on the telephone (R12). */
    consent: mapping({ provider: person, beneficiary: person, agrees: yesOrNo.default(true) }),
    setQuota: mapping({ provider: person, beneficiary: person, quota: yuan }),
    desk: oneOf(deskDeeds),
    transfer: mapping({ from: person, to: person, amount: positiveYuan }),
    accept: mapping({ by: person, from: person }),
    turnDown: mapping({ by: person, from: person }),
    giveBack: mapping({ by: person, to: person, amount: positiveYuan }),
  };
}
