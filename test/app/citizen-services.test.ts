import { renderSVG } from 'uqr';
import { afterEach, describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadListedAreas } from '../../src/app/policy-profiles.ts';
import { loadRules } from '../../src/app/rules.ts';
import { fen, formatYuan } from '../../src/domain/money.ts';
import { Secret } from '../../src/domain/secret.ts';
import { Envelopes } from '../centre/centre-world.ts';
import { type CitizenWorld, citizenWorld, type Visitor } from './citizen-visit.ts';

let world: CitizenWorld;
afterEach(() => world.close());

describe('the 医保码 page (R35, R94 to R98)', () => {
  const digitsIn = (text: string) => /code-digits">([\d ]+)</.exec(text)?.[1]?.replaceAll(' ', '') ?? '';

  it('looking at the page issues no code; each showing issues another of 28 digits, drawn as the same digits', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.mother');
    expect(digitsIn((await visitor.get('/code')).text)).toBe('');
    const shown = await Promise.all([visitor.post('/code/fresh'), visitor.post('/code/fresh'), visitor.post('/code')]);
    const codes = shown.map(({ text }) => digitsIn(text));
    expect(new Set(codes).size).toBe(3);
    for (const [at, code] of codes.entries()) {
      expect(code).toMatch(/^424\d{25}$/);
      expect(shown[at]?.text).toContain(renderSVG(code, { ecc: 'M', border: 4 }));
    }
    expect(shown[0]?.text).toContain('data-code-ttl-ms="60000"');
  });

  it('the code is known to the centre as the one who is signed in', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.mother');
    const code = digitsIn((await visitor.post('/code/fresh')).text);
    const answer = await world.centre.centre.identify({
      ...new Envelopes().next(),
      credential: { medium: 'evoucher', code: new Secret(code) },
    });
    expect(answer).toMatchObject({ kind: 'identified', maskedName: '李*兰' });
  });
});

