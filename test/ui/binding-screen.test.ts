import { describe, expect, it } from 'vitest';
import { fen } from '../../src/domain/money.ts';
import { customerPart } from '../../src/ipc/customer-part.ts';
import { intentSchema } from '../../src/ipc/intent.ts';
import type { BindingStageView, BindingView, TerminalView } from '../../src/ipc/view.ts';
import {
  chosenAction,
  chosenLink,
  firstChoice,
  type LinkChoice,
  linkObstacle,
  linkRows,
  movedLink,
  movedLinkAction,
  taskIntent,
} from '../../src/ui/binding-list.ts';
import { afterNumberKey, grouped, isComplete, keyedMedia, type NumberDraft } from '../../src/ui/binding-number.ts';
import {
  dayTyped,
  firstTerms,
  payingWords,
  quotaTyped,
  termsIntent,
  termsProblem,
} from '../../src/ui/binding-terms.ts';
import { adviceAtDesk } from '../../src/ui/binding-texts.ts';
import { bindingBody, bindingFace, bindingTurn, isClerksAlone, personAsked } from '../../src/ui/binding-turn.ts';
import { mayLookAside, mayOpenDesk } from '../../src/ui/turn.ts';
import { bindingViews } from './preview/binding-views.ts';
import { cannedViews } from './preview/canned-views.ts';

function desk(name: string): BindingView {
  const found = bindingViews[name];
  if (found === undefined) throw new Error(`no canned desk ${name}`);
  return found;
}

const stages: Readonly<Record<BindingStageView, { turn: string; body: string; asks: string | null }>> = {
  awaitingProvider: { turn: 'customer', body: 'card', asks: 'provider' },
  lookingUpProvider: { turn: 'terminal', body: 'wait', asks: 'provider' },
  awaitingPin: { turn: 'customer', body: 'pin', asks: 'provider' },
  admitting: { turn: 'terminal', body: 'wait', asks: 'provider' },
  desk: { turn: 'clerk', body: 'list', asks: null },
  awaitingBeneficiary: { turn: 'customer', body: 'card', asks: 'beneficiary' },
  lookingUpBeneficiary: { turn: 'terminal', body: 'wait', asks: 'beneficiary' },
  fillingIn: { turn: 'clerk', body: 'form', asks: null },
  explaining: { turn: 'terminal', body: 'wait', asks: null },
  reviewing: { turn: 'clerk', body: 'verdict', asks: null },
  linking: { turn: 'terminal', body: 'wait', asks: null },
  linked: { turn: 'done', body: 'result', asks: null },
  givingReason: { turn: 'clerk', body: 'reason', asks: null },
  unlinking: { turn: 'terminal', body: 'wait', asks: null },
  unlinked: { turn: 'done', body: 'result', asks: null },
  unclear: { turn: 'terminal', body: 'result', asks: null },
  refused: { turn: 'done', body: 'result', asks: null },
};

