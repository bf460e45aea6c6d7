import { afterEach, describe, expect, it } from 'vitest';
import { chinaDateTime } from '../../src/domain/china-time.ts';
import { fen } from '../../src/domain/money.ts';
import { type CitizenWorld, citizenWorld, type Visitor } from './citizen-visit.ts';

const phone = '/phone/hall/services/account/links';
const web = '/web/social/medical/sharing';
const son = 'link-cancelled.son';
const mother = 'link-cancelled.mother';

let world: CitizenWorld;
afterEach(() => world.close());

/** What somebody types on the telephone to link `person`. */
function phoneForm(person: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { residentId, name } = world.personOf(person);
  return { residentId, name, mobile: '13800000000', relation: 'parent', caution: 'yes', ...changes };
}
function webForm(person: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { residentId, computerNumber = '' } = world.personOf(person);
  return { residentId, computerNumber, relation: 'parent', caution: 'yes', ...changes };
}
/** The links that have not ended, as `provider>beneficiary`. */
function linksOf(person: string): string[] {
  const now = world.clock.now();
  return world.centre.registry
    .linksOf(person)
    .filter(({ until }) => until === null || until > now)
    .map(({ provider, beneficiary }) => `${provider}>${beneficiary}`);
}
/** Fills in a form and gives the path of the dry run. */
async function applied(visitor: Visitor, base: string, form: Record<string, string>): Promise<string> {
  const { status, to, text } = await visitor.post(`${base}/add`, form);
  expect(status, text).toBe(303);
  return to ?? '';
}

