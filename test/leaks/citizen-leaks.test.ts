import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadDeck } from '../../src/app/deck.ts';
import { type CitizenWorld, citizenWorld, Visitor } from '../app/citizen-visit.ts';
import { LeakSearch } from './leak-search.ts';
import { heapStrings, leaksInFiles } from './searched-places.ts';

const program = resolve(import.meta.dirname, '../../src/cli/gongji.ts');
/** E-card PINs; the deck's own one stands on the pages, for whoever tries them. */
const pins = { chosen: '739158', wrong: '604297', second: '285714', refused: '918364' } as const;
const deckPin = '246802';
const { people } = loadDeck();
const pinsSought = Object.entries(pins).map(([what, text]) => ({ what: `the ${what} PIN`, text }));
const search = new LeakSearch(
  pinsSought,
  people.flatMap(({ id, residentId, computerNumber = '', card }) => [
    { what: `the ID number of ${id}`, text: residentId },
    { what: `the 社保电脑号 of ${id}`, text: computerNumber },
    { what: `the card number of ${id}`, text: card.pan },
    { what: `the social security card number of ${id}`, text: card.ssCardNumber },
    { what: `the card identification code of ${id}`, text: card.cardSn },
  ]),
);
const pinSearch = new LeakSearch(pinsSought);

const [daughter, mother, father] = ['demo.daughter', 'demo.mother', 'both-short.father'];
function personOf(id: string) {
  const found = people.find((one) => one.id === id);
  if (found === undefined) throw new Error(`nobody is ${id}`);
  return found;
}
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const add = '/ecard/family/add';
const links = '/phone/hall/services/account/links';

/** What a browser was told, without the id of its visit, which is another test's. */
interface Answer {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly headers: string;
  readonly cache: string | null;
  readonly text: string;
}
const answers: Answer[] = [];
type Ask = (path: string, init: RequestInit) => Promise<Response>;
/** Asks a server, and keeps what it answers. */
function asking(url: string, ask: Ask): Ask {
  return async (path, init) => {
    const headers = new Headers(init.headers);
    if (headers.get('Origin') === 'http://localhost') headers.set('Origin', url);
    const answer = await ask(path, { ...init, headers, redirect: 'manual' });
    const told = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    answers.push({
      path,
      method: init.method ?? 'GET',
      status: answer.status,
      headers: told.replace(/(?<=gongji_citizen=)[0-9a-f]{64}/g, 'id'),
      cache: answer.headers.get('cache-control'),
      text: await answer.clone().text(),
    });
    return answer;
  };
}
/** The program's server, as a process of its own sees it. */
const overNetwork = (url: string): Ask => asking(url, (path, init) => fetch(url + path, init));

/** The table of synthetic numbers is for whoever tries the pages, and a form keeps what was typed into it until it is right:
 *  both are the asker's own. Everything else is searched. */
function searchedText({ status, text }: Answer): string {
  const without = text.replace(/<details class="card"><summary>(?:测试数据|Test data)[\s\S]*?<\/details>/g, '');
  return status === 200 || status === 422
    ? without.replace(/(<input id="(?:residentId|computerNumber)"[^>]* value=")[^"]*/g, '$1')
    : without;
}

function leaksInAnswers(): readonly string[] {
  return answers.flatMap((answer) => {
    const where = `${answer.method} ${answer.path} (${answer.status})`;
    return [
      ...search.leaksIn(`the headers of ${where}`, answer.headers),
      ...search.leaksIn(where, searchedText(answer)),
    ];
  });
}

/** A relative is added, with PINs that are wrong and a number that is nobody's; two links are asked for, one in vain; the
 *  PIN is changed, and another one that is not allowed is not. */
