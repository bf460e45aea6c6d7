import { describe, expect, it } from 'vitest';
import { type ModelRules, RuleModel } from './rule-model.ts';
import { simulatedRules } from './simulated-rules.ts';

/** The model is held to the worked examples, in yuan, so that it and the product do not share a misreading. */

const now = 1_000_000;

function rulesOf(name: string): ModelRules {
  const found = simulatedRules.find(({ profile }) => profile.name === name);
  if (!found) throw new Error(`no rules ${name}`);
  return found.model;
}

function world(own: number | null, providers: readonly number[], name = 'chongqing-2021 cancel_and_resettle') {
  const model = new RuleModel(rulesOf(name));
  const person = (id: string, yuan: number | null) =>
    model.people.set(id, {
      id,
      money: Math.round((yuan ?? 0) * 100),
      isOpen: yuan !== null,
      wallet: 0,
      hasWallet: false,
      status: 'normal',
      card: 'normal',
      pin: '135790',
      wrongPins: 0,
      locked: false,
    });
  person('own', own);
  for (const [at, yuan] of providers.entries()) {
    person(`p${at + 1}`, yuan);
    const link = { id: `L${at + 1}`, provider: `p${at + 1}`, beneficiary: 'own', since: at, until: null, quotaLeft: 0 };
    model.links.push(link);
  }
  const yuan = (fen: number) => fen / 100;
  /** Own, providers together, cash, fund. */
  const split = (total: number, fund = 0) => {
    const parts = model.parts('own', Math.round(total * 100), Math.round(fund * 100), now);
    const paid = (isOwn: boolean) =>
      yuan(parts.takes.filter((take) => (take.link === null) === isOwn).reduce((sum, take) => sum + take.amount, 0));
    return [paid(true), paid(false), yuan(parts.cash), yuan(parts.fund)];
  };
  const sell = (total: number, fund = 0) =>
    model.settle(
      { id: 'S1', msgId: 'M1', person: 'own', institution: 'I1', settledAt: now },
      model.parts('own', Math.round(total * 100), Math.round(fund * 100), now),
    );
  const balances = () => [...model.people.values()].map(({ money }) => yuan(money));
  return { model, split, sell, balances };
}

