import { z } from 'zod';
import { type Bill, goodsKinds } from '../../domain/bill.ts';
import { type CounterState, counterStates } from '../../domain/counter-state.ts';
import { sum, zeroFen } from '../../domain/money.ts';
import { cardStates, insuranceKinds, insuranceStatuses, relations } from '../../domain/person.ts';
import { bindingShapes } from './binding-shapes.ts';
import { faultyMessages, lineFaults } from './faulty-centre.ts';
import {
  anyText,
  code,
  date,
  duration,
  eitherForm,
  listOf,
  mapping,
  momentOrDate,
  oneOf,
  positiveYuan,
  refuse,
  rule,
  saysSomething,
  signedYuan,
  wholeNumber,
  withoutUndefined,
  words,
  yesOrNo,
  yuan,
  yuanOrNone,
} from './scenario-values.ts';

const readings = ['half', 'noise', 'double', 'slow', 'reversed'] as const;
const media = ['stripe', 'chip'] as const;
/** Where a centre can die: before what the next message that can move money or change a link
 *  does is in its books, or after. */
const commits = ['beforeCommit', 'afterCommit'] as const;
const moments = [...counterStates, ...commits] as const;
const lastOne = oneOf(['last']);

const areaExample = 'an area such as 重庆市/渝中区';
const area = z.string({ error: areaExample }).regex(/^[^/\s]+\/[^/\s]+$/, { error: areaExample });

const terminalName = z
  .string({ error: 'a name such as t2' })
  .regex(/^[A-Za-z0-9-]{1,12}$/, { error: 'a name such as t2: letters, digits and hyphens, at most 12' });
const timesExample = 'a whole number from 1 to 100';
const times = wholeNumber.min(1, { error: timesExample }).max(100, { error: timesExample }).default(1);
const scannedExample = 'text such as "6901234567892"';