async function useEverything(signIn: (person: string) => Promise<Visitor>): Promise<void> {
  const browser = await signIn(daughter);
  const { residentId } = personOf(daughter);
  const newPin = (oldPin: string, pin: string, own: string = residentId) =>
    browser.post('/ecard/pin', { residentId: own, oldPin, newPin: pin, againPin: pin });
  expect((await newPin(deckPin, pins.chosen)).status).toBe(200);
  expect((await newPin(pins.wrong, pins.refused)).status).toBe(422);
  expect((await newPin(pins.chosen, pins.refused, personOf(mother).residentId)).status).toBe(422);
  expect((await newPin(pins.chosen, pins.second)).status).toBe(200);
  expect(
    (await browser.post('/ecard/issue', { residentId, newPin: pins.refused, againPin: pins.refused })).status,
  ).toBe(422);

  for (const path of ['/ecard/mine', '/ecard/family']) await browser.get(path);
  await browser.post(add);
  await browser.submit(`${add}/pin`, { pin: pins.wrong });
  await browser.submit(`${add}/pin`, { pin: pins.chosen });
  await browser.submit(`${add}/pin`, { pin: pins.second });
  await browser.submit(`${add}/notice`, { agreed: 'yes' });
  const relative = { name: personOf(mother).name, residentId: personOf(mother).residentId, relation: 'parent' };
  expect((await browser.post(`${add}/details`, { ...relative, residentId: personOf(father).residentId })).status).toBe(
    422,
  );
  expect((await browser.post(`${add}/details`, { ...relative, residentId: '999999199001010010' })).status).toBe(422);
  await browser.submit(`${add}/details`, relative);
  await browser.upload(`${add}/proof`, { proof: png });
  const hers = await signIn(mother);
  const check = /action="(\/ecard\/face\/\w+)"/.exec((await hers.get('/ecard/face')).text)?.[1] ?? '';
  expect((await hers.post(check, { outcome: 'passed' })).status).toBe(200);
  await browser.get(`${add}/face`);
  const opened = await browser.get(`${add}/opened`);
  const member = /\/ecard\/family\/members\/\w+/.exec(opened.text)?.[0] ?? '';
  for (const page of ['', '/statement', '/certify', '/transfer', '/code']) await browser.get(member + page);
  await browser.post(`${member}/code/fresh`);

  const form = { name: '', phone: '', mobile: '13900000000', relation: 'parent', cautionTicked: 'yes', caution: 'yes' };
  const asked = (id: string) => ({ ...form, name: personOf(id).name, residentId: personOf(id).residentId });
  for (const to of [asked(father), asked(mother), { ...asked(father), residentId: '99999919900101001' }, {}]) {
    await browser.submit(`${links}/add`, to);
  }
  const standing = /href="(\/[^"]*\/cancel\/\w+)"/.exec((await browser.get(links)).text)?.[1] ?? '';
  await browser.submit(standing);
  const review = await browser.submit(`${links}/add`, asked(mother));
  const task = /action="(\/[^"]*\/review\/\w+)"/.exec(review.text)?.[1] ?? '';
  expect((await browser.submit(task)).text).toContain('关联已建立');
  for (const path of [links, `${links}/history`, '/wallet', '/areas', '/profiles', '/code']) await browser.get(path);
}

/** Requests as no browser of ours sends them, each with secrets in it. */
async function misuse(browser: Visitor, ask: Ask): Promise<void> {
  const { residentId } = personOf(daughter);
  // At the step that asks for the PIN, so that it is not the order of the steps that keeps it.
  for (const path of ['/ecard/mine', '/ecard/family']) await browser.get(path);
  await browser.post(add);
  const fields = { pin: pins.wrong, residentId, oldPin: pins.wrong, newPin: pins.refused, name: residentId };
  // A form whose files never end, JSON instead of a form, and escapes that are none.
  const broken = [
    ['multipart/form-data; boundary=b', `--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n${pins.wrong}`],
    ['multipart/form-data', JSON.stringify(fields)],
    ['application/x-www-form-urlencoded', `%zz=${residentId}&pin=${pins.wrong}&pin=${pins.refused}&pin[]=%`],
    ['application/json', `{"pin":"${pins.wrong}","residentId":"${residentId}"`],
  ] as const;
  for (const path of [`${add}/pin`, `${add}/proof`, '/ecard/pin', '/ecard/issue', `${links}/add`, '/wallet/send']) {
    await browser.post(path, fields, 'https://evil.example');
    await browser.post(`/nowhere${path}`, fields);
    await browser.get(`${path}?${new URLSearchParams(fields)}`);
    for (const [type, body] of broken) {
      const headers = { 'Content-Type': type, Origin: 'http://localhost', Cookie: browser.cookie };
      await ask(path, { method: 'POST', headers, body });
    }
  }
  const large = `${pins.wrong} ${residentId} `.repeat(500_000);
  const headers = { 'Content-Type': 'text/plain', 'Content-Length': String(large.length), Cookie: browser.cookie };
  await ask('/ecard/pin', { method: 'POST', headers: { ...headers, Origin: 'http://localhost' }, body: large });
}

