import type { PolicyProfile, WalletRules } from '../../src/domain/policy-profile.ts';
import { profile } from '../centre/profiles.ts';
import type { ModelRules, ModelWalletRules } from './rule-model.ts';

/** One set of rules twice: as the centre reads it, and as the model has it. */
export interface SimulatedRules {
  readonly profile: PolicyProfile;
  readonly model: ModelRules;
}

/** Three wrong PINs lock a card here, so that many histories come to a lock. */
const wrongPinsMax = 3;

const chongqing: ModelRules = {
  ownMustBeZero: false,
  order: 'time',
  reserve: 0,
  quota: false,
  beneficiariesMax: 1,
  providersMax: 1,
  lostCardBlocks: false,
  dissolves: false,
  consent: false,
  wallet: null,
  partial: 'cancel_and_resettle',
  wrongPinsMax,
};
const national: ModelRules = { ...chongqing, beneficiariesMax: null, providersMax: null };
const quotas: ModelRules = { ...national, quota: true, dissolves: true, consent: true };
const shenzhen: ModelRules = { ...national, ownMustBeZero: true, order: 'balance' };

/** 22:00 to 06:00, and what nobody accepts is back at 06:00. */
const limited: ModelWalletRules = {
  times: 3,
  most: 200_000,
  sum: null,
  night: { from: 22 * 60, to: 6 * 60 },
  backAt: 6 * 60,
  returnable: true,
};
const unlimited: ModelWalletRules = { times: null, most: null, sum: null, night: null, backAt: null, returnable: true };

/** Where they stand in the list: histories go by these numbers. */
export const quotaRules = [6, 7] as const;
export const walletRules = [8, 9, 10] as const;
export const liveRules = 2;

export const simulatedRules: readonly SimulatedRules[] = [
  both('chongqing-2021', chongqing),
  both('chongqing-2021', { ...chongqing, partial: 'lifo' }),
  both('national-2024', national),
  both('national-2024', { ...national, partial: 'lifo', lostCardBlocks: true }),
  both('shenzhen-2023', { ...shenzhen, partial: 'lifo' }),
  both('shenzhen-2019', { ...shenzhen, reserve: 500 }),
  both('national-2026', quotas),
  both('national-2026', { ...quotas, partial: 'lifo' }),
  both('wallet-2025', { ...national, wallet: limited }),
  both('wallet-2024', { ...national, wallet: unlimited, partial: 'lifo' }),
  // Shaanxi's (R73), with a sum that the small amounts of a history come to.
  both('wallet-2025', { ...national, wallet: { ...limited, times: null, sum: 12_000, returnable: false } }),
];

function both(name: string, model: ModelRules): SimulatedRules {
  const base = profile(name);
  return {
    model,
    profile: {
      ...base,
      name: `${name} ${model.partial}${model.wallet?.returnable === false ? ' kept' : ''}`,
      partialRefund: model.partial,
      providerReserve: model.reserve as PolicyProfile['providerReserve'],
      providerCardLostBlocks: model.lostCardBlocks,
      pin: { ...base.pin, maxWrong: model.wrongPinsMax },
      ...(base.wallet === null || model.wallet === null
        ? {}
        : { areaScope: 'nationwide', wallet: walletOf(model.wallet) }),
    },
  };
}

function walletOf({ times, most, sum, night, backAt, returnable }: ModelWalletRules): WalletRules {
  const time = (minute: number) => `${String(minute / 60).padStart(2, '0')}:00`;
  return {
    perDay: times,
    maxFen: most as WalletRules['maxFen'],
    dailyTotalFen: sum as WalletRules['dailyTotalFen'],
    closed: night && `${time(night.from)}-${time(night.to)}`,
    unacceptedReturn: backAt === null ? null : time(backAt),
    returnable,
  };
}
