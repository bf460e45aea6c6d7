import { describe, expect, it } from 'vitest';
import { type Fen, fen, zeroFen } from '../../src/domain/money.ts';
import type { PolicyProfile, WalletRules } from '../../src/domain/policy-profile.ts';
import {
  isClosedAt,
  judgeAcceptance,
  judgeClosing,
  judgeGiveBack,
  judgeTransfer,
  lapseOf,
  type TransferCase,
} from '../../src/domain/wallet.ts';
import { profile } from '../centre/profiles.ts';

const at = (time: string, day = '2025-04-19') => Date.parse(`${day}T${time}+08:00`);
const limits: WalletRules = {
  perDay: 3,
  maxFen: fen(200_000),
  dailyTotalFen: fen(300_000),
  closed: '22:00-06:00',
  unacceptedReturn: '06:00',
  returnable: true,
};
const rules = (wallet: Partial<WalletRules> = {}, changes: Partial<PolicyProfile> = {}) =>
  profile('wallet-2025', { wallet: { ...limits, ...wallet }, ...changes });

const fine: TransferCase = {
  amount: fen(10_000),
  now: at('10:00:00'),
  sender: { walletOpened: true, status: 'normal', free: fen(500_000) },
  receiver: { walletOpened: true },
  link: null,
  sentToday: { count: 0, total: zeroFen },
  waiting: null,
};
const found = (changes: Partial<TransferCase>, under = rules()) =>
  judgeTransfer({ ...fine, ...changes }, under).map(({ code, rule }) => `${rule} ${code}`);
const sender = (changes: Partial<TransferCase['sender']>) => ({ sender: { ...fine.sender, ...changes } });

describe('sending through the wallet', () => {
  it.each<[string, Partial<TransferCase>, readonly string[]]>([
    ['nothing stands in the way', {}, []],
    ['R72: the sender has no wallet', sender({ walletOpened: false }), ['R72 WALLET_NOT_OPENED']],
    ['R72: the receiver has none', { receiver: { walletOpened: false } }, ['R72 WALLET_NOT_OPENED']],
    ["R44: the sender's insurance is suspended", sender({ status: 'suspended' }), ['R44 INSURANCE_NOT_NORMAL']],
    ['not linked', { link: 'none' }, ['R69 LINK_NOT_FOUND']],
    ['R22: the link has ended', { link: 'linkEnded' }, ['R22 LINK_NOT_FOUND']],
    ['R14: the link counts from tomorrow', { link: 'linkNotYetInForce' }, ['R14 LINK_NOT_FOUND']],
    ['R66: an area is not on the list', { link: 'areaNotOpen' }, ['R66 AREA_NOT_OPEN']],
    ['R17: the relation cannot share', { link: 'relationNotAllowed' }, ['R17 RELATION_NOT_ALLOWED']],
    ['R15: the kind of insurance cannot', { link: 'insuranceKindNotAllowed' }, ['R15 NOT_INSURED_HERE']],
    ['R70: exactly the most of one transfer', { amount: fen(200_000) }, []],
    ['R70: a fen more', { amount: fen(200_001) }, ['R70 WALLET_LIMIT']],
    ['R70: the third of the day', { sentToday: { count: 2, total: fen(2) } }, []],
    ['R70: the fourth', { sentToday: { count: 3, total: fen(3) } }, ['R70 WALLET_LIMIT']],
    ["R73: up to the day's total", { sentToday: { count: 1, total: fen(290_000) } }, []],
    ['R73: a fen above it', { sentToday: { count: 1, total: fen(290_001) } }, ['R73 WALLET_LIMIT']],
    ['all that is free', sender({ free: fen(10_000) }), []],
    ['a fen more than is free', sender({ free: fen(9_999) }), ['R69 WALLET_LIMIT']],
    ['no personal account', sender({ free: null }), ['R69 WALLET_LIMIT']],
    ['nothing at all', { amount: zeroFen }, ['R70 WALLET_LIMIT']],
    ['R71: one waits', { waiting: fen(1) }, ['R71 WALLET_PENDING']],
    ['R70: the last millisecond before 22:00', { now: at('21:59:59.999') }, []],
    ['R70: 22:00', { now: at('22:00:00') }, ['R70 WALLET_CLOSED_NOW']],
    ['R70: midnight', { now: at('00:00:00') }, ['R70 WALLET_CLOSED_NOW']],
    ['R70: the last millisecond before 06:00', { now: at('05:59:59.999') }, ['R70 WALLET_CLOSED_NOW']],
    ['R70: 06:00', { now: at('06:00:00') }, []],
  ])('%s', (_, changes, expected) => {
    expect(found(changes)).toEqual(expected);
  });

  it('says everything that stands in the way, in the order of the codes', () => {
    const worst = {
      amount: fen(999_999),
      now: at('23:00:00'),
      sender: { walletOpened: false, status: 'arrears' as const, free: fen(1) },
      receiver: { walletOpened: false },
      link: 'none' as const,
      sentToday: { count: 9, total: fen(300_000) },
      waiting: fen(5),
    };
    expect(found(worst)).toEqual([
      'R69 LINK_NOT_FOUND',
      'R44 INSURANCE_NOT_NORMAL',
      'R72 WALLET_NOT_OPENED',
      'R72 WALLET_NOT_OPENED',
      'R70 WALLET_CLOSED_NOW',
      'R70 WALLET_LIMIT',
      'R70 WALLET_LIMIT',
      'R73 WALLET_LIMIT',
      'R69 WALLET_LIMIT',
      'R71 WALLET_PENDING',
    ]);
  });

  it('without limits in the profile only people, link and money count (wallet-2024)', () => {
    const free = profile('wallet-2024');
    const much = { amount: fen(400_000), now: at('23:00:00'), sentToday: { count: 9, total: fen(9_999_999) } };
    expect(found({ ...much, waiting: fen(1) }, free)).toEqual([]);
    expect(found({ link: 'none' }, free)).toEqual(['R69 LINK_NOT_FOUND']);
  });

  it('R74: nothing is sent where the money does not go through wallets', () => {
    expect(found({}, profile('national-2026'))).toEqual(['R74 WALLET_NOT_OPENED']);
    expect(found({}, rules({}, { fundModel: 'live_balance' }))).toEqual(['R74 WALLET_NOT_OPENED']);
  });

  it('where the insurance is looked at when linking only, it does not matter when sending', () => {
    expect(found(sender({ status: 'suspended' }), rules({}, { providerStatusCheck: 'at_link' }))).toEqual([]);
  });
});