describe('the telephone (R9, R11)', () => {
  it('each level of the menu path is a page that leads to the next', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(son);
    const path = ['/', '/phone', '/phone/hall', '/phone/hall/services', '/phone/hall/services/account', phone];
    for (const [at, next] of path.slice(1).entries()) {
      const { status, text } = await visitor.get(path[at] ?? '');
      expect(status).toBe(200);
      expect(text, `${path[at]} leads to ${next}`).toContain(`href="${next}"`);
    }
    expect((await visitor.get('/phone/hall')).text).toContain('服务大厅');
    expect((await visitor.get('/phone/hall/services/account')).text).toContain('医疗保险个人账户关联与取消');
    expect((await visitor.get(phone)).text).toContain('已关联的账号信息（使用者）');
  });

  it('makes a link after form, dry run and confirmation, and nothing before the confirmation', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(son);
    const review = await applied(visitor, phone, phoneForm(mother));
    expect((await visitor.get(review)).text).toContain('可以办理');
    expect(linksOf(son)).toEqual([]);
    const done = await visitor.submit(review);
    expect(done.text).toContain('关联已建立');
    expect(linksOf(son)).toEqual([`${son}>${mother}`]);
    const [record] = world.centre.links.historyOf(son);
    expect(done.text).toContain(record?.linkId);
    expect(record).toMatchObject({
      deed: 'linked',
      channel: 'phone',
      operator: 'self',
      institution: null,
      terminal: null,
    });
    expect((await visitor.get(phone)).text).toContain('取消关联');
  });

  it('the same confirmation twice is one link, and shows the same slip', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(son);
    const review = await applied(visitor, phone, phoneForm(mother));
    const [first, second] = [await visitor.submit(review), await visitor.submit(review)];
    expect(second.text).toBe(first.text);
    expect(world.centre.links.historyOf(son)).toHaveLength(1);
  });

  it('an application belongs to the visit that wrote it', async () => {
    world = citizenWorld();
    const review = await applied(await world.signedIn(son), phone, phoneForm(mother));
    const other = await world.signedIn('demo.daughter');
    expect((await other.get(review)).status).toBe(404);
    expect((await other.post(review)).status).toBe(404);
    expect(linksOf(mother)).toEqual([]);
  });

  it('R28: without the tick the dry run says so, and confirming all the same makes nothing', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(son);
    const review = await applied(visitor, phone, phoneForm(mother, { caution: '' }));
    const { text } = await visitor.get(review);
    expect(text).toContain('R28');
    expect(text).not.toContain('确认办理');
    expect((await visitor.post(review)).status).toBe(409);
    expect(linksOf(son)).toEqual([]);
  });

  it('tells every failed rule at once, each with its number', async () => {
    world = citizenWorld('chongqing-2022');
    world.centre.registry.set(mother, { status: 'suspended' });
    const visitor = await world.signedIn('demo.daughter');
    const { text } = await visitor.get(
      await applied(visitor, phone, phoneForm(mother, { relation: 'sibling', caution: '' })),
    );
    for (const rule of ['R28', 'R3', 'R17', 'R4']) expect(text).toContain(`${rule} · D`);
  });

  it('R8: change ends the old link and makes the new one in one go', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.daughter');
    const [old] = world.centre.links.standingsOf('demo.daughter');
    const review = await applied(visitor, phone, phoneForm(mother, { replaces: old?.linkId ?? '' }));
    await visitor.submit(review);
    expect(linksOf('demo.daughter')).toEqual([`demo.daughter>${mother}`]);
  });

  it.each([
    ['a short number', { residentId: '1234' }, '18 位'],
    ['a wrong check character', { residentId: '990000195612013191' }, '不对'],
    ['nobody’s number', { residentId: '11010519491231002X' }, '查无此人'],
    ['another name', { name: '张三丰' }, '姓名与身份证号码不一致'],
    ['no name', { name: ' ' }, '请填写姓名'],
    ['a mobile number that is none', { mobile: '1234' }, '11 位'],
    ['no relation', { relation: '' }, '请选择关系'],
    ['somebody else’s link to replace', { replaces: 'L00000001' }, '已不在'],
  ])('R11: %s is told at its field, and nothing is kept', async (_what, change, text) => {
    world = citizenWorld();
    const visitor = await world.signedIn(son);
    const answer = await visitor.post(`${phone}/add`, phoneForm(mother, change));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(text);
    expect(answer.text).toContain('没有提交');
  });

  it('what was typed is shown again as text, never as markup', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(son);
    const evil = '"><script>alert(1)</script>';
    const { text } = await visitor.post(
      `${phone}/add`,
      phoneForm(mother, { name: evil, residentId: evil, mobile: evil }),
    );
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;');
  });

  it('R22: a cancelled link is gone at once and its slip says why', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.daughter');
    const [standing] = world.centre.links.standingsOf('demo.daughter');
    const done = await visitor.submit(`${phone}/cancel/${standing?.linkId}`, { reason: 'changePerson' });
    expect(done.text).toContain('关联已取消');
    expect(done.text).toContain('更换使用人');
    expect(linksOf('demo.daughter')).toEqual([]);
  });

  it('R22: nobody cancels another’s link, nor the beneficiary one that only the provider may end', async () => {
    world = citizenWorld();
    const [standing] = world.centre.links.standingsOf('demo.daughter');
    const path = `${phone}/cancel/${standing?.linkId}`;
    expect((await (await world.signedIn(son)).post(path)).status).toBe(404);
    const beneficiary = await world.signedIn('demo.mother');
    expect((await beneficiary.get(phone)).text).not.toContain('取消关联');
    expect((await beneficiary.post(path)).status).toBe(409);
    expect(linksOf('demo.daughter')).toEqual(['demo.daughter>demo.mother']);
  });

  it('R22: a link that is too new says from when it may be cancelled', async () => {
    world = citizenWorld('chongqing-2021', { minLinkDays: 90 });
    const visitor = await world.signedIn(son);
    await visitor.submit(await applied(visitor, phone, phoneForm(mother)));
    const [standing] = world.centre.links.standingsOf(son);
    const { status, text } = await visitor.post(`${phone}/cancel/${standing?.linkId}`);
    expect(status).toBe(409);
    expect(text).toContain('最早可办理');
    expect(linksOf(son)).toHaveLength(1);
  });
});

