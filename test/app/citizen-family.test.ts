import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proofBytesMax } from '../../src/domain/proof-file.ts';
import { type CitizenWorld, citizenWorld, type Seen, type Visitor } from './citizen-visit.ts';

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const [daughter, mother] = ['demo.daughter', 'demo.mother'];

let world: CitizenWorld;
let family: CitizenWorld['centre']['family'];
beforeEach(() => {
  world = citizenWorld();
  family = world.centre.family;
});
afterEach(() => world.close());

const leadsTo = (path: string) => expect.objectContaining({ status: 303, to: path });

const add = '/ecard/family/add';
const detailsOf = (id: string, relation: string) => {
  const { name, residentId } = world.personOf(id);
  return { name, residentId, relation };
};
/** The steps in their order, each with the request that leads on from it. */
const walk: readonly {
  readonly page: string;
  readonly go: (browser: Visitor) => Promise<Seen>;
}[] = [
  { page: '/ecard', go: (browser) => browser.get('/ecard/mine') },
  { page: '/ecard/mine', go: (browser) => browser.get('/ecard/family') },
  { page: '/ecard/family', go: (browser) => browser.post(add) },
  { page: `${add}/pin`, go: (browser) => browser.post(`${add}/pin`, { pin: '246802' }) },
  { page: `${add}/notice`, go: (browser) => browser.post(`${add}/notice`, { agreed: 'yes' }) },
  { page: `${add}/details`, go: (browser) => browser.post(`${add}/details`, detailsOf(mother, 'parent')) },
  { page: `${add}/proof`, go: (browser) => browser.upload(`${add}/proof`, { proof: png }) },
  {
    page: `${add}/face`,
    go: async (browser) => {
      await answered(true);
      return browser.get(`${add}/face`);
    },
  },
  { page: `${add}/opened`, go: (browser) => browser.get('/ecard/family') },
];
const shownAt = async (browser: Visitor, path: string) => (await browser.get(path)).text;
async function answered(passed: boolean): Promise<Seen> {
  const browser = await world.signedIn(mother);
  const [check] = family.faceChecksOf(mother);
  return browser.post(`/ecard/face/${check?.id ?? 'none'}`, { outcome: passed ? 'passed' : 'failed' });
}
async function walkedTo(step: number): Promise<Visitor> {
  const browser = await world.signedIn(daughter);
  for (const { go } of walk.slice(0, step)) await go(browser);
  return browser;
}
const isAdding = (page: string) => page.startsWith(add);

