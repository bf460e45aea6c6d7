import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { WalletRefused } from '../../src/centre/wallet-office.ts';
import { add, type Fen, fen, subtract, sum, zeroFen } from '../../src/domain/money.ts';
import type { PolicyProfile, WalletRules } from '../../src/domain/policy-profile.ts';
import { bill, embeddedOptions, link, type PersonSketch, person, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

const area = '重庆市/云阳县';
const noonToNight = Date.parse('2025-04-19T21:59:59+08:00') - start;
const hourMs = 3_600_000;

interface Sketch {
  readonly wallet?: Partial<WalletRules>;
  readonly under?: string;
  readonly daughter?: PersonSketch;
  readonly mother?: PersonSketch;
}

let clock: StandingClock;
let world: EmbeddedCentre;
afterEach(() => world.close());

function family({ wallet, under = 'wallet-2025', daughter, mother }: Sketch = {}): void {
  clock = new StandingClock();
  const base = profile(under);
  const changes: Partial<PolicyProfile> = wallet && base.wallet ? { wallet: { ...base.wallet, ...wallet } } : {};
  world = openOwnAnswers(embeddedOptions(profile(under, changes), clock));
  world.registry.seed(
    'deck',
    [
      person('daughter', { balance: '5000', area, ...daughter }),
      person('mother', { balance: '50', area, ...mother }),
      person('father', { balance: '50', area }),
      person('aunt', { balance: '50', area }),
    ],
    [link('daughter', 'mother'), link('daughter', 'father'), link('mother', 'father')],
  );
}

const send = (amount = '300', to = 'mother', from = 'daughter') =>
  world.wallet.transfer({ from, to, amount: yuan(amount) });
function sent(amount?: string, to?: string): string {
  const answer = send(amount, to);
  if (answer.kind !== 'sent') throw new Error(`not sent: ${codes(answer)}`);
  return answer.transfer.transferId;
}
const codes = (answer: { readonly kind: string } | WalletRefused): unknown =>
  'findings' in answer ? answer.findings.map(({ code }) => code) : answer.kind;
const holdings = (id: string) => {
  const { personal, wallet } = world.registry.holdingsOf(id);
  return [personal / 100, wallet / 100];
};

describe('a wallet transfer', () => {
  beforeEach(() => family());

  it('moves nothing until it is accepted, and lowers what the sender can spend', async () => {
    const id = sent();
    expect([holdings('daughter'), holdings('mother')]).toEqual([
      [5000, 0],
      [50, 0],
    ]);
    expect(world.wallet.stateOf('daughter')).toMatchObject({
      free: yuan('4700'),
      sentToday: { count: 1, total: 30_000 },
    });
    const counter = new Counter(world);
    const { card } = await counter.identify('daughter');
    const { split } = await counter.quote(card, bill('4800'));
    expect([split.own, split.cash, split.rows[0]?.reason]).toEqual([yuan('4700'), yuan('100'), 'heldForTransfer']);
    expect(world.wallet.stateOf('mother').incoming).toMatchObject([
      { transferId: id, sender: 'daughter', state: 'waiting', amount: yuan('300'), givenBack: 0 },
    ]);

    expect(world.wallet.accept('mother', id)).toMatchObject({ kind: 'accepted', transfer: { state: 'accepted' } });
    expect([holdings('daughter'), holdings('mother')]).toEqual([
      [4700, 0],
      [50, 300],
    ]);
    expect(world.wallet.stateOf('daughter').free).toBe(yuan('4700'));
    const sale = await counter.sell('mother', bill('120'));
    expect([sale.split.own, sale.split.shared, sale.split.cash]).toEqual([yuan('50'), yuan('70'), zeroFen]);
    expect(holdings('mother')).toEqual([0, 230]);
    expect(world.registry.audit()).toEqual([]);
  });

  it('shows names masked only, and to nobody else what somebody has', () => {
    sent();
    const shown = JSON.stringify(world.wallet.stateOf('mother'));
    expect(shown).not.toContain('500000');
    const { senderName, receiverName } = world.wallet.historyOf('mother')[0] ?? {};
    expect([senderName, receiverName].every((name) => name?.includes('*'))).toBe(true);
  });

  it('R71: goes back by itself at 06:00 of the next day, not a millisecond earlier, and is over then', () => {
    const id = sent();
    const sixNextDay = Date.parse('2025-04-20T06:00:00+08:00');
    clock.advance(sixNextDay - 1 - clock.now());
    expect(world.wallet.stateOf('daughter').free).toBe(yuan('4700'));
    expect(world.wallet.historyOf('daughter')).toMatchObject([{ state: 'waiting', lapsesAt: sixNextDay }]);
    clock.advance(1);
    expect(world.wallet.stateOf('daughter')).toMatchObject({ free: yuan('5000'), outgoing: [] });
    expect(world.wallet.historyOf('mother')).toMatchObject([{ state: 'lapsed', endedAt: sixNextDay }]);
    expect(codes(world.wallet.accept('mother', id))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(world.wallet.decline('mother', id))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(send())).toBe('sent');
  });

  it('R71: while one waits there is no new one; accepted or declined, there is', () => {
    const id = sent('300');
    expect(codes(send('1', 'father'))).toEqual(['WALLET_PENDING']);
    expect(codes(world.wallet.decline('mother', id))).toBe('declined');
    expect(world.wallet.stateOf('daughter').free).toBe(yuan('5000'));
    const next = sent('200', 'father');
    expect(codes(world.wallet.accept('father', next))).toBe('accepted');
    expect(codes(send())).toBe('sent');
    expect(codes(send('1', 'father', 'mother'))).toBe('sent');
  });

  it('R70: three a day and 2,000 yuan each, counted by the day in China, also what came back', () => {
    expect(codes(send('2000.01'))).toEqual(['WALLET_LIMIT']);
    for (const amount of ['2000', '1', '1']) world.wallet.decline('mother', sent(amount));
    expect(codes(send('1'))).toEqual(['WALLET_LIMIT']);
    expect(codes(send('1', 'father', 'mother'))).toBe('sent');
    clock.advance(Date.parse('2025-04-20T06:00:00+08:00') - clock.now());
    expect(world.wallet.stateOf('daughter').sentToday).toEqual({ count: 0, total: 0 });
    expect(codes(send('2000'))).toBe('sent');
  });

  it('R70: none from 22:00 on; accepting goes on', () => {
    clock.advance(noonToNight);
    const id = sent();
    clock.advance(1000);
    expect(codes(send('1', 'father', 'mother'))).toEqual(['WALLET_CLOSED_NOW']);
    clock.advance(2 * hourMs);
    expect(codes(send('1', 'father', 'mother'))).toEqual(['WALLET_CLOSED_NOW']);
    expect(codes(world.wallet.accept('mother', id))).toBe('accepted');
    expect(codes(world.wallet.giveBack('mother', id, yuan('1')))).toEqual(['WALLET_CLOSED_NOW']);
    clock.advance(6 * hourMs - 1000);
    expect(codes(send('1', 'father', 'mother'))).toEqual(['WALLET_CLOSED_NOW']);
    clock.advance(1000);
    expect(codes(send('1', 'father', 'mother'))).toBe('sent');
  });

  it('goes to a linked beneficiary only, never the other way, never on, never to oneself', () => {
    expect(codes(send('1', 'aunt'))).toEqual(['LINK_NOT_FOUND']);
    expect(codes(send('1', 'daughter', 'mother'))).toEqual(['LINK_NOT_FOUND']);
    expect(codes(send('1', 'daughter', 'daughter'))).toEqual(['LINK_NOT_FOUND']);
    world.registry.endLink('daughter', 'mother', start);
    expect(codes(send('1'))).toEqual(['LINK_NOT_FOUND']);
    expect(() => send('1', 'nobody')).toThrow(RangeError);
  });

  it('is judged anew when it is accepted: link, insurance, wallets, money', () => {
    const id = sent('300');
    const accept = () => codes(world.wallet.accept('mother', id));
    world.registry.set('daughter', { status: 'suspended' });
    expect(accept()).toEqual(['INSURANCE_NOT_NORMAL']);
    world.registry.set('daughter', { status: 'normal', balance: yuan('299.99') });
    expect(accept()).toEqual(['WALLET_LIMIT']);
    world.registry.set('daughter', { balance: null });
    expect(accept()).toEqual(['WALLET_LIMIT']);
    world.registry.set('daughter', { balance: yuan('300') });
    world.registry.endLink('daughter', 'mother', start);
    expect(accept()).toEqual(['LINK_NOT_FOUND']);
    world.registry.addLink(link('daughter', 'mother', { since: start }));
    expect(accept()).toBe('accepted');
    expect(holdings('daughter')).toEqual([0, 0]);
    expect(world.registry.audit()).toEqual([]);
  });

  it('is the receiver’s to accept or decline, once, and nobody else’s', () => {
    const id = sent();
    for (const other of ['daughter', 'father', 'aunt']) {
      expect(codes(world.wallet.accept(other, id))).toEqual(['WALLET_TRANSFER_GONE']);
      expect(codes(world.wallet.decline(other, id))).toEqual(['WALLET_TRANSFER_GONE']);
    }
    expect(codes(world.wallet.withdraw('daughter', id))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(world.wallet.accept('mother', 'W404'))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(world.wallet.accept('mother', id))).toBe('accepted');
    expect(codes(world.wallet.accept('mother', id))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(world.wallet.decline('mother', id))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(holdings('mother')).toEqual([50, 300]);
  });

  it('R73: goes back to the sender’s account, in parts, never more than was sent or is left in the wallet', async () => {
    const id = sent('300');
    expect(codes(world.wallet.giveBack('mother', id, yuan('1')))).toEqual(['WALLET_TRANSFER_GONE']);
    world.wallet.accept('mother', id);
    expect(codes(world.wallet.giveBack('daughter', id, yuan('1')))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(world.wallet.giveBack('mother', id, yuan('100')))).toBe('gaveBack');
    expect(codes(world.wallet.giveBack('mother', id, yuan('200.01')))).toEqual(['WALLET_NOT_RETURNABLE']);
    await new Counter(world).sell('mother', bill('100'));
    expect(holdings('mother')).toEqual([0, 150]);
    expect(codes(world.wallet.giveBack('mother', id, yuan('150.01')))).toEqual(['WALLET_NOT_RETURNABLE']);
    expect(world.wallet.giveBack('mother', id, yuan('150'))).toMatchObject({
      kind: 'gaveBack',
      transfer: { givenBack: yuan('250'), state: 'accepted' },
    });
    expect([holdings('daughter'), holdings('mother')]).toEqual([
      [4950, 0],
      [0, 0],
    ]);
    expect(world.registry.audit()).toEqual([]);
  });

  it('R73: does not go back to an account that was closed', () => {
    const id = sent('300');
    world.wallet.accept('mother', id);
    world.registry.set('daughter', { balance: null });
    expect(codes(world.wallet.giveBack('mother', id, yuan('1')))).toEqual(['WALLET_NOT_RETURNABLE']);
  });
});

describe('places', () => {
  it('R73: where there is a total for a day and nothing goes back (Shaanxi)', () => {
    family({ wallet: { perDay: null, maxFen: null, dailyTotalFen: fen(200_000), returnable: false } });
    const id = sent('1999.99');
    world.wallet.accept('mother', id);
    expect(codes(send('0.02'))).toEqual(['WALLET_LIMIT']);
    expect(codes(send('0.01'))).toBe('sent');
    expect(codes(world.wallet.giveBack('mother', id, yuan('1')))).toEqual(['WALLET_NOT_RETURNABLE']);
  });

  it('R73: no more of a transfer goes back than is left of it, however much the wallet has from others', () => {
    family({ mother: { walletBalance: '1000' } });
    const id = sent('300');
    world.wallet.accept('mother', id);
    expect(codes(world.wallet.giveBack('mother', id, yuan('100')))).toBe('gaveBack');
    expect(codes(world.wallet.giveBack('mother', id, yuan('200.01')))).toEqual(['WALLET_NOT_RETURNABLE']);
    expect(codes(world.wallet.giveBack('mother', id, yuan('200')))).toBe('gaveBack');
    expect(codes(world.wallet.giveBack('mother', id, yuan('0.01')))).toEqual(['WALLET_NOT_RETURNABLE']);
    expect(holdings('mother')).toEqual([50, 1000]);
  });

  it('an amount that no account could hold is refused like any other that is too much, whatever was sent before', () => {
    const largest = fen(Number.MAX_SAFE_INTEGER);
    family({ wallet: { dailyTotalFen: yuan('2000') } });
    world.wallet.decline('mother', sent('1'));
    expect(codes(world.wallet.transfer({ from: 'daughter', to: 'mother', amount: largest }))).toEqual(
      expect.arrayContaining(['WALLET_LIMIT']),
    );
    const id = sent('1');
    world.wallet.accept('mother', id);
    expect(codes(world.wallet.giveBack('mother', id, largest))).toEqual(['WALLET_NOT_RETURNABLE']);
    expect(world.registry.audit()).toEqual([]);
  });

  it('wallet-2024 has no limits: transfers wait side by side, and what waits for ever its sender may withdraw', () => {
    family({ under: 'wallet-2024' });
    const [first, second] = [sent('4000'), sent('1000', 'father')];
    expect(codes(send('0.01'))).toEqual(['WALLET_LIMIT']);
    clock.advance(400 * 24 * hourMs);
    expect(codes(world.wallet.accept('mother', first))).toBe('accepted');
    expect(codes(world.wallet.withdraw('father', second))).toEqual(['WALLET_TRANSFER_GONE']);
    expect(codes(world.wallet.withdraw('daughter', second))).toBe('withdrawn');
    expect(world.wallet.stateOf('daughter').free).toBe(yuan('1000'));
    expect(world.registry.audit()).toEqual([]);
  });

  it.each(['chongqing-2021', 'national-2026'])('R74: %s has no wallets', (under) => {
    family({ under });
    expect(codes(send('1'))).toEqual(['WALLET_NOT_OPENED']);
    expect(world.wallet.stateOf('daughter')).toMatchObject({ offered: false, limits: null });
  });

  it('R66: nothing goes to an area that is not on the list', () => {
    family({ mother: { area: '重庆市/渝中区' } });
    expect(codes(send('1'))).toEqual(['AREA_NOT_OPEN']);
    expect(codes(send('1', 'father'))).toBe('sent');
  });
});

describe('R72: opening and closing', () => {
  it('nothing is sent, accepted or given back before both have opened', () => {
    family({ mother: { walletOpened: false } });
    expect(codes(send())).toEqual(['WALLET_NOT_OPENED']);
    world.wallet.open('mother');
    world.wallet.open('mother');
    expect(world.wallet.stateOf('mother').opened).toBe(true);
    const id = sent();
    expect(codes(world.wallet.close('mother'))).toEqual(['WALLET_NOT_EMPTY']);
    expect(codes(world.wallet.close('daughter'))).toEqual(['WALLET_NOT_EMPTY']);
    world.wallet.accept('mother', id);
    expect(codes(world.wallet.close('mother'))).toEqual(['WALLET_NOT_EMPTY']);
    expect(codes(world.wallet.close('daughter'))).toBe('closed');
    expect(codes(world.wallet.giveBack('mother', id, yuan('300')))).toBe('gaveBack');
    expect(codes(world.wallet.close('mother'))).toBe('closed');
    expect(codes(send())).toEqual(['WALLET_NOT_OPENED', 'WALLET_NOT_OPENED']);
    expect(() => world.wallet.open('nobody')).toThrow(RangeError);
  });
});

describe('the file', () => {
  it('keeps a transfer over a restart, also under a profile without wallets, where it still holds money', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gongji-wallet-'));
    try {
      const path = join(folder, 'centre.db');
      clock = new StandingClock();
      world = openOwnAnswers(embeddedOptions(profile('wallet-2025'), clock, path));
      const people = [person('daughter', { balance: '100', area }), person('mother', { area })];
      world.registry.seed('deck', people, [link('daughter', 'mother')]);
      const id = sent('60');
      world.close();

      world = openOwnAnswers(embeddedOptions(profile('national-2024'), clock, path));
      const counter = new Counter(world);
      const { card } = await counter.identify('mother');
      expect((await counter.quote(card, bill('100'))).split).toMatchObject({ shared: yuan('40'), cash: yuan('60') });
      expect(codes(world.wallet.accept('mother', id))).toEqual(['WALLET_NOT_OPENED']);
      world.close();

      world = openOwnAnswers(embeddedOptions(profile('wallet-2025'), clock, path));
      expect(codes(world.wallet.accept('mother', id))).toBe('accepted');
      expect(world.registry.audit()).toEqual([]);
    } finally {
      world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('money in wallets', () => {
  const names = ['daughter', 'mother', 'father'];
  const who = fc.constantFrom(...names);
  const amount = fc.integer({ min: 0, max: 9_000 }).map(fen);
  const which = fc.nat({ max: 20 });
  const operation = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), who, to: who, amount }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('accept' as const), who, which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('decline' as const), who, which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), who, which }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('giveBack' as const), who, which, amount }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('sell' as const), who, amount: amount.filter((it) => it > 0) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unlink' as const), who, to: who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('link' as const), who, to: who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('correct' as const), who, amount }) },
  );

  it('is conserved to the fen over any history, never negative, never sent twice, and free again when nobody takes it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('wallet-2024', 'wallet-2025'),
        fc.array(operation, { minLength: 4, maxLength: 30 }),
        async (under, operations) => {
          const time = new StandingClock();
          const { centre, registry, wallet, close } = openOwnAnswers(embeddedOptions(profile(under), time));
          const pairs = [link('daughter', 'mother'), link('daughter', 'father'), link('mother', 'father')];
          registry.seed(
            'deck',
            names.map((id) => person(id, { balance: '100', area })),
            pairs,
          );
          const counter = new Counter({ centre, registry });
          const money = new Map(names.map((id) => [id, { personal: 10_000 as Fen, wallet: zeroFen }]));
          const of = (id: string) => money.get(id) ?? { personal: zeroFen, wallet: zeroFen };
          const put = (id: string, change: Partial<{ personal: Fen; wallet: Fen }>) =>
            money.set(id, { ...of(id), ...change });
          const ids: string[] = [];
          for (const step of operations) {
            const id = 'which' in step ? ids[step.which % Math.max(1, ids.length)] : undefined;
            if (step.do === 'wait') time.advance(step.hours * hourMs);
            if (step.do === 'open') wallet.open(step.who);
            if (step.do === 'close') wallet.close(step.who);
            if (step.do === 'unlink') registry.endLink(step.who, step.to, time.now());
            if (step.do === 'link' && step.who !== step.to) {
              const open = registry.linksOf(step.who).some((it) => it.beneficiary === step.to && it.until === null);
              if (!open) registry.addLink(link(step.who, step.to, { since: time.now() }));
            }
            if (step.do === 'correct') {
              registry.set(step.who, { balance: step.amount });
              put(step.who, { personal: step.amount });
            }
            if (step.do === 'send') {
              const { free } = wallet.stateOf(step.who);
              const answer = wallet.transfer({ from: step.who, to: step.to, amount: step.amount });
              if (answer.kind === 'sent') {
                ids.push(answer.transfer.transferId);
                expect(step.amount).toBeLessThanOrEqual(free ?? -1);
                expect(wallet.stateOf(step.who).free).toBe((free ?? 0) - step.amount);
              } else expect(wallet.stateOf(step.who).free).toBe(free);
            }
            if (step.do === 'accept' && id) {
              const answer = wallet.accept(step.who, id);
              if (answer.kind === 'accepted') {
                const { sender, receiver, amount: moved } = answer.transfer;
                put(sender, { personal: subtract(of(sender).personal, moved) });
                put(receiver, { wallet: add(of(receiver).wallet, moved) });
              }
            }
            if (step.do === 'decline' && id) wallet.decline(step.who, id);
            if (step.do === 'withdraw' && id) wallet.withdraw(step.who, id);
            if (step.do === 'giveBack' && id) {
              const answer = wallet.giveBack(step.who, id, step.amount);
              if (answer.kind === 'gaveBack') {
                const { sender, receiver } = answer.transfer;
                put(receiver, { wallet: subtract(of(receiver).wallet, step.amount) });
                put(sender, { personal: add(of(sender).personal, step.amount) });
              }
            }
            if (step.do === 'sell') {
              const { free } = wallet.stateOf(step.who);
              const { split } = await counter.sell(step.who, { total: step.amount, fund: zeroFen, goods: [] });
              expect(split.own).toBe(Math.min(step.amount, free ?? 0));
              put(step.who, {
                personal: subtract(of(step.who).personal, split.own),
                wallet: subtract(of(step.who).wallet, split.shared),
              });
            }
            for (const name of names) expect(registry.holdingsOf(name)).toEqual(of(name));
          }
          expect(registry.audit()).toEqual([]);
          for (const name of names) {
            const history = wallet.historyOf(name).filter(({ receiver }) => receiver === name);
            const got = sum(history.filter((it) => it.state === 'accepted').map((it) => it.amount));
            const gaveBack = sum(history.map((it) => it.givenBack));
            expect(gaveBack).toBeLessThanOrEqual(got);
          }
          // Whatever waits lapses, or its sender takes it back: then everything is spendable.
          time.advance(60 * hourMs);
          for (const name of names) {
            for (const { transferId } of wallet.stateOf(name).outgoing) wallet.withdraw(name, transferId);
            expect(wallet.stateOf(name).free).toBe(of(name).personal);
          }
          close();
        },
      ),
      { numRuns: 120 },
    );
  }, 120_000);
});
