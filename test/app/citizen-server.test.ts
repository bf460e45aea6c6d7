import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startCitizenPages } from '../../src/app/citizen/citizen-command.ts';
import { type CitizenServer, serveCitizens } from '../../src/app/citizen/citizen-server.ts';
import { throwAwayProtection } from '../../src/app/keys/key-protection.ts';
import { createKiosk } from '../../src/app/kiosk.ts';
import { sealLine } from '../../src/ipc/wedge-seal.ts';
import { citizenWorld } from './citizen-visit.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function served(): Promise<CitizenServer> {
  const world = citizenWorld();
  closing.push(() => world.close());
  const server = await serveCitizens(world.parts, { port: 0 });
  closing.push(() => server.close());
  return server;
}

/** The status that a request is answered with which names `host`. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((done, failed) => {
    request(`${url}/sign-in`, { headers: { Host: host } }, (response) => {
      response.resume();
      done(response.statusCode);
    })
      .once('error', failed)
      .end();
  });
}

/** A port that somebody has. */
async function takenPort(): Promise<number> {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  closing.push(() => new Promise<void>((closed) => other.close(() => closed())));
  return (other.address() as AddressInfo).port;
}

/** Signs in over the network and gives the cookie. */
async function signIn(url: string, person: string): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: url },
    body: new URLSearchParams({ person }),
  });
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('the server of the citizens’ pages', () => {
  it('listens on this machine alone, and answers no request that names another host', async () => {
    const { url } = await served();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { port } = new URL(url);
    const asked = await Promise.all(
      [`127.0.0.1:${port}`, `localhost:${port}`, `evil.example:${port}`, `127.0.0.1.evil.example:${port}`].map((host) =>
        statusFor(url, host),
      ),
    );
    expect(asked).toEqual([200, 200, 421, 421]);
  });

  it('serves nothing any more once it is closed, also to whoever is still connected', async () => {
    const server = await served();
    await fetch(`${server.url}/sign-in`);
    await server.close();
    await expect(fetch(`${server.url}/sign-in`)).rejects.toThrow();
  });

  it('a port that is taken is told by its name', async () => {
    const world = citizenWorld();
    closing.push(() => world.close());
    const port = await takenPort();
    await expect(serveCitizens(world.parts, { port })).rejects.toMatchObject({
      code: 'citizenServerFault',
      message: expect.stringContaining(`127.0.0.1:${port} (EADDRINUSE)`),
    });
  });

  it('takes no larger form than two documents need', async () => {
    const { url } = await served();
    const body = new URLSearchParams({ person: 'x'.repeat(16 * 1024 * 1024) });
    const response = await fetch(`${url}/sign-in`, { method: 'POST', headers: { Origin: url }, body });
    expect(response.status).toBe(413);
  });
});

describe('gongji citizen', () => {
  const command = { port: 0, profile: 'chongqing-2021', lang: 'zh-CN', report: () => undefined } as const;

  it('keeps what was done where a folder is named, and nobody else has the folder meanwhile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gongji-citizen-'));
    closing.push(() => rm(folder, { recursive: true }));
    const first = await startCitizenPages({ ...command, data: folder });
    closing.push(() => first.close());
    await expect(startCitizenPages({ ...command, data: folder })).rejects.toMatchObject({ code: 'inUse' });
    const cookie = await signIn(first.url, 'demo.daughter');
    const list = '/phone/hall/services/account/links';
    const page = await (await fetch(first.url + list, { headers: { Cookie: cookie } })).text();
    const linkId = /cancel\/(\w+)"/.exec(page)?.[1];
    await fetch(`${first.url}${list}/cancel/${linkId}`, {
      method: 'POST',
      headers: { Cookie: cookie, Origin: first.url },
    });
    await first.close();

    const second = await startCitizenPages({ ...command, data: folder });
    closing.push(() => second.close());
    const again = await fetch(second.url + list, { headers: { Cookie: await signIn(second.url, 'demo.daughter') } });
    expect(await again.text()).toContain('没有关联任何人');
  });

  it('an unknown profile is told, with those there are', async () => {
    await expect(startCitizenPages({ ...command, profile: 'atlantis-1999' })).rejects.toMatchObject({
      code: 'unknownProfile',
    });
  });
});

describe('beside a kiosk', () => {
  async function kioskWith(citizenPort: number) {
    const folder = await mkdtemp(join(tmpdir(), 'gongji-kiosk-'));
    closing.push(() => rm(folder, { recursive: true }));
    const devicesFile = join(folder, 'devices.yaml');
    await writeFile(devicesFile, 'readers: [virtual]\nscanner: none\n');
    const [urls, faults]: [string[], Error[]] = [[], []];
    const kiosk = await createKiosk({
      dataFolder: folder,
      fixturesFolder: resolve(import.meta.dirname, '../../fixtures'),
      devicesFile,
      keyProtections: [throwAwayProtection()],
      citizenPort,
      tellCitizenPages: (url) => urls.push(url),
      report: (fault) => faults.push(fault),
    });
    closing.push(() => kiosk.close());
    const view = () => kiosk.hello('operator').view;
    await expect.poll(() => view()?.stage, { timeout: 10_000 }).toBe('ready');
    return { kiosk, view, faults, url: urls[0] ?? '' };
  }

  it('R35: a code shown on the page pays at its scanner, without a PIN', async () => {
    const { kiosk, view, url } = await kioskWith(0);
    const headers = { Cookie: await signIn(url, 'demo.mother'), Origin: url };
    const shown = await (await fetch(`${url}/code/fresh`, { method: 'POST', headers })).text();
    const code = /code-digits">([\d ]+)</.exec(shown)?.[1]?.replaceAll(' ', '') ?? '';
    const stages: string[] = [];
    kiosk.onView(({ stage }) => stages.push(stage));
    kiosk.take({ kind: 'amount.submit', text: '80' }, 'operator');
    await expect.poll(() => view()?.stage).toBe('awaitingCard');
    kiosk.take({ kind: 'wedge.sealed', ...(await sealLine(code, kiosk.hello('operator').wedgeKey)) }, 'operator');
    await expect.poll(() => view()?.stage, { timeout: 10_000 }).toBe('approved');
    expect(view()?.split).toMatchObject({ own: 5000, shared: 3000, cash: 0 });
    expect(stages).not.toContain('awaitingPin');
  });

  it('a kiosk whose port is taken says so and sells without the pages', async () => {
    const { faults, url } = await kioskWith(await takenPort());
    expect(url).toBe('');
    expect(faults).toMatchObject([{ code: 'citizenServerFault' }]);
  });
});
