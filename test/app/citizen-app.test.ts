import { afterEach, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/app/rules.ts';
import { type CitizenWorld, citizenWorld, type Seen, type Visitor } from './citizen-visit.ts';

let world: CitizenWorld;
afterEach(() => world.close());

const daughter = 'demo.daughter';

/** Every page that links and menus lead to from the start, with what it answered. */
async function crawled(visitor: Visitor): Promise<ReadonlyMap<string, Seen>> {
  const pages = new Map<string, Seen>();
  const waiting = ['/'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (pages.has(path)) continue;
    const seen = await visitor.get(path);
    pages.set(path, seen);
    for (const [, href = ''] of seen.text.matchAll(/<a [^>]*href="(\/[^"#]*)"/g))
      waiting.push(href.replaceAll('&amp;', '&'));
    if (seen.to !== null) waiting.push(seen.to);
  }
  return pages;
}

/** The page without the table that shows synthetic numbers to whoever tries it. */
const withoutTestNumbers = (text: string) =>
  text.replace(/<details class="card"><summary>(?:测试数据|Test data)[\s\S]*?<\/details>/g, '');

describe('who may see what', () => {
  it('nobody sees a page, or posts to one, without having signed in', async () => {
    world = citizenWorld();
    const pages = await crawled(await world.signedIn(daughter));
    const stranger = world.browser();
    for (const path of pages.keys()) {
      expect(await stranger.get(path), path).toMatchObject({ status: 303, to: '/sign-in' });
    }
    for (const path of ['/code/fresh', '/wallet/open', '/phone/hall/services/account/links/add']) {
      expect(await stranger.post(path), path).toMatchObject({ status: 303, to: '/sign-in' });
    }
    expect(pages.size).toBeGreaterThan(15);
  });

  it('a visit’s id is of 256 bits, changes with the sign-in, and is not for scripts or other sites', async () => {
    world = citizenWorld();
    const visitor = world.browser();
    await visitor.post('/language', { language: 'en' });
    const before = visitor.cookie;
    const { headers } = await visitor.post('/sign-in', { person: daughter });
    expect(headers.get('set-cookie')).toMatch(/^gongji_citizen=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(visitor.cookie).not.toBe(before);
    const old = world.browser();
    old.cookie = before;
    expect((await old.get('/')).to).toBe('/sign-in');
  });

  it('a visit ends with the sign-out, and after a quarter of an hour without a request', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(daughter);
    const { cookie } = visitor;
    world.clock.advance(15 * 60_000);
    expect((await visitor.get('/')).status).toBe(200);
    world.clock.advance(15 * 60_000 + 1);
    expect((await visitor.get('/')).to).toBe('/sign-in');
    const again = await world.signedIn(daughter);
    const left = again.cookie;
    await again.post('/sign-out');
    for (const ended of [cookie, left]) {
      const thief = world.browser();
      thief.cookie = ended;
      expect((await thief.get('/')).to).toBe('/sign-in');
    }
  });

  it('nobody signs in as somebody who is not of the deck', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn('demo.stranger');
    expect((await visitor.get('/')).to).toBe('/sign-in');
  });

  it('a form of another site is refused, also one that hides where it comes from', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(daughter);
    const [standing] = world.centre.links.standingsOf(daughter);
    for (const origin of ['https://evil.example', 'null', 'http://localhost:81']) {
      const path = `/phone/hall/services/account/links/cancel/${standing?.linkId}`;
      expect((await visitor.post(path, {}, origin)).status).toBe(403);
    }
    expect(world.centre.links.standingsOf(daughter)).toHaveLength(1);
  });

  it('a choice of language leads back to a page of these, never to another site', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(daughter);
    expect((await visitor.post('/language', { language: 'en', to: '/wallet' })).to).toBe('/wallet');
    for (const to of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '']) {
      expect((await visitor.post('/language', { language: 'en', to })).to).toBe('/');
    }
  });
});

describe('every page', () => {
  const languages = ['zh-CN', 'en'] as const;
  it.each([...loadRules().profiles.keys()].flatMap((name) => languages.map((language) => [name, language] as const)))(
    'is complete under %s in %s, is kept nowhere, runs nothing of its own, and names nobody in full',
    async (name, language) => {
      world = citizenWorld(name);
      const visitor = await world.signedIn(daughter);
      await visitor.post('/language', { language });
      for (const [path, seen] of await crawled(visitor)) {
        expect(seen.status, path).toBeLessThan(400);
        expect(seen.headers.get('cache-control'), path).toBe('no-store');
        const policy = seen.headers.get('content-security-policy') ?? '';
        expect(policy, path).toContain("default-src 'none'");
        expect(policy, path).not.toContain('unsafe');
        // What such a policy would stop.
        expect(seen.text, path).not.toMatch(/<script(?! src=)|<style| style="| on[a-z]+="/);
        const text = withoutTestNumbers(seen.text);
        expect(text, path).not.toMatch(/\{\w+\}|undefined|\[object/);
        if (language === 'en') expect(text, path).not.toContain('请选择');
        for (const person of world.parts.deck.people) {
          expect(text, path).not.toContain(person.name);
          for (const number of [person.residentId, person.card.pan, person.card.ssCardNumber, person.card.cardSn])
            expect(text, path).not.toContain(number);
        }
      }
      expect(world.faults).toEqual([]);
    },
  );

  it('that is not there says so, and one whose work fails says that nothing was done, and why to nobody', async () => {
    world = citizenWorld();
    const visitor = await world.signedIn(daughter);
    expect(await visitor.get('/nowhere')).toMatchObject({ status: 404, text: expect.stringContaining('没有这个页面') });
    world.centre.close();
    const broken = await visitor.get('/wallet');
    expect(broken.status).toBe(500);
    expect(broken.text).toContain('没有办理');
    expect(world.faults).toHaveLength(1);
    expect(broken.text).not.toContain(world.faults[0]?.message);
    world = citizenWorld();
  });
});