describe('every stage of the binding desk', () => {
  it.each(Object.entries(stages) as [BindingStageView, (typeof stages)[BindingStageView]][])(
    '%s has its picture',
    (stage, { turn, body, asks }) => {
      expect([bindingTurn(stage), bindingBody(stage), personAsked(stage)]).toEqual([turn, body, asks]);
      // The customer's side is there exactly while somebody there has something to do.
      expect(isClerksAlone(stage)).toBe(asks === null);
      expect(bindingFace(stage) !== null).toBe(body === 'result');
    },
  );

  it('has a page in the preview', () => {
    expect([...new Set(Object.values(bindingViews).map(({ stage }) => stage))].sort()).toEqual(
      Object.keys(stages).sort(),
    );
  });

  it.each(Object.keys(bindingViews))('%s: nothing else is opened beside it, and the customer sees no names', (name) => {
    const view = cannedViews[name]?.(0) as TerminalView;
    expect([mayLookAside(view), mayOpenDesk(view)]).toEqual([false, false]);
    const told = JSON.stringify(customerPart(view));
    for (const secret of ['王*芳', '李*兰', '****']) expect(told).not.toContain(secret);
  });

  it('asks the customer for no swipe where only a number is keyed in (R20)', () => {
    const shown = (name: string) => customerPart(cannedViews[name]?.(0) as TerminalView).stage;
    expect(['deskProviderCard', 'deskBeneficiary', 'deskBeneficiaryNumber'].map(shown)).toEqual([
      'awaitingCard',
      'awaitingCard',
      'ready',
    ]);
  });

  it.each(['CARD_LOST', 'CARD_CANCELLED', 'CARD_FAKE'] as const)(
    '%s: another document is advised only where one is taken (R10, R20)',
    (code) => {
      const advice = (documents: BindingView['asks']['documents']) =>
        Object.values(adviceAtDesk(code, documents) ?? {}).join();
      expect(advice('one_of_three')).toMatch(/身份证|证件/);
      expect(advice('provider_card')).not.toMatch(/身份证|证件|document|ID card/);
    },
  );

  it.each([
    ['shortfall', null, 'verdictPays'],
    ['whenEmpty', null, 'verdictPaysWhenEmpty'],
    ['quota', fen(30_000), 'verdictPaysQuota'],
    ['quota', null, 'verdictPaysNoQuota'],
    ['wallet', null, 'verdictPaysWallet'],
  ] as const)('promises no money that the rules do not give: %s, quota %s (R32, R70, R75)', (pays, quota, words) => {
    expect(payingWords({ pays }, { quota })).toBe(words);
  });

  it('calls a link in use only when it gives money by itself (R70, R75)', () => {
    const [link] = desk('deskOne').links;
    if (link === undefined) throw new Error('no link on this desk');
    const none = { ...link, obstacle: null, quotaLeft: null };
    expect([
      linkObstacle(none, { pays: 'shortfall' }),
      linkObstacle(none, { pays: 'quota' }),
      linkObstacle({ ...none, quotaLeft: fen(1) }, { pays: 'quota' }),
      linkObstacle({ ...none, quotaLeft: fen(0) }, { pays: 'quota' }),
      linkObstacle(none, { pays: 'wallet' }),
      linkObstacle({ ...none, obstacle: 'areaNotOpen' }, { pays: 'quota' }),
    ]).toEqual([null, 'noQuota', null, 'quotaUsedUp', 'throughWallet', 'areaNotOpen']);
  });

  it('tells the customer nothing of the sale before it', () => {
    const sold = cannedViews.approved?.(0) as TerminalView;
    expect(customerPart({ ...sold, binding: desk('deskProvider') })).toMatchObject({
      stage: 'awaitingCard',
      amount: null,
      cash: null,
      result: null,
    });
  });
});

