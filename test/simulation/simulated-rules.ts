import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { profile } from '../centre/profiles.ts';
import type { ModelRules } from './rule-model.ts';

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
  partial: 'cancel_and_resettle',
  wrongPinsMax,
};
const national: ModelRules = { ...chongqing, beneficiariesMax: null, providersMax: null };
const quotas: ModelRules = { ...national, quota: true, dissolves: true };
const shenzhen: ModelRules = { ...national, ownMustBeZero: true, order: 'balance' };

export const simulatedRules: readonly SimulatedRules[] = [
  both('chongqing-2021', chongqing),
  both('chongqing-2021', { ...chongqing, partial: 'lifo' }),
  both('national-2024', national),
  both('national-2024', { ...national, partial: 'lifo', lostCardBlocks: true }),
  both('shenzhen-2023', { ...shenzhen, partial: 'lifo' }),
  both('shenzhen-2019', { ...shenzhen, reserve: 500 }),
  both('national-2026', quotas),
  both('national-2026', { ...quotas, partial: 'lifo' }),
];

function both(name: string, model: ModelRules): SimulatedRules {
  const base = profile(name);
  return {
    model,
    profile: {
      ...base,
      name: `${name} ${model.partial}`,
      partialRefund: model.partial,
      providerReserve: model.reserve as PolicyProfile['providerReserve'],
      providerCardLostBlocks: model.lostCardBlocks,
      pin: { ...base.pin, maxWrong: model.wrongPinsMax },
    },
  };
}
