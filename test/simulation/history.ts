import { Prng } from './prng.ts';
import { liveRules, quotaRules, walletRules } from './simulated-rules.ts';

/** A message of a terminal, as far as the line goes wrong on it. `money`: settle, cancel, refund. */
export const messages = [
  'signIn',
  'identify',
  'quote',
  'settle',
  'previewUndo',
  'cancel',
  'refund',
  'reverse',
  'query',
  'inquire',
] as const;
export type Message = (typeof messages)[number];

/** `loseRequest`: it never arrives. `loseReply`: the centre acts, the answer is lost. `late`: the answer comes after
 *  `ms`. `reorder`: nothing comes back, and the request arrives after `ms`, when everybody has forgotten it.
 *  `duplicate`: it arrives again after `ms`. `broken`: a field of the answer is another one. `other`: the answer to an
 *  earlier message comes instead. `refused`: the line says at once that it is down. `cutAfter`: the centre acts, and from
 *  then on the line is down for `ms`. */
export const lineFaults = [
  'loseRequest',
  'loseReply',
  'late',
  'reorder',
  'duplicate',
  'broken',
  'other',
  'refused',
  'cutAfter',
] as const;
export type LineFault = (typeof lineFaults)[number];

/** What becomes of bytes that were written and not synced, when the power goes. */
export const unsyncedFates = ['kept', 'dropped', 'torn'] as const;
export type UnsyncedFate = (typeof unsyncedFates)[number];

/** Where in the work of its disk a terminal loses power. */
export const diskMoments = ['beforeWrite', 'afterWrite', 'afterSync'] as const;
export type DiskMoment = (typeof diskMoments)[number];

/** Something that happens in a history. People, links and terminals go by their number; a number beyond what there is
 *  counts around, so that every list of steps can be run, whatever was left out of it. */
export type Happening =
  /** A customer buys. `wrongPins`: so many wrong entries first. `leaves`: where he presses cancel instead of going on. */
  | {
      readonly do: 'sell';
      readonly at: number;
      readonly who: number;
      readonly amount: number;
      readonly fund: number;
      readonly wrongPins: number;
      readonly leaves: 'card' | 'pin' | 'quote' | null;
      readonly cardFirst: boolean;
    }
  /** A sale of the day's list is given back. `which`: counted from the newest. `amount` null = all that is left, for a
   *  refund in thousandths of the sale's total. */
  | {
      readonly do: 'undo';
      readonly at: number;
      readonly undo: 'cancel' | 'refund';
      readonly which: number;
      readonly amount: number | null;
      readonly leaves: boolean;
    }
  | { readonly do: 'inquire'; readonly at: number; readonly who: number }
  | { readonly do: 'key'; readonly at: number; readonly key: 'confirm' | 'cancel' }
  | { readonly do: 'swipe'; readonly at: number; readonly who: number; readonly well: boolean }
  | { readonly do: 'type'; readonly at: number; readonly text: string }
  | {
      readonly do: 'line';
      readonly at: number;
      readonly on: Message;
      readonly fault: LineFault;
      readonly ms: number;
      readonly times: number;
    }
  | { readonly do: 'lineDown'; readonly at: number; readonly ms: number }
  /** The centre's process dies at its `commit`-th transaction from now, before or after that is durable. */
  | { readonly do: 'centreCrash'; readonly commit: number; readonly when: 'before' | 'after'; readonly ms: number }
  | { readonly do: 'storeDown'; readonly ms: number }
  | { readonly do: 'crash'; readonly at: number; readonly ms: number; readonly fate: UnsyncedFate }
  /** The terminal's process dies as soon as the counter comes to this state, or `ms` later. */
  | {
      readonly do: 'crashIn';
      readonly at: number;
      readonly state: string;
      readonly afterMs: number;
      readonly ms: number;
      readonly fate: UnsyncedFate;
    }
  | {
      readonly do: 'powerCut';
      readonly at: number;
      readonly moment: DiskMoment;
      readonly nth: number;
      readonly ms: number;
      readonly fate: UnsyncedFate;
    }
  | { readonly do: 'diskFull'; readonly at: number; readonly ms: number }
  /** `whose` null = the centre's clock. */
  | { readonly do: 'clock'; readonly whose: number | null; readonly ms: number }
  | { readonly do: 'midnight' }
  | { readonly do: 'unplug'; readonly at: number; readonly ms: number }
  | { readonly do: 'balance'; readonly who: number; readonly fen: number | null }
  | { readonly do: 'endLink'; readonly link: number }
  | { readonly do: 'addLink'; readonly provider: number; readonly beneficiary: number; readonly quota: number }
  | { readonly do: 'status'; readonly who: number; readonly status: 'normal' | 'suspended' | 'terminated' | 'arrears' }
  | { readonly do: 'card'; readonly who: number; readonly state: 'normal' | 'lost' }
  | { readonly do: 'unlockPin'; readonly who: number }
  | { readonly do: 'rules'; readonly rules: number }
  /** A supervisor does it as soon as the terminal is where it can be done. */
  | { readonly do: 'push'; readonly at: number; readonly step: 'query' | 'reverse' }
  | { readonly do: 'suspend'; readonly at: number }
  | { readonly do: 'reopen'; readonly at: number }
  | { readonly do: 'signOut'; readonly at: number }
  | OfficeHappening;