/** The shapes of everything in a file whose people and PIN length are known. */
export function shapes(people: readonly string[], pinLength: number) {
  const somebody = `one of the people (${people.join(', ')})`;
  const person = z.enum(people, { error: somebody });
  const byName = (issue: { code?: string }) => (issue.code === 'unrecognized_keys' ? somebody : 'a mapping by name');
  const pinExample = `${pinLength} digits as text, such as "${'135790'.padEnd(pinLength, '1').slice(0, pinLength)}"`;
  const pin = z
    .string({ error: pinExample })
    .refine((text) => new RegExp(`^\\d{${pinLength}}$`).test(text), { error: pinExample });
  /** A mapping of at least one name to something. */
  const perPerson = <T extends z.ZodType>(value: T) =>
    z
      .partialRecord(person, value, { error: byName })
      .refine((entries) => Object.keys(entries).length > 0, { error: 'at least one name' });

  const linkShape = mapping({
    provider: person,
    beneficiary: person,
    relation: oneOf(relations).optional(),
    since: momentOrDate.optional(),
    until: momentOrDate.optional(),
    quota: yuan.optional(),
  });

  return {
    person: mapping({
      balance: yuanOrNone.optional(),
      insurance: oneOf(insuranceKinds).optional(),
      status: oneOf(insuranceStatuses).optional(),
      area: area.optional(),
      born: date.optional(),
      pin: pin.optional(),
      card: oneOf(cardStates).optional(),
      wallet: oneOf(['closed', 'open']).optional(),
      walletBalance: yuan.optional(),
    }),
    link: linkShape
      .refine(({ provider, beneficiary }) => provider !== beneficiary, {
        error: 'somebody else than the provider: nobody is linked to himself',
        path: ['beneficiary'],
      })
      .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
        error: 'a moment after since',
        path: ['until'],
      }),
    steps: {
      sale: saleShape,
      swipe: eitherForm(
        person.transform((card): Swipe => ({ card, as: 'stripe', fault: undefined })),
        mapping({ card: person, as: oneOf(media).default('stripe'), fault: oneOf(readings).optional() }),
      ),
      scan: eitherForm(
        z.enum(people, { error: `${somebody} or { text: … }` }).transform((evoucher): Scan => ({ evoucher })),
        mapping({
          evoucher: person.optional(),
          age: duration.optional(),
          replay: yesOrNo.optional(),
          text: z
            .string({ error: scannedExample })
            .regex(/[^\r\n]/, { error: scannedExample })
            .optional(),
        }).refine(
          ({ evoucher, age, replay, text }) =>
            text === undefined ? evoucher !== undefined : (evoucher ?? age ?? replay) === undefined,
          { error: 'either evoucher (with age and replay) or text' },
        ),
      ),
      pin,
      key: oneOf(['cancel', 'confirm']),
      wait: duration,
      ...bindingShapes(person, pin),
      set: perPerson(
        mapping({
          balance: yuanOrNone.optional(),
          status: oneOf(insuranceStatuses).optional(),
          card: oneOf(cardStates).optional(),
          pin: oneOf(['reset']).optional(),
          area: area.optional(),
          insurance: oneOf(insuranceKinds).optional(),
          wallet: oneOf(['closed', 'open']).optional(),
        }).refine(saysSomething, { error: 'at least one of balance, status, card, pin, area, insurance, wallet' }),
      ),
      fault: faultShape,
      crash: crashShape,
      unplug: oneOf(['reader']),
      plug: oneOf(['reader']),
      cancel: eitherForm(
        lastOne.transform((): CancelStep => ({ confirm: true })),
        mapping({ of: lastOne, confirm: yesOrNo.default(true) }).transform(({ confirm }): CancelStep => ({ confirm })),
      ),
      refund: mapping({ of: lastOne, amount: positiveYuan.optional(), confirm: yesOrNo.default(true) }),
      reverse: lastOne,
      supervisor: supervisorShape,
      inquire: person,
      // The steps inside are read one by one, each with its own shape.
      parallel: listOf(listOf(z.unknown()).min(1, { error: 'at least one step' })).length(2, {
        error: 'two lists of steps, one a terminal',
      }),
      expect: mapping({
        outcome: oneOf(['approved', 'declined', 'cancelled', 'unknown', 'suspended']).optional(),
        code: code.optional(),
        own: yuan.optional(),
        providers: z.partialRecord(z.enum([...people, 'wallet']), yuan, { error: byName }).optional(),
        cash: signedYuan.optional(),
        fund: yuan.optional(),
        cardReads: wholeNumber.optional(),
        pinEntries: wholeNumber.optional(),
        triesLeft: wholeNumber.optional(),
        rules: listOf(rule).optional(),
      }).refine(saysSomething, { error: 'at least one key to look at' }),
      expectBalances: perPerson(yuanOrNone),
      expectWallets: perPerson(yuan),
      expectLinks: listOf(linkShape),
      expectJournal: mapping({
        open: wholeNumber.optional(),
        suspended: wholeNumber.optional(),
      }).refine(saysSomething, { error: 'at least one key to look at' }),
      expectInquiry: mapping({
        own: yuanOrNone.optional(),
        wallet: yuanOrNone.optional(),
        code: code.optional(),
      }).refine(saysSomething, { error: 'at least one key to look at' }),
      dayEnd: mapping({
        day: oneOf(['today', 'yesterday']).default('today'),
        terminal: terminalName.optional(),
        expect: mapping({
          balanced: yesOrNo.optional(),
          records: wholeNumber.optional(),
          own: signedYuan.optional(),
          provider: signedYuan.optional(),
          cash: signedYuan.optional(),
          breaks: wholeNumber.optional(),
          fund: signedYuan.optional(),
          total: signedYuan.optional(),
          links: wholeNumber.optional(),
          code: code.optional(),
        }).refine(saysSomething, { error: 'at least one key to look at' }),
      }),
    },
  };
}

const goodsLine = mapping({ amount: positiveYuan, kind: oneOf(goodsKinds), approval: anyText.optional() });
const saleShape = mapping({
  amount: positiveYuan,
  fund: yuan.optional(),
  goods: listOf(goodsLine).min(1, { error: 'at least one line of goods' }).optional(),
  terminal: terminalName.optional(),
  mustWait: yesOrNo.default(false),
}).transform(({ amount, fund, goods, terminal, mustWait }, context): SaleStep => {
  const bill = { total: amount, fund: fund ?? zeroFen, goods: (goods ?? []).map(withoutUndefined) };
  if (bill.fund > bill.total) refuse(context, 'at most the amount', ['fund']);
  if (goods && sum(goods.map((line) => line.amount)) !== amount) {
    refuse(context, 'goods that add up to the amount', ['goods']);
  }
  return { bill, terminal, mustWait };
});