describe('the pages of the family service', () => {
  it('lead through the fixed steps to an opened relative, and link nobody (R102, R106)', async () => {
    const linksAround = () => JSON.stringify([daughter, mother].map((one) => world.centre.registry.linksOf(one)));
    const before = linksAround();
    const browser = await world.signedIn(daughter);
    for (const { page, go } of walk) {
      expect([page, (await browser.get(page)).status]).toEqual([page, 200]);
      expect([page, (await go(browser)).status]).toEqual([page, expect.toBeOneOf([200, 303])]);
    }
    const [member] = family.membersOf(daughter);
    expect(member).toMatchObject({ state: 'opened', relation: 'parent' });
    const shown = await shownAt(browser, `/ecard/family/members/${member?.id}`);
    expect(shown).toContain('李*兰');
    expect(linksAround()).toBe(before);
  });

  it.each(walk.map(({ page }, step) => [page, step] as const))(
    'at %s let no other step be taken, by URL or by form, and change nothing (R102)',
    async (page, step) => {
      const others = walk.filter((other) => isAdding(other.page) && other.page !== page);
      const browser = await walkedTo(step);
      for (const other of others) {
        const before = JSON.stringify(family.membersOf(daughter));
        const shown = await browser.get(other.page);
        expect([other.page, shown.status, shown.to]).toEqual([other.page, 303, page]);
        // The face check and what follows it are sent by nobody from here.
        if (/face|opened/.test(other.page)) continue;
        const forced = await other.go(browser);
        expect([other.page, forced.status]).toEqual([other.page, 409]);
        expect(JSON.stringify(family.membersOf(daughter))).toBe(before);
        if (isAdding(page)) expect((await browser.get(page)).status).toBe(200);
      }
    },
  );

  it('lead nobody straight to the list who comes from nowhere (R102)', async () => {
    const browser = await world.signedIn(daughter);
    expect(await browser.get('/ecard/family')).toEqual(leadsTo('/ecard'));
    expect((await browser.post(add)).status).toBe(409);
    // A PIN that is sent to a step that is not there is not looked at, so that it counts nothing.
    expect((await browser.post(`${add}/pin`, { pin: '135791' })).status).toBe(409);
    expect(family.verifyPin(daughter, Uint8Array.from('135791', Number))).toMatchObject({
      why: { kind: 'pinWrong', triesLeft: 5 },
    });
  });

  it('say what is wrong with a PIN and how many tries are left, and lock at the sixth (R84)', async () => {
    const browser = await walkedTo(3);
    for (const left of [5, 4, 3, 2, 1]) {
      await browser.post(`${add}/pin`, { pin: '135791' });
      expect(await shownAt(browser, `${add}/pin`)).toContain(`还可以输入 ${left} 次`);
    }
    await browser.post(`${add}/pin`, { pin: '12345' });
    expect(await shownAt(browser, `${add}/pin`)).toContain('密码是 6 位数字');
    await browser.post(`${add}/pin`, { pin: '135791' });
    expect(await shownAt(browser, `${add}/pin`)).toContain('2025-04-20 10:00 后再试');
    await browser.post(`${add}/pin`, { pin: '246802' });
    expect(await browser.get(`${add}/notice`)).toEqual(leadsTo(`${add}/pin`));
  });

  it('never give a PIN back to the browser', async () => {
    const browser = await walkedTo(3);
    const answer = await browser.post(`${add}/pin`, { pin: '135791' });
    expect(answer.text).not.toContain('135791');
    expect(await shownAt(browser, `${add}/pin`)).not.toContain('135791');
    const { residentId } = world.personOf(daughter);
    const typed = { residentId, oldPin: '135791', newPin: '112358', againPin: '112358' };
    const refused = await browser.post('/ecard/pin', typed);
    expect(refused.status).toBe(422);
    expect(refused.text).not.toMatch(/135791|112358/);
  });

  it('go on only with the notice agreed to', async () => {
    const browser = await walkedTo(4);
    const answer = await browser.post(`${add}/notice`);
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('请先阅读并同意告知书')]);
    expect(await browser.get(`${add}/details`)).toEqual(leadsTo(`${add}/notice`));
  });

  it.each([
    [{ residentId: '12' }, '身份证号码应为 18 位'],
    [{ name: '' }, '请填写姓名'],
    [{ name: '王某' }, '姓名与社保号码不一致'],
    [{ relation: 'cousin' }, '请选择关系'],
    ['self', '不能添加本人'],
  ] as const)('keep what was typed and say what is wrong: %j', async (changes, text) => {
    const browser = await walkedTo(5);
    const base = detailsOf(changes === 'self' ? daughter : mother, 'parent');
    const fields = changes === 'self' ? base : { ...base, ...changes };
    const answer = await browser.post(`${add}/details`, fields);
    const shown = answer.text;
    expect([answer.status, shown]).toEqual([422, expect.stringContaining(text)]);
    expect(shown).toContain(`value="${fields.name}"`);
  });

  it.each([
    ['nothing', {}, '请选择身份凭证文件'],
    ['a text', { proof: Uint8Array.from(Buffer.from('no picture')) }, '只收 PNG、JPEG 图片或 PDF'],
    ['more than 5 MB', { proof: new Uint8Array(proofBytesMax + 1) }, '超过 5 MB'],
    ['a photo nobody asked for', { proof: png, photo: png }, '满 16 周岁不需要上传人脸照片'],
  ] as const)('take no upload of %s', async (_, files, text) => {
    const browser = await walkedTo(6);
    expect(await browser.upload(`${add}/proof`, files)).toEqual(leadsTo(`${add}/proof`));
    expect(await shownAt(browser, `${add}/proof`)).toContain(text);
    expect(family.membersOf(daughter)).toEqual([]);
  });

  it('take two files of 5 MB each, and say of more that it is too large', async () => {
    const browser = await walkedTo(6);
    const large = new Uint8Array(proofBytesMax);
    large.set(png);
    expect((await browser.upload(`${add}/proof`, { proof: large, photo: large })).status).toBe(303);
    const answer = await browser.upload(`${add}/proof`, { proof: large, photo: large, more: large });
    expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('请换小些的文件')]);
  });

  it('ask for the PIN again when it was entered too long ago, and keep nothing of the relative', async () => {
    const browser = await walkedTo(6);
    world.clock.advance(600_000);
    expect(await browser.upload(`${add}/proof`, { proof: png })).toEqual(leadsTo(`${add}/pin`));
    expect(await shownAt(browser, `${add}/pin`)).toContain('密码验证已过期');
  });

  it('open nothing when the relative does not pass (R104), and let nobody else pass for him', async () => {
    const browser = await walkedTo(7);
    const [check] = family.faceChecksOf(mother);
    const stranger = await world.signedIn('both-short.son');
    for (const other of [browser, stranger]) {
      expect((await other.post(`/ecard/face/${check?.id}`, { outcome: 'passed' })).status).toBe(409);
    }
    expect((await browser.get(`${add}/face`)).status).toBe(200);
    await answered(false);
    expect(await browser.get(`${add}/face`)).toEqual(leadsTo(`${add}/not-opened`));
    expect(await shownAt(browser, `${add}/not-opened`)).toContain('亲情服务没有开通');
    expect(family.membersOf(daughter)).toEqual([]);
  });

  it('show an opened relative’s statement, certification, transfer and own code, and a stranger nothing of it (R105)', async () => {
    const browser = await walkedTo(9);
    const [member] = family.membersOf(daughter);
    const at = `/ecard/family/members/${member?.id}`;
    expect(await shownAt(browser, `${at}/statement`)).toContain('¥ 50.00');
    expect((await browser.post(`${at}/certify`)).text).toContain('2026-04-19');
    expect(await browser.post(`${at}/transfer`, { area: '四川省/成都市' })).toEqual(leadsTo('/ecard/transfers'));
    expect(await shownAt(browser, '/ecard/transfers')).toContain('已提交');
    expect((await browser.post(`${at}/transfer`, { area: '四川省/广安市' })).status).toBe(422);
    expect(await shownAt(browser, `${at}/code`)).toContain(`data-code-url="${at}/code/fresh"`);
    const { text: fresh } = await browser.post(`${at}/code/fresh`);
    expect(fresh.replace(/ /g, '')).toMatch(/424\d{21}0000/);
    const stranger = await world.signedIn('both-short.son');
    for (const path of ['', '/statement', '/certify', '/transfer', '/code', '/remove']) {
      expect([path, (await stranger.get(`${at}${path}`)).status]).toEqual([path, 409]);
    }
    expect((await stranger.post(`${at}/code`)).status).toBe(409);
    expect((await stranger.post(`${at}/code/fresh`)).text).not.toMatch(/svg|\d{4} \d{4}/);
  });

  it('forget where somebody was when he signs out', async () => {
    const browser = await walkedTo(6);
    await browser.post('/sign-out');
    await browser.post('/sign-in', { person: daughter });
    expect(await browser.get(`${add}/proof`)).toEqual(leadsTo('/ecard'));
  });

  it('speak English to who wants it', async () => {
    const browser = await walkedTo(4);
    await browser.post('/language', { language: 'en', to: '/ecard' });
    expect(await shownAt(browser, `${add}/notice`)).toContain('I have read the notice and agree to it');
  });
});