describe('the wallet (R69 to R73)', () => {
  const [son, mother] = ['cross-area.son', 'cross-area.mother'];
  const balances = () => [world.centre.registry.balanceOf(son), world.centre.registry.walletBalanceOf(mother)];
  /** What the wallet's form for sending holds besides what is typed. */
  async function formOf(visitor: Visitor, part = '/wallet/send'): Promise<Record<string, string>> {
    const { text } = await visitor.get('/wallet');
    const form = text.slice(text.indexOf(`action="${part}`));
    const to = /<option value="([^"]+)"/.exec(form)?.[1] ?? '';
    return { form: /name="form" value="([0-9a-f]+)"/.exec(form)?.[1] ?? '', to };
  }
  async function sent(
    amount: string,
    under = 'wallet-2025',
  ): Promise<{ readonly visitor: Visitor; readonly form: Record<string, string> }> {
    world = citizenWorld(under);
    const visitor = await world.signedIn(son);
    const form = { ...(await formOf(visitor)), amount };
    await visitor.post('/wallet/send', form);
    return { visitor, form };
  }
  const waiting = () => world.centre.wallet.stateOf(mother).incoming[0]?.transferId ?? '';

  it('where the rules have none, the page says so', async () => {
    world = citizenWorld('chongqing-2021');
    const visitor = await world.signedIn(son);
    const { text } = await visitor.get('/wallet');
    expect(text).toContain('没有医保钱包');
    expect(text).not.toContain('<button class="go">');
  });

  it('R72: a closed wallet is opened on the page', async () => {
    world = citizenWorld('wallet-2025');
    world.centre.registry.set(son, { wallet: 'closed' });
    const visitor = await world.signedIn(son);
    expect((await visitor.get('/wallet')).text).toContain('还没有开通');
    await visitor.post('/wallet/open');
    expect((await visitor.get('/wallet')).text).toContain('转出');
  });

  it('money that came back to a closed wallet, as from a sale that was cancelled, is shown to its owner', async () => {
    await sent('80.00');
    world.centre.wallet.accept(mother, waiting());
    world.centre.registry.set(mother, { wallet: 'closed' });
    const relative = await world.signedIn(mother);
    const { text } = await relative.get('/wallet');
    expect(text).toContain(`¥ ${formatYuan(world.centre.registry.walletBalanceOf(mother))}`);
    expect(text).toContain('/wallet/open');
  });

  it('money that is sent moves when the other accepts it, and not before', async () => {
    await sent('80.00');
    const [own, wallet] = [world.parts.deck.people.find(({ id }) => id === son)?.balance ?? 0, balances()[1] ?? 0];
    expect(balances()).toEqual([own, wallet]);
    const relative = await world.signedIn(mother);
    expect((await relative.get('/wallet')).text).toContain('¥ 80.00');
    const { text } = await relative.post(`/wallet/transfer/${waiting()}`, { do: 'accept' });
    expect(text).toContain('已接收');
    expect(balances()).toEqual([own - 8000, wallet + 8000]);
  });

  it('a form that is sent twice sends money once', async () => {
    world = citizenWorld('wallet-2024');
    const visitor = await world.signedIn(son);
    const form = { ...(await formOf(visitor)), amount: '10.00' };
    expect((await visitor.post('/wallet/send', form)).status).toBe(200);
    expect((await visitor.post('/wallet/send', form)).status).toBe(409);
    expect(world.centre.wallet.stateOf(son).outgoing).toHaveLength(1);
  });

  it('every form of a long page can be sent, and each once', async () => {
    world = citizenWorld('wallet-2024');
    const transfers = Array.from({ length: 30 }, () => {
      const answer = world.centre.wallet.transfer({ from: son, to: mother, amount: fen(100) });
      if (answer.kind !== 'sent') throw new Error('not sent');
      world.centre.wallet.accept(mother, answer.transfer.transferId);
      return answer.transfer.transferId;
    });
    const before = world.centre.wallet.stateOf(mother).balance;
    const relative = await world.signedIn(mother);
    // The page has them in this order.
    transfers.sort();
    for (const transfer of [transfers[0] ?? '', transfers[29] ?? '']) {
      const { form = '' } = await formOf(relative, `/wallet/transfer/${transfer}"`);
      const back = { do: 'giveBack', amount: '0.01', form };
      const statuses = [];
      for (let time = 0; time < 2; time += 1) {
        statuses.push((await relative.post(`/wallet/transfer/${transfer}`, back)).status);
      }
      expect(statuses).toEqual([200, 409]);
    }
    expect(world.centre.wallet.stateOf(mother).balance).toBe(before - 2);
  });

  it('R73: what was accepted is given back once, though the form is sent twice', async () => {
    await sent('80.00');
    const before = balances();
    const relative = await world.signedIn(mother);
    const transfer = waiting();
    await relative.post(`/wallet/transfer/${transfer}`, { do: 'accept' });
    const { form } = await formOf(relative, `/wallet/transfer/${transfer}`);
    const back = { do: 'giveBack', amount: '30.00', form: form ?? '' };
    const answers = [
      await relative.post(`/wallet/transfer/${transfer}`, back),
      await relative.post(`/wallet/transfer/${transfer}`, back),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 409]);
    expect(balances()).toEqual([(before[0] ?? 0) - 5000, (before[1] ?? 0) + 5000]);
  });

  it('nobody but the receiver accepts, and nobody but the sender takes back', async () => {
    const { visitor } = await sent('80.00', 'wallet-2024');
    expect((await visitor.get('/wallet')).text).toContain('value="withdraw"');
    const stranger = await world.signedIn('demo.daughter');
    const before = balances();
    expect((await visitor.post(`/wallet/transfer/${waiting()}`, { do: 'accept' })).status).toBe(409);
    for (const act of ['accept', 'decline', 'withdraw']) {
      expect((await stranger.post(`/wallet/transfer/${waiting()}`, { do: act })).status).toBe(409);
    }
    expect(world.centre.wallet.stateOf(mother).incoming).toHaveLength(1);
    expect((await visitor.post(`/wallet/transfer/${waiting()}`, { do: 'withdraw' })).status).toBe(200);
    expect(world.centre.wallet.stateOf(mother).incoming).toHaveLength(0);
    expect(balances()).toEqual(before);
  });

  it('R71: one that goes back by itself cannot be taken back, and says when it goes', async () => {
    const { visitor } = await sent('80.00');
    const { text } = await visitor.get('/wallet');
    expect(text).toContain('2025-04-20 06:00');
    expect(text).not.toContain('value="withdraw"');
    world.clock.advance(20 * 3_600_000);
    const later = await (await world.signedIn(son)).get('/wallet');
    expect(later.text).toContain('超时未接收，已退回');
  });

  it('R70: what is above a limit is told with its rule, and nothing is moved', async () => {
    world = citizenWorld('wallet-2025');
    world.centre.registry.set(son, { balance: fen(500_000) });
    const visitor = await world.signedIn(son);
    const answer = await visitor.post('/wallet/send', { ...(await formOf(visitor)), amount: '2000.01' });
    expect(answer).toMatchObject({ status: 409, text: expect.stringContaining('R70') });
    expect(world.centre.wallet.stateOf(son).outgoing).toEqual([]);
  });

  it.each(['', '0', 'abc', '1.234', '-5'])('an amount of "%s" sends nothing', async (amount) => {
    world = citizenWorld('wallet-2025');
    const visitor = await world.signedIn(son);
    const { status } = await visitor.post('/wallet/send', { ...(await formOf(visitor)), amount });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(world.centre.wallet.stateOf(son).outgoing).toEqual([]);
  });

  it('money goes to somebody who is linked only', async () => {
    world = citizenWorld('wallet-2025');
    const visitor = await world.signedIn('link-cancelled.son');
    expect((await visitor.get('/wallet')).text).toContain('请先办理关联');
    expect((await visitor.post('/wallet/send', { to: mother, amount: '1.00', form: 'x' })).status).toBe(422);
  });
});