describe('the model of the rules', () => {
  it.each([
    ['E1', 50, [200], 30, 0, [30, 0, 0, 0]],
    ['E2', 50, [200], 80, 0, [50, 30, 0, 0]],
    ['E3', 50, [20], 100, 0, [50, 20, 30, 0]],
    ['E4 a', 80, [200], 80, 0, [80, 0, 0, 0]],
    ['E4 b', 50, [30], 80, 0, [50, 30, 0, 0]],
    ['E4 c', 0, [60], 60, 0, [0, 60, 0, 0]],
    ['E5', 0, [0], 25.5, 0, [0, 0, 25.5, 0]],
    ['E6', 0.01, [88], 33.34, 0, [0.01, 33.33, 0, 0]],
    ['E8', 50, [100], 200, 120, [50, 30, 0, 120]],
  ] as const)('%s: who pays', (_, own, providers, total, fund, expected) => {
    expect(world(own, providers).split(total, fund)).toEqual(expected);
  });

  it('E10, E11: a link that ended gives nothing, nor does a provider in arrears; a lost card alone is no obstacle', () => {
    const ended = world(20, [200]);
    for (const link of ended.model.links) link.until = now;
    expect(ended.split(70)).toEqual([20, 0, 50, 0]);
    const frozen = world(40, [500]);
    frozen.model.person('p1').status = 'arrears';
    expect(frozen.split(90)).toEqual([40, 0, 50, 0]);
    const lost = world(40, [500]);
    lost.model.person('p1').card = 'lost';
    expect(lost.split(90)).toEqual([40, 50, 0, 0]);
    const blocking = world(40, [500], 'national-2024 lifo');
    blocking.model.person('p1').card = 'lost';
    expect(blocking.split(90)).toEqual([40, 0, 50, 0]);
  });

  it('E12, E14: the first link of a provider and of a beneficiary counts, a later one gives nothing', () => {
    const second = world(0, [10, 90]);
    expect(second.split(50)).toEqual([0, 10, 40, 0]);
    expect(world(0, [10, 90], 'national-2024 lifo').split(50)).toEqual([0, 50, 0, 0]);
  });

  it('E16: the quota is all that a provider gives, and what he has set aside he cannot spend himself', () => {
    const quota = world(20, [1000], 'national-2026 lifo');
    for (const link of quota.model.links) link.quotaLeft = 30_000;
    expect(quota.split(350)).toEqual([20, 300, 30, 0]);
    quota.sell(350);
    expect(quota.balances()).toEqual([0, 700]);
    expect(quota.model.parts('p1', 100_000, 0, now).takes).toEqual([
      { person: 'p1', link: null, amount: 70_000, ofQuota: false },
    ]);
  });

  it('R32, R40, R43: Shenzhen lends to empty accounts only, the richest first, above the reserve', () => {
    expect(world(0.01, [50], 'shenzhen-2023 lifo').split(30)).toEqual([0.01, 0, 29.99, 0]);
    const rich = world(0, [10, 90], 'shenzhen-2023 lifo');
    expect(rich.model.parts('own', 3000, 0, now).takes).toEqual([
      { person: 'p2', link: 'L2', amount: 3000, ofQuota: false },
    ]);
    expect(world(0, [50], 'shenzhen-2019 cancel_and_resettle').split(100)).toEqual([0, 45, 55, 0]);
  });

  it.each(['lifo', 'cancel_and_resettle'])(
    'E22, R121: %s gives all of E3 back, also when the link has gone',
    (method) => {
      const { model, sell, balances } = world(50, [20], `chongqing-2021 ${method}`);
      const sale = sell(100);
      expect(balances()).toEqual([0, 0]);
      for (const link of model.links) link.until = now;
      const given = model.giveBack(sale, 10_000, now);
      expect([given.back.get('own'), given.back.get('p1'), given.cash, given.rest]).toEqual([5000, 2000, 3000, null]);
      model.undo(sale, given);
      expect(balances()).toEqual([50, 20]);
      expect([model.fundPaid, model.received]).toEqual([0, 0]);
    },
  );

  it('R122: both methods give the same back where nothing has changed', () => {
    const given = ['lifo', 'cancel_and_resettle'].map((method) => {
      const { model, sell } = world(50, [20], `chongqing-2021 ${method}`);
      return model.giveBack(sell(100, 10), 4500, now);
    });
    expect(given[0]?.cash).toBe(2000);
    expect(given[0]?.back).toEqual(
      new Map([
        ['p1', 2000],
        ['own', 500],
      ]),
    );
    expect(given[1]).toEqual(given[0]);
  });

  it('R122: settled anew without the link, the customer owes cash; nobody gives more than he gave', () => {
    const { model, sell, balances } = world(50, [20]);
    const sale = sell(70);
    for (const link of model.links) link.until = now;
    model.person('own').money = 99_999;
    const given = model.giveBack(sale, 1000, now);
    expect(given).toEqual({
      total: 1000,
      fund: 0,
      back: new Map([['p1', 2000]]),
      cash: -1000,
      rest: { total: 6000, fund: 0, takes: [{ person: 'own', link: null, amount: 5000, ofQuota: false }], cash: 1000 },
    });
    model.undo(sale, given);
    expect(balances()).toEqual([999.99, 20]);
  });

  it('E16: a quota is set aside once, and is free again when the link ends', () => {
    const { model } = world(0, [1000], 'national-2026 lifo');
    model.links.length = 0;
    const { office } = model;
    expect([...office.whyNotLink('p1', 'own', 100_001, null, now)]).toEqual(['QUOTA_NOT_COVERED']);
    office.link('L1', 'p1', 'own', 60_000, null, now);
    expect([...office.whyNotLink('p1', 'own', 1, null, now)]).toEqual(['LINK_EXISTS']);
    expect(office.free('p1', now)).toBe(40_000);
    const [link] = model.links;
    if (!link) throw new Error('no link was made');
    expect([office.whyNotSetQuota(link, 100_000, now), office.whyNotSetQuota(link, 100_001, now)]).toEqual([
      null,
      'QUOTA_NOT_COVERED',
    ]);
    expect(['p1', 'own', 'nobody'].map((by) => office.whyNotEnd(link, by, now))).toEqual([
      null,
      null,
      'LINK_NOT_FOUND',
    ]);
    office.end(link, 'ended', now);
    expect(office.free('p1', now)).toBe(100_000);
  });

  it('R69 to R73: what is sent waits, is held, moves when it is accepted, or is back at six', () => {
    const { model, balances } = world(0, [100], 'wallet-2025 cancel_and_resettle');
    for (const person of model.people.values()) person.hasWallet = true;
    const { wallets } = model;
    const noon = Date.parse('2025-04-19T12:00:00+08:00');
    const why = (amount: number, at = noon) => [...wallets.whyNotSend('p1', 'own', amount, at)];
    expect([why(10_000), why(10_001), why(0)]).toEqual([[], ['WALLET_LIMIT'], ['WALLET_LIMIT']]);
    const clock = (time: string) => why(1, Date.parse(`2025-04-19T${time}+08:00`));
    expect(['21:59:59', '22:00:00', '05:59:59', '06:00:00'].map((time) => clock(time).length)).toEqual([0, 1, 1, 0]);
    const transfer = wallets.send('W1', 'p1', 'own', 6000, noon);
    expect(transfer.lapsesAt).toBe(Date.parse('2025-04-20T06:00:00+08:00'));
    expect([model.parts('p1', 5000, 0, noon).cash, model.parts('own', 5000, 0, noon).cash]).toEqual([1000, 5000]);
    expect(why(1)).toEqual(['WALLET_PENDING']);
    expect(wallets.held('p1', Date.parse('2025-04-20T06:00:00+08:00'))).toBe(0);
    wallets.accept(transfer);
    expect([balances(), model.person('own').wallet]).toEqual([[0, 40], 6000]);
    expect(model.parts('own', 5000, 0, noon).takes.map(({ amount }) => amount)).toEqual([5000]);
    expect([...wallets.whyNotGiveBack(transfer, 6001, noon)]).toEqual(['WALLET_NOT_RETURNABLE']);
    wallets.giveBack(transfer, 1000);
    expect([balances(), model.person('own').wallet]).toEqual([[0, 50], 5000]);
  });
});