describe('the personal web page (R19)', () => {
  it('each level of the menu path is a page that leads to the next', async () => {
    world = citizenWorld('shenzhen-2023');
    const visitor = await world.signedIn(son);
    const path = ['/', '/web', '/web/social', '/web/social/medical', web, `${web}/add`];
    for (const [at, next] of path.slice(1).entries()) {
      expect((await visitor.get(path[at] ?? '')).text, `${path[at]} leads to ${next}`).toContain(`href="${next}"`);
    }
    expect((await visitor.get(web)).text).toContain('新增绑定');
  });

  it('links by 社保电脑号, ID number and relation', async () => {
    world = citizenWorld('shenzhen-2023');
    const visitor = await world.signedIn(son);
    await visitor.submit(await applied(visitor, web, webForm(mother)));
    expect(linksOf(son)).toEqual([`${son}>${mother}`]);
    expect(world.centre.links.historyOf(son)[0]?.channel).toBe('web');
  });

  it.each([
    ['numbers of two people', () => world.personOf('demo.mother').computerNumber ?? '', '不是同一个人'],
    ['a 社保电脑号 that nobody has', () => '0012345678', '查无此社保电脑号'],
    ['letters', () => 'ABC', '只有数字'],
    ['nothing', () => '', '请填写社保电脑号'],
  ])('refuses %s, and nothing is kept', async (_what, computerNumber, text) => {
    world = citizenWorld('shenzhen-2023');
    const visitor = await world.signedIn(son);
    const answer = await visitor.post(`${web}/add`, webForm(mother, { computerNumber: computerNumber() }));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(text);
  });

  it('R16: whoever links himself is refused', async () => {
    world = citizenWorld('shenzhen-2023');
    const visitor = await world.signedIn(son);
    const review = await applied(visitor, web, webForm(son));
    expect((await visitor.get(review)).text).toContain('R25 · D47');
    expect((await visitor.post(review)).status).toBe(409);
  });
});