/** What people do at the insurance office or on its pages. Links and transfers count around as people do. */
export type OfficeHappening =
  /** `replaces`: which of the provider's open links ends for it; null = none. */
  | {
      readonly do: 'officeLink';
      readonly provider: number;
      readonly beneficiary: number;
      readonly quota: number;
      readonly replaces: number | null;
    }
  | { readonly do: 'officeUnlink'; readonly link: number; readonly by: 'provider' | 'beneficiary' | 'stranger' }
  | { readonly do: 'setQuota'; readonly link: number; readonly quota: number }
  /** `over`: which of the links in force it goes over; null = from one to the other, linked or not. `amount` null = all that
   *  is free. */
  | {
      readonly do: 'send';
      readonly over: number | null;
      readonly from: number;
      readonly to: number;
      readonly amount: number | null;
    }
  /** `which`: counted from the newest transfer. */
  | {
      readonly do: 'answerTransfer';
      readonly which: number;
      readonly by: 'sender' | 'receiver' | 'stranger';
      readonly how: 'accept' | 'decline' | 'withdraw';
    }
  | { readonly do: 'giveBack'; readonly which: number; readonly amount: number }
  | { readonly do: 'wallet'; readonly who: number; readonly open: boolean }
  /** All clocks go on by so much. */
  | { readonly do: 'hours'; readonly ms: number };

/** `after`: how long after the step before, in milliseconds. `during`: what the insurer changes is changed as soon as some
 *  counter comes to this state, in the middle of what the customer has agreed to. */
export type Step = Happening & { readonly after: number; readonly during?: 'awaitingPin' | 'confirmingUndo' };

/** What everything happens to. Amounts in fen; `links` by people's numbers. */
export interface Cast {
  readonly terminals: number;
  readonly people: readonly { readonly balance: number | null; readonly wallet?: boolean }[];
  readonly links: readonly { readonly provider: number; readonly beneficiary: number; readonly quota: number }[];
  /** Which of the simulation's rules are in force at the start (simulated-rules.ts). */
  readonly rules: number;
  readonly pinKeyUsesMax: number;
  /** How long people take for what they do, in milliseconds. */
  readonly handMs: number;
  /** What the clocks show at the start, in minutes after midnight in China. */
  readonly startMinute: number;
}

export interface History {
  readonly seed: number;
  readonly cast: Cast;
  readonly steps: readonly Step[];
}

export const rulesCount = 8;

const crashStates = [
  'recovering',
  'signingIn',
  'awaitingCard',
  'identifying',
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
  'ready',
] as const;

type Plain = Exclude<Happening, OfficeHappening>;
type Kind = Plain['do'];

/** How often each thing happens where it happens at all. */
const usual: Readonly<Record<Kind, number>> = {
  sell: 100,
  undo: 40,
  inquire: 3,
  key: 3,
  swipe: 3,
  type: 2,
  line: 26,
  lineDown: 4,
  centreCrash: 6,
  storeDown: 3,
  crash: 5,
  crashIn: 12,
  powerCut: 6,
  diskFull: 3,
  clock: 5,
  midnight: 3,
  unplug: 2,
  balance: 12,
  endLink: 8,
  addLink: 8,
  status: 5,
  card: 4,
  unlockPin: 4,
  rules: 2,
  push: 8,
  suspend: 8,
  reopen: 4,
  signOut: 3,
};
/** What the insurer does. */
const changes: ReadonlySet<Kind> = new Set(['balance', 'endLink', 'addLink', 'status', 'card', 'rules', 'clock']);
/** Without these nothing happens to anybody. */
const always: ReadonlySet<Kind> = new Set(['sell', 'undo']);