let folder: string;
let env: NodeJS.ProcessEnv;
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-citizen-leaks-'));
  env = { ...process.env, GONGJI_CONFIG_DIR: join(folder, 'config'), NODE_COMPILE_CACHE: join(folder, 'compiled') };
});
beforeEach(() => answers.splice(0));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `gongji citizen` in a process of its own. */
async function serve(data: string) {
  const snapshots = mkdtempSync(join(folder, 'snapshots-'));
  const flags = [
    '--heapsnapshot-signal=SIGUSR2',
    '--heap-snapshot-string-limit=10000000',
    `--diagnostic-dir=${snapshots}`,
  ];
  const args = [...flags, program, 'citizen', '--port', '0', '--data', data, '--profile', 'chongqing-2021'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const closed = once(child, 'close');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  await expect.poll(() => printed, { timeout: 30_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n/);
  const ask = overNetwork(printed.trim());
  return {
    ask,
    printed: () => printed,
    async signIn(person: string): Promise<Visitor> {
      const visitor = new Visitor(ask);
      await visitor.post('/sign-in', { person });
      return visitor;
    },
    /** The strings of its heap after a full collection. */
    async heap(): Promise<string> {
      child.kill('SIGUSR2');
      const written = () =>
        readdirSync(snapshots).flatMap((name) => {
          // It is being written until it can be read.
          try {
            return [heapStrings(readFileSync(join(snapshots, name), 'utf8'))];
          } catch {
            return [];
          }
        });
      await expect.poll(() => written().length, { timeout: 30_000, interval: 500 }).toBe(1);
      return written()[0] ?? '';
    },
    async end(signal: 'SIGTERM' | 'SIGKILL') {
      child.kill(signal);
      await closed;
    },
  };
}

describe('the citizens’ pages as a program', () => {
  it('leave no e-card PIN and no number in answers, headers, print, files and heap, nor after a kill', async () => {
    const data = join(folder, 'data');
    const server = await serve(data);
    await useEverything(server.signIn);
    await misuse(await server.signIn(daughter), server.ask);
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses]).toEqual(expect.arrayContaining([200, 303, 403, 404, 409, 413, 422]));
    expect(leaksInAnswers()).toEqual([]);
    expect(search.leaksIn('what was printed', server.printed())).toEqual([]);
    expect(leaksInFiles(search, data)).toEqual([]);
    expect(pinSearch.leaksIn('the heap', await server.heap())).toEqual([]);
    await server.end('SIGKILL');
    expect(leaksInFiles(search, data)).toEqual([]);

    const again = await serve(data);
    const browser = await again.signIn(daughter);
    for (const path of ['/ecard/mine', '/ecard/family']) await browser.get(path);
    await browser.post(add);
    // What was changed is what counts, so that the walk above was no empty one.
    expect((await browser.submit(`${add}/pin`, { pin: pins.chosen })).text).toContain('密码错误');
    expect(await browser.post(`${add}/pin`, { pin: pins.second })).toMatchObject({ to: `${add}/notice` });
    await again.end('SIGTERM');
    expect(search.leaksIn('what was printed', again.printed())).toEqual([]);
    expect(leaksInFiles(search, data)).toEqual([]);
  }, 120_000);
});