describe('consent of the beneficiary and quota (R12, R75)', () => {
  /** The son has asked; gives his and his mother's browser. */
  async function asked(quota = '120.50') {
    world = citizenWorld('national-2026');
    const visitor = await world.signedIn(son);
    const done = await visitor.submit(await applied(visitor, phone, phoneForm(mother, { quota })));
    return { visitor, done, relative: await world.signedIn(mother) };
  }
  const askOf = () => world.centre.links.asksFor(mother)[0]?.askId ?? '';

  it('an application waits until the beneficiary agrees on a page of her own', async () => {
    const { visitor, done, relative } = await asked();
    expect(done.text).toContain('等待同意');
    expect(linksOf(son)).toEqual([]);
    expect((await visitor.get(phone)).text).not.toContain('value="agree"');
    expect((await relative.get(phone)).text).toContain('¥ 120.50');
    const slip = await relative.submit(`${phone}/ask/${askOf()}`, { answer: 'agree' });
    expect(slip.text).toContain('关联已建立');
    expect(linksOf(son)).toEqual([`${son}>${mother}`]);
  });

  it('the first page says that somebody waits for her answer, and leads to it', async () => {
    const { visitor, relative } = await asked();
    const { text } = await relative.get('/');
    expect(text).toContain('1 份申请等您同意');
    expect(text).toContain(`href="${phone}"`);
    expect((await visitor.get('/')).text).not.toContain('等您同意');
  });

  it('says before and after that a link without a quota gives nothing (R75)', async () => {
    world = citizenWorld('national-2026');
    const visitor = await world.signedIn(son);
    const review = await applied(visitor, phone, phoneForm(mother, { quota: '' }));
    expect((await visitor.get(review)).text).toContain('未设，设了才能使用');
    await visitor.submit(review);
    const relative = await world.signedIn(mother);
    await relative.submit(`${phone}/ask/${askOf()}`, { answer: 'agree' });
    expect((await visitor.get(phone)).text).toContain('未设共济额度，暂不能使用');
  });

  it('a quota beyond the account is refused with what there is and what to do', async () => {
    const { visitor, relative } = await asked('100.00');
    await relative.submit(`${phone}/ask/${askOf()}`, { answer: 'agree' });
    const path = `${phone}/quota/${world.centre.links.standingsOf(son)[0]?.linkId}`;
    const { text } = await visitor.post(path, { quota: '200.01' });
    expect(text).toContain('没有变动');
    expect(text).toContain('最多可设 ¥ 200.00');
  });

  it('the provider cannot agree in her name, nor anybody else', async () => {
    const { visitor } = await asked();
    const stranger = await world.signedIn('demo.daughter');
    for (const one of [visitor, stranger]) {
      const { status } = await one.post(`${phone}/ask/${askOf()}`, { answer: 'agree' });
      expect(status).toBe(409);
    }
    expect(linksOf(son)).toEqual([]);
  });

  it('refused is over: no link, and nothing left to answer', async () => {
    const { visitor, relative } = await asked();
    expect((await visitor.get(phone)).text).not.toContain('使用人不同意');
    const { text } = await relative.post(`${phone}/ask/${askOf()}`, { answer: 'refuse' });
    expect(text).toContain('已拒绝');
    const told = (await visitor.get(phone)).text;
    expect(told).toContain('使用人不同意');
    expect(told).toContain(chinaDateTime(world.clock.now()).slice(0, 16));
    expect((await relative.get(phone)).text).not.toContain('使用人不同意');
    expect(world.centre.links.asksFor(mother)).toEqual([]);
    expect(linksOf(son)).toEqual([]);
  });

  it('R134: when the money is gone meanwhile she is refused without being told what he has', async () => {
    const { relative } = await asked();
    world.centre.registry.set(son, { balance: fen(1234) });
    const { status, text } = await relative.post(`${phone}/ask/${askOf()}`, { answer: 'agree' });
    expect(status).toBe(409);
    expect(text).toContain('R75 · D49');
    expect(text).not.toContain('12.34');
    expect(linksOf(son)).toEqual([]);
  });

  it('an answer that is neither is none', async () => {
    const { relative } = await asked();
    await relative.post(`${phone}/ask/${askOf()}`, { answer: 'maybe' });
    expect(world.centre.links.asksFor(mother)).toHaveLength(1);
  });

  it('the quota is changed within what the account has, and only by the provider', async () => {
    const { visitor, relative } = await asked();
    await relative.post(`${phone}/ask/${askOf()}`, { answer: 'agree' });
    const quota = () => world.centre.links.standingsOf(son)[0]?.quotaLeft;
    const path = `${phone}/quota/${world.centre.links.standingsOf(son)[0]?.linkId}`;
    expect((await visitor.post(path, { quota: '200.01' })).status).toBe(409);
    expect((await visitor.post(path, { quota: '1.234' })).status).toBe(422);
    expect((await relative.post(path, { quota: '1.00' })).status).not.toBe(200);
    expect(quota()).toBe(12_050);
    expect((await visitor.post(path, { quota: '200.00' })).text).toContain('¥ 200.00');
    expect(quota()).toBe(20_000);
    const { text } = await visitor.get(`${phone}/history`);
    for (const words of ['共济额度调整单', '调整前额度', '120.50', '200.00']) expect(text).toContain(words);
    expect(world.centre.links.historyOf(son).at(-1)).toMatchObject({ channel: 'phone', operator: 'self' });
  });

  it('the beneficiary may end such a link too', async () => {
    const { relative } = await asked();
    await relative.post(`${phone}/ask/${askOf()}`, { answer: 'agree' });
    const [standing] = world.centre.links.standingsOf(mother);
    const done = await relative.submit(`${phone}/cancel/${standing?.linkId}`);
    expect(done.text).toContain('关联已取消');
    expect(linksOf(mother)).toEqual([]);
  });
});