/** The history of a seed. Each leaves out some kinds of happenings altogether: what only goes wrong without certain faults
 *  would never be found where all of them happen all the time. */
export function historyOf(seed: number): History {
  const history = plainHistoryOf(seed);
  if (seed % 5 > 0) return history;
  return withOffice(history, seed % 10 > 0 ? 'quota' : 'wallet');
}

/** What a seed was before there were offices: most still are. */
function plainHistoryOf(seed: number): History {
  const prng = new Prng(seed);
  const people = prng.between(2, 5);
  const terminals = prng.weighted({ 1: 2, 2: 5, 3: 3 });
  const cast: Cast = {
    terminals: Number(terminals),
    people: Array.from({ length: people }, () => ({ balance: prng.chance(0.05) ? null : balance(prng) })),
    links: linksAmong(prng, people),
    rules: prng.below(rulesCount),
    pinKeyUsesMax: prng.pick([1, 2, 3, 5, 100]),
    handMs: prng.pick([60, 60, 400, 2_500]),
    startMinute: prng.chance(0.2) ? prng.between(23 * 60 + 40, 23 * 60 + 59) : prng.between(8 * 60, 20 * 60),
  };
  const kinds = Object.fromEntries(
    (Object.entries(usual) as [Kind, number][]).map(([kind, weight]) => [
      kind,
      always.has(kind) ? weight : prng.chance(0.45) ? 0 : weight * prng.pick([1, 1, 2, 4]),
    ]),
  ) as Record<Kind, number>;
  const hasty = prng.chance(0.4);
  const steps: Step[] = [];
  const count = prng.between(4, 26);
  while (steps.length < count) {
    const happening = happens(prng, prng.weighted(kinds), cast);
    const after = pause(prng, hasty);
    const during =
      changes.has(happening.do) && prng.chance(0.5) ? prng.pick(['awaitingPin', 'confirmingUndo'] as const) : null;
    steps.push({ ...happening, after, ...(during === null ? {} : { during }) });
  }
  return { seed, cast, steps };
}

/** How often each thing happens at an office. */
const atOffice = {
  quota: { officeLink: 6, officeUnlink: 3, setQuota: 5, send: 0, answerTransfer: 0, giveBack: 0, wallet: 0, hours: 0 },
  wallet: { officeLink: 2, officeUnlink: 1, setQuota: 0, send: 8, answerTransfer: 8, giveBack: 3, wallet: 1, hours: 2 },
} as const satisfies Record<string, Record<OfficeHappening['do'], number>>;

/** The same history under rules with quotas or wallets, with what people do about them strewn in. The centre's clock is not
 *  set back in it: what was over would be under way again, which the office's rules say nothing about. */
function withOffice({ seed, cast, steps }: History, about: keyof typeof atOffice): History {
  const prng = new Prng(seed * 7_919 + 3);
  const rules = about === 'quota' ? quotaRules : walletRules;
  // Who has little of his own pays out of his wallet sooner.
  const people = cast.people.map((person, at) => {
    if (about === 'quota') return person;
    const isPoor = at < cast.people.length - 1 && prng.chance(0.5);
    return { balance: isPoor ? prng.below(300) : person.balance, wallet: prng.chance(0.95) };
  });
  const kept = steps
    .filter((step) => step.do !== 'clock' || step.whose !== null)
    .map((step) => (step.do === 'rules' ? { ...step, rules: prng.pick([...rules, ...rules, liveRules]) } : step));
  const strewn: Step[] = [...kept];
  for (let count = prng.between(4, 18); count > 0; count--) {
    const happening = happensAtOffice(prng, prng.weighted(atOffice[about]), people.length);
    const during = prng.chance(0.3) ? { during: prng.pick(['awaitingPin', 'confirmingUndo'] as const) } : {};
    const made: Step[] = [{ ...happening, after: pause(prng, true), ...during }];
    // Most of what is sent is taken soon.
    if (happening.do === 'send' && prng.chance(0.6))
      made.push({ do: 'answerTransfer', which: 0, by: 'receiver', how: 'accept', after: pause(prng, true) });
    strewn.splice(prng.below(strewn.length + 1), 0, ...made);
  }
  return { seed, cast: { ...cast, people, rules: prng.pick(rules) }, steps: strewn };
}