const faultShape = mapping({
  on: oneOf(faultyMessages),
  do: oneOf(lineFaults),
  times,
  after: duration.optional(),
}).refine(({ do: fault, after }) => after === undefined || fault === 'delay' || fault === 'lateRequest', {
  error: 'nothing but with delay and lateRequest',
  path: ['after'],
});

const crashShape = eitherForm(
  oneOf(['terminal', 'centre']).transform((what): Crash => ({ what, when: undefined })),
  mapping({ what: oneOf(['terminal', 'centre']), when: oneOf(moments).optional() }).transform(
    ({ what, when }, context): Crash => {
      if (what === 'centre') {
        if (when === undefined || isCommit(when)) return { what, when };
        return refuse(context, `one of ${commits.join(', ')} for a centre`, ['when']);
      }
      if (when === undefined || !isCommit(when)) return { what, when };
      return refuse(context, `one of ${counterStates.join(', ')} for a terminal`, ['when']);
    },
  ),
);

const supervisorShape = mapping({
  push: oneOf(['query', 'reverse']).optional(),
  suspend: mapping({ by: words, reason: words }).optional(),
  reopen: lastOne.optional(),
}).transform((said, context): SupervisorStep => {
  const { push, suspend, reopen } = said;
  if ([push, suspend, reopen].filter((part) => part !== undefined).length !== 1) {
    return refuse(context, 'one of push, suspend, reopen');
  }
  if (push !== undefined) return { kind: 'push', step: push };
  return suspend === undefined ? { kind: 'reopen' } : { kind: 'suspend', ...suspend };
});

function isCommit(when: (typeof moments)[number]): when is (typeof commits)[number] {
  return when === 'beforeCommit' || when === 'afterCommit';
}

/** `terminal` undefined = the one that a sale without a name goes to. `mustWait`: the counter has to answer that it is
 *  not free. */
interface SaleStep {
  readonly bill: Bill;
  readonly terminal: string | undefined;
  readonly mustWait: boolean;
}
interface Swipe {
  readonly card: string;
  readonly as: (typeof media)[number];
  readonly fault?: (typeof readings)[number] | undefined;
}
interface Scan {
  readonly evoucher?: string | undefined;
  readonly age?: number | undefined;
  readonly replay?: boolean | undefined;
  readonly text?: string | undefined;
}
type Crash =
  | { readonly what: 'terminal'; readonly when: CounterState | undefined }
  | { readonly what: 'centre'; readonly when: (typeof commits)[number] | undefined };
/** `confirm` false: the preview stays, until a key confirms or cancels it. */
interface CancelStep {
  readonly confirm: boolean;
}
type SupervisorStep =
  | { readonly kind: 'push'; readonly step: 'query' | 'reverse' }
  | { readonly kind: 'suspend'; readonly by: string; readonly reason: string }
  | { readonly kind: 'reopen' };

type Shapes = ReturnType<typeof shapes>;
export type PersonShape = Shapes['person'];
export type LinkShape = Shapes['link'];
export type StepShapes = Shapes['steps'];

export type StepKind = keyof StepShapes;
/** What a step of each kind says. Money in fen, durations and moments in ms, `null` for `none`. */
export type StepValues = {
  [K in Exclude<StepKind, 'parallel'>]: z.output<StepShapes[K]>;
} & { parallel: readonly (readonly ScenarioStep[])[] };
/** One step; `line` is where it stands in the file. */
export type ScenarioStep = {
  [K in StepKind]: { readonly kind: K; readonly line: number; readonly value: StepValues[K] };
}[StepKind];

export type ScenarioPerson = z.output<PersonShape> & { readonly name: string };
export type ScenarioLink = z.output<LinkShape>;