describe('the citizens’ pages, looked at', () => {
  let world: CitizenWorld;
  beforeEach(() => {
    world = citizenWorld();
  });
  afterEach(() => world.close());

  it('have every answer kept nowhere, whatever became of the request', async () => {
    const ask = asking('http://localhost', world.ask);
    const signIn = async (person: string) => {
      const visitor = new Visitor(ask);
      await visitor.post('/sign-in', { person });
      return visitor;
    };
    await useEverything(signIn);
    const browser = await signIn(daughter);
    await misuse(browser, ask);
    await new Visitor(ask).get('/ecard/pin');
    await browser.post('/language', { language: 'en' });
    await browser.post('/sign-out');
    const kept = answers.filter(({ cache }) => cache !== 'no-store').map(({ path, status }) => `${path} (${status})`);
    expect(kept).toEqual([]);
    expect(answers.length).toBeGreaterThan(80);
    expect(leaksInAnswers()).toEqual([]);
    expect(
      search.leaksIn(
        'the reports of faults',
        world.faults.map((fault) => inspect(fault, { depth: 8, showHidden: true })).join('\n'),
      ),
    ).toEqual([]);
  });

  it('tell nobody what was typed when the centre fails under it, and report no more', async () => {
    const ask = asking('http://localhost', world.ask);
    const browser = new Visitor(ask);
    await browser.post('/sign-in', { person: daughter });
    for (const path of ['/ecard/mine', '/ecard/family']) await browser.get(path);
    await browser.post(add);
    world.centre.close();
    const { residentId } = personOf(daughter);
    await browser.post(`${add}/pin`, { pin: pins.chosen });
    await browser.post('/ecard/pin', { residentId, oldPin: pins.wrong, newPin: pins.second, againPin: pins.second });
    await browser.post('/ecard/issue', { residentId, newPin: pins.refused, againPin: pins.refused });
    await browser.post(`${links}/add`, { residentId, name: residentId });
    expect(answers.slice(-4).map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect(world.faults).toHaveLength(4);
    const reports = world.faults
      .map((fault) => `${fault.stack}\n${inspect(fault, { depth: 8, showHidden: true })}`)
      .join('\n');
    expect(search.leaksIn('the reports', reports)).toEqual([]);
    expect(leaksInAnswers()).toEqual([]);
    expect(search.leaksIn('x', `${reports}${residentId}`)).not.toEqual([]);
    world = citizenWorld();
  });

  it('let nobody in by an id that was guessed, made from another one, or brought along', async () => {
    const known = await world.signedIn(daughter);
    const id = known.cookie.split('=')[1] ?? '';
    const next = (BigInt(`0x${id}`) + 1n).toString(16).padStart(64, '0');
    const guesses = [
      next,
      id.slice(0, 63),
      `${id}0`,
      id.toUpperCase(),
      ` ${id}x`,
      '0'.repeat(64),
      '',
      '__proto__',
      'constructor',
    ];
    for (const guess of guesses.filter((one) => one !== id)) {
      const thief = world.browser();
      thief.cookie = `gongji_citizen=${guess}`;
      expect(await thief.get('/ecard'), guess).toMatchObject({ status: 303, to: '/sign-in' });
      // Nor does a sign-in take up the id that it came with.
      const brought = await thief.post('/sign-in', { person: mother });
      expect(brought.headers.get('set-cookie')).not.toContain(`=${guess};`);
    }
    const ids = new Set<string>();
    for (let count = 0; count < 200; count += 1) ids.add((await world.signedIn(mother)).cookie);
    expect(ids.size).toBe(200);
    const own = [...ids].map((cookie) => cookie.split('=')[1] ?? '');
    expect(own.every((one) => /^[0-9a-f]{64}$/.test(one))).toBe(true);
    // No part of an id is the same in all of them: nothing in it counts up or tells a time.
    for (let at = 0; at < 64; at += 1) expect(new Set(own.map((one) => one[at])).size).toBeGreaterThan(8);
  });
});