function happensAtOffice(prng: Prng, kind: OfficeHappening['do'], people: number): OfficeHappening {
  // Links mostly go from the last ones to the first ones.
  const from = prng.chance(0.6) ? people - 1 : prng.below(people);
  const to = (from + (prng.chance(0.05) ? 0 : prng.between(1, people - 1))) % people;
  switch (kind) {
    case 'officeLink': {
      const replaces = prng.chance(0.3) ? prng.below(4) : null;
      return { do: kind, provider: from, beneficiary: to, quota: quota(prng), replaces };
    }
    case 'officeUnlink':
      return { do: kind, link: prng.below(8), by: prng.weighted({ provider: 6, beneficiary: 3, stranger: 1 }) };
    case 'setQuota':
      return { do: kind, link: prng.below(8), quota: quota(prng) };
    case 'send':
      return { do: kind, over: prng.chance(0.85) ? prng.below(4) : null, from, to, amount: sendable(prng) };
    case 'answerTransfer': {
      const [how, by] = prng.pick([
        ...Array.from({ length: 6 }, () => ['accept', 'receiver'] as const),
        ...([
          ['decline', 'receiver'],
          ['withdraw', 'sender'],
          ['accept', 'sender'],
          ['decline', 'stranger'],
        ] as const),
      ]);
      return { do: kind, which: prng.chance(0.7) ? 0 : prng.below(5), by, how };
    }
    case 'giveBack':
      return { do: kind, which: prng.below(3), amount: amount(prng) };
    case 'wallet':
      return { do: kind, who: to, open: prng.chance(0.6) };
    case 'hours':
      return { do: kind, ms: prng.pick([1, 3, 8, 24]) * 3_600_000 };
  }
}

function quota(prng: Prng): number {
  return prng.chance(0.1) ? 0 : prng.chance(0.5) ? prng.between(1, 3_000) : amount(prng);
}

function sendable(prng: Prng): number | null {
  const kind = prng.weighted({ all: 2, nothing: 1, little: 20, any: 6 });
  if (kind === 'all') return null;
  return { nothing: 0, little: prng.between(1, 2_000), any: amount(prng) }[kind];
}

function linksAmong(prng: Prng, people: number): Cast['links'] {
  const count = prng.between(1, people + 1);
  const made = new Set<string>();
  const links: Cast['links'][number][] = [];
  for (let tries = 0; tries < 3 * count && links.length < count; tries++) {
    // Mostly the last ones pay for the first ones, so that several terminals meet at one account.
    const beneficiary = prng.chance(0.7) ? prng.below(Math.max(1, people - 1)) : prng.below(people);
    const provider = prng.chance(0.6) ? people - 1 : prng.below(people);
    const pair = `${provider}>${beneficiary}`;
    if (provider === beneficiary || made.has(pair)) continue;
    made.add(pair);
    links.push({ provider, beneficiary, quota: amount(prng) * 2 });
  }
  return links;
}

function pause(prng: Prng, hasty: boolean): number {
  const kind = prng.weighted(
    hasty ? { none: 5, millis: 5, seconds: 2, minutes: 0 } : { none: 3, millis: 2, seconds: 6, minutes: 2 },
  );
  switch (kind) {
    case 'none':
      return 0;
    case 'millis':
      return prng.between(1, 600);
    case 'seconds':
      return prng.between(1_000, 20_000);
    case 'minutes':
      return prng.between(30_000, 400_000);
  }
}

function amount(prng: Prng): number {
  return prng.weighted({ fen: 1, small: 5, large: 3 }) === 'fen'
    ? prng.between(1, 3)
    : prng.pick([prng.between(4, 5_000), prng.between(1_000, 20_000), 100 * prng.between(1, 120)]);
}

function balance(prng: Prng): number {
  return prng.weighted({ none: 2, some: 8 }) === 'none' ? 0 : amount(prng);
}