describe('the national list of areas (R69)', () => {
  const counts: Readonly<Record<string, number>> = {
    北京市: 1,
    天津市: 1,
    河北省: 11,
    山西省: 11,
    内蒙古自治区: 12,
    辽宁省: 14,
    吉林省: 9,
    黑龙江省: 13,
    上海市: 1,
    江苏省: 13,
    浙江省: 11,
    安徽省: 16,
    福建省: 9,
    江西省: 11,
    山东省: 16,
    河南省: 17,
    湖北省: 13,
    湖南省: 14,
    广东省: 21,
    广西壮族自治区: 14,
    海南省: 4,
    重庆市: 1,
    四川省: 21,
    贵州省: 9,
    云南省: 16,
    西藏自治区: 7,
    陕西省: 10,
    甘肃省: 14,
    青海省: 8,
    宁夏回族自治区: 5,
    新疆维吾尔自治区: 14,
  };
  const national = loadListedAreas(readFixture('national-areas.yaml'));

  it('has 337 areas: the 333 divisions at prefecture level and 4 municipalities, so many a province', () => {
    world = citizenWorld();
    const found: Record<string, number> = {};
    for (const area of national) {
      const province = area.split('/')[0] ?? '';
      found[province] = (found[province] ?? 0) + 1;
    }
    expect(found).toEqual(counts);
    expect(national.size).toBe(337);
    const ending = (end: RegExp) => [...national].filter((area) => end.test(area)).length;
    expect([ending(/市$/), ending(/自治州$/), ending(/地区$/), ending(/盟$/)]).toEqual([293 + 4, 30, 7, 3]);
  });

  it('has the listed areas that are at its level, and none of those below it (R67, R68)', () => {
    world = citizenWorld();
    const below = [...loadRules().listedAreas].filter((area) => !national.has(area)).sort();
    expect(below).toEqual(
      [
        '四川省/省本级',
        '重庆市/云阳县',
        '河北省/辛集市',
        '河北省/定州市',
        '河北省/雄安新区',
        '河北省/省本级',
        '湖北省/潜江市',
      ].sort(),
    );
  });
});

describe('the area page (R64 to R69)', () => {
  const cases = [
    {
      it: 'R64: one city',
      provider: '四川省/成都市',
      beneficiary: '四川省/成都市',
      profile: 'chongqing-2021',
      open: true,
    },
    {
      it: 'R64: districts of a municipality',
      provider: '重庆市/渝中区',
      beneficiary: '重庆市/云阳县',
      profile: 'chongqing-2021',
      open: true,
    },
    {
      it: 'R64: two cities',
      provider: '四川省/成都市',
      beneficiary: '四川省/广安市',
      profile: 'chongqing-2021',
      open: false,
      rules: ['R2', 'R64'],
    },
    {
      it: 'R65: one province',
      provider: '四川省/成都市',
      beneficiary: '四川省/泸州市',
      profile: 'national-2024',
      open: true,
    },
    {
      it: 'R65: two provinces',
      provider: '四川省/成都市',
      beneficiary: '重庆市/重庆市',
      profile: 'national-2024',
      open: false,
      rules: ['R65'],
    },
    {
      it: 'R66: both listed',
      provider: '四川省/成都市',
      beneficiary: '江苏省/苏州市',
      profile: 'wallet-2024',
      open: true,
    },
    {
      it: 'R66: the provider is not listed',
      provider: '四川省/泸州市',
      beneficiary: '江苏省/苏州市',
      profile: 'wallet-2024',
      open: false,
      rules: ['R66'],
    },
    {
      it: 'R67: 省本级 is not the province',
      provider: '四川省/省本级',
      beneficiary: '四川省/绵阳市',
      profile: 'wallet-2024',
      open: false,
      rules: ['R66'],
    },
    {
      it: 'R68: of Chongqing only Yunyang',
      provider: '重庆市/云阳县',
      beneficiary: '重庆市/渝中区',
      profile: 'wallet-2024',
      open: false,
      rules: ['R66'],
    },
    {
      it: 'R69: anywhere',
      provider: '西藏自治区/阿里地区',
      beneficiary: '黑龙江省/大兴安岭地区',
      profile: 'national-2026',
      open: true,
    },
  ] as const;

  it.each(cases)('$it', async ({ provider, beneficiary, profile, open, ...more }) => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.mother');
    const { text } = await visitor.get(`/areas?${new URLSearchParams({ provider, beneficiary, profile })}`);
    expect(text).toContain(open ? '已开通，可以共济' : '未开通，不能共济');
    const told = [...text.matchAll(/class="rule">(R\d+)/g)].map(([, rule]) => rule);
    expect(told).toEqual('rules' in more ? more.rules : []);
  });

  it('an area that is on no list is not judged', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.mother');
    const { text } = await visitor.get('/areas?provider=%E5%9B%9B%E5%B7%9D%E7%9C%81/x&beneficiary=y');
    expect(text).not.toContain('class="notice');
  });
});

describe('a household under two profiles', () => {
  it('says which links hold under each and who pays what', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.mother');
    const { text } = await visitor.get('/profiles?household=demo&a=chongqing-2021&b=national-2026');
    expect(text).toContain('王*芸 → 李*兰');
    expect(text).toContain('≠');
    expect(text).toContain('王*芸 50.00');
    const same = await visitor.get('/profiles?household=demo&a=chongqing-2021&b=chongqing-2021');
    expect(same.text).not.toContain('class="differs"');
  });
});