it('is opened between sales, and not while an outcome is unknown', () => {
  const open = (name: string) => mayOpenDesk(cannedViews[name]?.(0) as TerminalView);
  expect(['ready', 'approved', 'unknown', 'awaitingCard', 'awaitingPin'].map(open)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

describe('a number that is keyed in', () => {
  const typed = (medium: NumberDraft['medium'], keys: string) =>
    [...keys].reduce<NumberDraft>(afterNumberKey, { medium, text: '' }).text;

  it.each<[NumberDraft['medium'], string, string]>([
    ['residentId', '510102196203044431', '510102196203044431'],
    ['residentId', '51010219620304443X', '51010219620304443X'],
    // X is a check character, and stands last or not at all.
    ['residentId', '51X0102', '510102'],
    ['residentId', 'A5', '5'],
    ['residentId', '5101021962030444319', '510102196203044431'],
    ['ssCardNumber', 'X00000019', 'X00000019'],
    ['ssCardNumber', 'X000000199', 'X00000019'],
  ])('%s %s: %s', (medium, keys, expected) => {
    expect(typed(medium, keys)).toBe(expected);
  });

  it('is erased from its end, and cleared', () => {
    const draft: NumberDraft = { medium: 'residentId', text: '5101' };
    expect([afterNumberKey(draft, 'erase').text, afterNumberKey(draft, 'clear').text]).toEqual(['510', '']);
  });

  it('is shown in groups, with a place for every character', () => {
    const shown = grouped({ medium: 'residentId', text: '5101021' });
    expect(shown.map((group) => group.length)).toEqual([6, 8, 4]);
    expect(shown.flat().filter((place) => place !== null)).toHaveLength(7);
  });

  it('is complete at its length', () => {
    expect([17, 18].map((length) => isComplete({ medium: 'residentId', text: '1'.repeat(length) }))).toEqual([
      false,
      true,
    ]);
  });

  it.each([
    ['deskProvider', ['residentId']],
    ['deskProviderCard', []],
    ['deskBeneficiary', ['ssCardNumber', 'residentId']],
    ['deskBeneficiaryNumber', ['ssCardNumber']],
    ['deskForm', []],
  ])('%s: what may be keyed in is the profile rule (R10, R20): %j', (name, media) => {
    expect(keyedMedia(desk(name))).toEqual(media);
  });
});

describe('the list of links', () => {
  const rows = linkRows(desk('deskMany'));
  const down = (choice: LinkChoice, times: number): LinkChoice =>
    times === 0 ? choice : down(movedLink(choice, rows, 1), times - 1);

  it('begins with a new link, then those of the own account, then those that pay for this person', () => {
    expect(rows.map(({ link }) => link?.role ?? 'new')).toEqual([
      'new',
      'provider',
      'provider',
      'provider',
      'beneficiary',
      'beneficiary',
    ]);
  });

  it('lets a beneficiary end a link only where both sides decide (R12)', () => {
    const actions = (consent: boolean) =>
      linkRows({ links: desk('deskMany').links, asks: { ...desk('deskMany').asks, consent } }).at(-1)?.actions;
    expect([actions(true), actions(false)]).toEqual([['unlink'], []]);
  });

  it('is walked with the arrows, and stops at its ends', () => {
    expect(chosenLink(down(firstChoice, 9), rows)).toBe(rows.at(-1));
    expect(movedLink(firstChoice, rows, -1)).toEqual(firstChoice);
    const second = movedLinkAction(down(firstChoice, 1), rows, 1);
    expect(chosenAction(second, rows)).toBe('unlink');
    expect(chosenAction(movedLinkAction(second, rows, 1), rows)).toBe('unlink');
    // Another line begins with its first action: nobody ends a link by walking on.
    expect(chosenAction(movedLink(second, rows, 1), rows)).toBe('change');
  });

  it('falls back to the new link when the chosen one has gone', () => {
    expect(chosenAction({ linkId: 'gone', action: 0 }, rows)).toBe('link');
  });

  it('sends a task that the terminal takes', () => {
    expect(taskIntent('link', 'L1')).toEqual({ kind: 'binding.task', task: 'link', linkId: '' });
    expect(intentSchema.safeParse(taskIntent('change', 'L1')).success).toBe(true);
  });
});

describe('the form', () => {
  const empty = firstTerms(desk('deskForm'));

  it('begins with what the two have shown, and with nothing ticked (R10, R12, R28)', () => {
    expect(empty).toEqual({
      relation: null,
      providerDocument: 'socialCard',
      beneficiaryDocument: null,
      cautionTicked: false,
      beneficiaryConsents: false,
      quota: '',
      until: '',
    });
  });

  it('stands as it was when somebody steps back', () => {
    expect(firstTerms(desk('deskFormAgain'))).toMatchObject({
      relation: 'parent',
      quota: '300.00',
      until: '2026-12-31',
      cautionTicked: true,
    });
  });

  it('insists on the relation, and leaves all else to the dry run', () => {
    expect([termsProblem(empty), termsIntent(empty)]).toEqual(['relation', null]);
    const intent = termsIntent({ ...empty, relation: 'parent' });
    expect(intentSchema.parse(intent)).toMatchObject({ relation: 'parent', cautionTicked: false, quota: '' });
  });

  it('does not send half a day (R7)', () => {
    expect(termsProblem({ ...empty, relation: 'parent', until: '2026-12' })).toBe('until');
  });

  it.each([
    ['300', '300'],
    ['300.5', '300.5'],
    ['300.505', '300.50'],
    ['3a0.0.5', '30.05'],
    ['.5', '0.5'],
    ['007', '7'],
  ])('yuan typed as %s: %s', (text, expected) => {
    expect(quotaTyped(text)).toBe(expected);
  });

  it.each([
    ['2026', '2026'],
    ['20261', '2026-1'],
    ['20261231', '2026-12-31'],
    ['2026-12-31', '2026-12-31'],
    ['202612319', '2026-12-31'],
  ])('a day typed as %s: %s', (text, expected) => {
    expect(dayTyped(text)).toBe(expected);
  });

  it('tells a quota of a link that ends by its last moment as its last day', () => {
    const again = desk('deskFormAgain');
    const terms = again.terms && { ...again.terms, quota: fen(1), until: Date.UTC(2026, 11, 31, 15, 59, 59, 999) };
    expect(firstTerms({ ...again, terms })).toMatchObject({ quota: '0.01', until: '2026-12-31' });
  });
});