function happens(prng: Prng, kind: Kind, cast: Cast): Plain {
  const at = prng.below(cast.terminals);
  const who = prng.below(cast.people.length);
  const downMs = prng.pick([50, 500, 5_000, 60_000]);
  const fate = prng.pick(unsyncedFates);
  switch (kind) {
    case 'sell': {
      const total = amount(prng);
      const fund = prng.chance(0.15) ? prng.below(total + 1) : 0;
      const wrongPins = prng.chance(0.15) ? prng.between(1, 3) : 0;
      const leaves = prng.chance(0.06) ? prng.pick(['card', 'pin', 'quote'] as const) : null;
      return { do: kind, at, who, amount: total, fund, wrongPins, leaves, cardFirst: prng.chance(0.2) };
    }
    case 'undo': {
      const undo = prng.pick(['cancel', 'refund'] as const);
      const part = prng.chance(0.65) ? prng.pick([1, prng.between(1, 999), 500, 1000, 1200]) : null;
      const which = prng.chance(0.7) ? 0 : prng.below(4);
      return { do: kind, at, undo, which, amount: undo === 'cancel' ? null : part, leaves: prng.chance(0.05) };
    }
    case 'inquire':
    case 'unlockPin':
      return kind === 'inquire' ? { do: kind, at, who } : { do: kind, who };
    case 'key':
      return { do: kind, at, key: prng.pick(['confirm', 'cancel']) };
    case 'swipe':
      return { do: kind, at, who, well: prng.chance(0.6) };
    case 'type':
      return { do: kind, at, text: prng.pick(['', '1', '12.', '7.50']) };
    case 'line': {
      const on = prng.weighted<Message>({
        signIn: 2,
        identify: 1,
        quote: 1,
        settle: 12,
        previewUndo: 1,
        cancel: 3,
        refund: 3,
        reverse: 4,
        query: 6,
        inquire: 1,
      });
      const ms = prng.pick([20, 400, 4_000, 16_000, 40_000, 200_000]);
      const fault = prng.chance(0.2) ? 'cutAfter' : prng.pick(lineFaults);
      if (fault === 'cutAfter') {
        // Long enough for a reversal, mostly.
        const after = prng.chance(0.7) ? 'settle' : on;
        return { do: kind, at, on: after, fault, ms: prng.pick([20_000, 90_000, 90_000, 400_000]), times: 1 };
      }
      return { do: kind, at, on, fault, ms, times: Number(prng.weighted({ 1: 6, 2: 2, 4: 2 })) };
    }
    case 'lineDown':
      return { do: kind, at, ms: prng.pick([2_000, 20_000, 90_000, 400_000]) };
    case 'centreCrash':
      return { do: kind, commit: prng.between(1, 4), when: prng.pick(['before', 'after']), ms: downMs };
    case 'storeDown':
      return { do: kind, ms: downMs };
    case 'crash':
      return { do: kind, at, ms: downMs, fate };
    case 'crashIn':
      return { do: kind, at, state: prng.pick(crashStates), afterMs: prng.pick([0, 1, 3, 6, 900]), ms: downMs, fate };
    case 'powerCut':
      return { do: kind, at, moment: prng.pick(diskMoments), nth: prng.between(1, 4), ms: downMs, fate };
    case 'diskFull':
      return { do: kind, at, ms: prng.pick([500, 5_000, 60_000]) };
    case 'clock': {
      const ms = prng.pick([1_000, 61_000, 3_600_000, 86_400_000]) * prng.pick([1, -1]);
      return { do: kind, whose: prng.chance(0.4) ? null : at, ms };
    }
    case 'midnight':
    case 'reopen':
    case 'suspend':
    case 'signOut':
      return kind === 'midnight' ? { do: kind } : { do: kind, at };
    case 'unplug':
      return { do: kind, at, ms: prng.pick([300, 3_000, 30_000]) };
    case 'balance':
      return { do: kind, who, fen: prng.chance(0.08) ? null : balance(prng) };
    case 'endLink':
      return { do: kind, link: prng.below(8) };
    case 'addLink':
      return { do: kind, provider: prng.below(cast.people.length), beneficiary: who, quota: amount(prng) };
    case 'status':
      return { do: kind, who, status: prng.pick(['normal', 'normal', 'suspended', 'terminated', 'arrears']) };
    case 'card':
      return { do: kind, who, state: prng.pick(['normal', 'normal', 'lost']) };
    case 'rules':
      return { do: kind, rules: prng.below(rulesCount) };
    case 'push':
      return { do: kind, at, step: prng.pick(['query', 'reverse']) };
  }
}
