import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sum } from '../../src/domain/money.ts';
import { Envelopes, embeddedOptions, link, person, StandingClock, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';

const rounds = 20;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it(`kill -9, ${rounds} times: what was acknowledged is there, what is in doubt is whole or absent, the books balance`, async () => {
  const path = join(folder, 'centre.db');
  const open = () => openOwnAnswers(embeddedOptions(profile('national-2024'), new StandingClock(), path));
  const people = ['mother', 'father', 'daughter', 'son'];
  const first = open();
  first.registry.seed(
    'deck',
    people.map((id) => person(id, { balance: '5000' })),
    ['mother', 'father'].flatMap((beneficiary) => [link('daughter', beneficiary), link('son', beneficiary)]),
  );
  first.registry.set('mother', { balance: yuan('50') });
  first.close();
  const opening = yuan('15050');

  const acknowledged = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const inDoubt = await sellAndKill(path, round, acknowledged);
    const { centre, registry, close } = open();
    expect(registry.audit()).toEqual([]);
    const settled = registry.recordedOn('2025-04-19');
    const found = new Set(settled.map((record) => record.msgId));
    expect([...acknowledged].filter((msgId) => !found.has(msgId))).toEqual([]);
    // Everything that was never acknowledged is the one message that was under way when the process was killed.
    for (const msgId of found) if (!acknowledged.has(msgId)) expect(msgId).toBe(inDoubt);
    if (inDoubt !== null) {
      const answer = await centre.query({ ...new Envelopes('Q1').next(), of: inDoubt });
      expect(answer.kind).toBe(found.has(inDoubt) ? 'found' : 'absent');
      if (answer.kind === 'found') acknowledged.add(inDoubt);
    }
    const spent = sum(settled.flatMap((it) => ('split' in it ? [it.split.own, it.split.shared] : [])));
    const back = sum(settled.flatMap((it) => ('returned' in it ? [it.returned.own, it.returned.shared] : [])));
    const left = sum(people.map((id) => registry.balanceOf(id) ?? yuan('0')));
    expect(left + spent - back).toBe(opening);
    close();
  }
  expect(acknowledged.size).toBeGreaterThan(rounds);
}, 120_000);

/** Starts a process that sells, kills it when it begins its nth sale, and gives the message that was under way. */
async function sellAndKill(path: string, round: number, acknowledged: Set<string>): Promise<string | null> {
  const script = join(import.meta.dirname, 'selling-process.ts');
  const child = fork(script, [path, JSON.stringify(profile('national-2024')), String(round)], {
    execArgv: [],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  });
  let inDoubt: string | null = null;
  let begun = 0;
  child.on('message', (message: { intent?: string; settled?: string }) => {
    if (message.settled !== undefined) {
      acknowledged.add(message.settled);
      inDoubt = null;
    }
    if (message.intent !== undefined) {
      inDoubt = message.intent;
      begun += 1;
      if (begun === 1 + ((round * 7) % 11)) child.kill('SIGKILL');
    }
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  if (child.connected) await once(child, 'disconnect');
  return inDoubt;
}