describe('accepting', () => {
  it.each<[string, Partial<TransferCase>, readonly string[]]>([
    ['at night, above every limit of sending', { now: at('23:00:00'), sentToday: { count: 9, total: fen(9) } }, []],
    ['R72', { receiver: { walletOpened: false } }, ['WALLET_NOT_OPENED']],
    ['the link has ended since', { link: 'linkEnded' }, ['LINK_NOT_FOUND']],
    ['R44', sender({ status: 'terminated' }), ['INSURANCE_NOT_NORMAL']],
    ['the account was corrected and has less', sender({ free: fen(9_999) }), ['WALLET_LIMIT']],
    ['it was closed', sender({ free: null }), ['WALLET_LIMIT']],
  ])('%s', (_, changes, expected) => {
    expect(judgeAcceptance({ ...fine, ...changes }, rules()).map(({ code }) => code)).toEqual(expected);
  });
});

describe('R73: giving back', () => {
  const back = {
    amount: fen(100),
    now: at('10:00:00'),
    walletOpened: true,
    senderHasAccount: true,
    left: fen(100),
    balance: fen(100),
  };
  it.each<[string, Partial<typeof back>, readonly string[]]>([
    ['all of it', {}, []],
    ['more than is left of the transfer', { left: fen(99) }, ['WALLET_NOT_RETURNABLE']],
    ['more than lies in the wallet', { balance: fen(99) }, ['WALLET_NOT_RETURNABLE']],
    ["the sender's account is closed", { senderHasAccount: false }, ['WALLET_NOT_RETURNABLE']],
    ['at night', { now: at('22:00:00') }, ['WALLET_CLOSED_NOW']],
    ['nothing', { amount: zeroFen }, ['WALLET_LIMIT']],
  ])('%s', (_, changes, expected) => {
    expect(judgeGiveBack({ ...back, ...changes }, rules()).map(({ code }) => code)).toEqual(expected);
  });
  it('not where the place does not allow it', () => {
    expect(judgeGiveBack(back, rules({ returnable: false }))).toMatchObject([{ code: 'WALLET_NOT_RETURNABLE' }]);
  });
});

describe('a wallet is closed', () => {
  it.each<[number, number, number]>([
    [0, 0, 0],
    [1, 0, 1],
    [0, 2, 1],
    [1, 2, 2],
  ])('with %i fen in it and %i transfers waiting there are %i reasons not to', (balance, waiting, reasons) => {
    expect(judgeClosing({ balance: balance as Fen, waiting })).toHaveLength(reasons);
  });
});

describe('R70, R71: hours', () => {
  it.each([
    ['over midnight', '22:00-06:00', ['22:00', '23:59', '00:00', '05:59'], ['21:59', '06:00', '12:00']],
    ['within a day', '12:00-13:30', ['12:00', '13:29'], ['11:59', '13:30', '00:00']],
  ])('closed %s', (_, hours, closed, open) => {
    for (const time of closed) expect(isClosedAt(hours, at(`${time}:00`)), time).toBe(true);
    for (const time of open) expect(isClosedAt(hours, at(`${time}:00`)), time).toBe(false);
    expect(isClosedAt(null, at('23:00:00'))).toBe(false);
  });

  it.each([
    ['06:00:00', '2025-04-20'],
    ['00:00:00', '2025-04-20'],
    ['23:59:59.999', '2025-04-20'],
  ])('what was sent at %s goes back at 06:00 of the next day in China', (time, day) => {
    expect(lapseOf(at(time), limits)).toBe(at('06:00:00', day));
  });

  it('and over the end of a year; never where the profile has no such hour', () => {
    expect(lapseOf(at('21:00:00', '2025-12-31'), limits)).toBe(at('06:00:00', '2026-01-01'));
    expect(lapseOf(at('21:00:00'), { ...limits, unacceptedReturn: null })).toBeNull();
  });
});
