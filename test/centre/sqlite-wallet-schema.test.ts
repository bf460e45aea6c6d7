import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedOptions, link, person, StandingClock, start, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';

let folder: string;
let path: string;
let db: DatabaseSyncInstance;
/** 60 yuan of the daughter's 100, waiting; lapses the next morning. */
let waiting: string;
/** 10 yuan of the son's 50, accepted. */
let accepted: string;
const sixNextDay = Date.parse('2025-04-20T06:00:00+08:00');

const open = () => openOwnAnswers(embeddedOptions(profile('wallet-2025'), new StandingClock(), path));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-wallet-schema-'));
  path = join(folder, 'centre.db');
  const { registry, wallet, close } = open();
  const area = '重庆市/云阳县';
  registry.seed(
    'deck',
    [
      person('daughter', { balance: '100', area }),
      person('son', { balance: '50', area }),
      person('mother', { area }),
      person('aunt', { balance: '9', area }),
    ],
    [link('daughter', 'mother'), link('son', 'mother')],
  );
  const send = (from: string, amount: string) => {
    const answer = wallet.transfer({ from, to: 'mother', amount: yuan(amount) });
    if (answer.kind !== 'sent') throw new Error('not sent');
    return answer.transfer.transferId;
  };
  waiting = send('daughter', '60');
  accepted = send('son', '10');
  wallet.accept('mother', accepted);
  close();
  db = new DatabaseSync(path);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const transfer = (changes: Record<string, string | number | null> = {}) => {
  const row = {
    id: 'W1',
    sender: 'son',
    receiver: 'mother',
    link: 'L00000002',
    amount_fen: 4000,
    profile: 'wallet-2025',
    sent_at_ms: start,
    lapses_at_ms: sixNextDay,
    ...changes,
  };
  db.prepare(`INSERT INTO wallet_transfer (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => '?')})`).run(
    ...Object.values(row),
  );
};
const posting = (of: string | null, debit: string, credit: string, amount: number, at = start) =>
  db
    .prepare(
      `INSERT INTO posting (id, kind, transfer, debit, credit, amount_fen, at_ms)
       VALUES ((SELECT max(id) + 1 FROM posting), 'transfer', ?, ?, ?, ?, ?)`,
    )
    .run(of, debit, credit, amount, at);
const end = (id: string, as: string, at = start) =>
  db.prepare('UPDATE wallet_transfer SET ended_as = ?, ended_at_ms = ? WHERE id = ?').run(as, at, id);

describe('what the database itself refuses of wallet transfers', () => {
  it.each<[string, RegExp, () => void]>([
    ['more than the sender has beside what waits', /nobody sends more/, () => transfer({ amount_fen: 4001 })],
    ['over another’s link', /link of its two people/, () => transfer({ link: 'L00000001' })],
    ['against the link', /link of its two people/, () => transfer({ sender: 'mother', receiver: 'son' })],
    ['nothing', /CHECK/, () => transfer({ amount_fen: 0 })],
    [
      'one that is over before it waits',
      /waits at first/,
      () => transfer({ ended_as: 'declined', ended_at_ms: start }),
    ],
    ['one that lapses before it is sent', /CHECK/, () => transfer({ lapses_at_ms: start })],
    ['the same one twice', /sent once/, () => transfer({ id: waiting, sender: 'son' })],
    ['accepted without money moving', /accepted by its posting/, () => end(waiting, 'accepted')],
    ['a second end', /ends once/, () => end(accepted, 'declined')],
    ['an end after it lapsed', /lapsed is over/, () => end(waiting, 'declined', sixNextDay)],
    ['another amount', /keeps what it is/, () => db.exec('UPDATE wallet_transfer SET amount_fen = 1')],
    [
      'an end that is taken back',
      /ends once/,
      () => db.exec('UPDATE wallet_transfer SET ended_as = NULL, ended_at_ms = NULL'),
    ],
    ['a transfer removed', /never removed/, () => db.exec('DELETE FROM wallet_transfer')],
    ['money of no transfer', /CHECK|accepted once/, () => posting(null, 'personal:son', 'wallet:mother', 1000)],
    ['money of an unknown one', /accepted once/, () => posting('W9', 'personal:son', 'wallet:mother', 1000)],
    ['another amount moved', /accepted once/, () => posting(waiting, 'personal:daughter', 'wallet:mother', 5999)],
    [
      'moved after it lapsed',
      /in time/,
      () => posting(waiting, 'personal:daughter', 'wallet:mother', 6000, sixNextDay),
    ],
    ['another’s money', /accepted once/, () => posting(waiting, 'personal:son', 'wallet:mother', 6000)],
    ['into a personal account', /accepted once/, () => posting(waiting, 'personal:daughter', 'personal:mother', 6000)],
    ['accepted twice', /accepted once/, () => posting(accepted, 'personal:son', 'wallet:mother', 1000)],
    ['more back than was sent', /goes back/, () => posting(accepted, 'wallet:mother', 'personal:son', 1001)],
    ['back to somebody else', /goes back/, () => posting(accepted, 'wallet:mother', 'personal:daughter', 1)],
    ['back what was not accepted', /goes back/, () => posting(waiting, 'wallet:mother', 'personal:daughter', 1)],
    [
      'more back in parts',
      /goes back/,
      () => {
        posting(accepted, 'wallet:mother', 'personal:son', 600);
        posting(accepted, 'wallet:mother', 'personal:son', 401);
      },
    ],
    [
      'declined after its money moved',
      /accepted by its posting/,
      () => {
        posting(waiting, 'personal:daughter', 'wallet:mother', 6000);
        end(waiting, 'declined');
      },
    ],
  ])('%s', (_, problem, write) => {
    expect(write).toThrow(problem);
  });

  it('but what is right is taken', () => {
    transfer();
    posting(waiting, 'personal:daughter', 'wallet:mother', 6000, sixNextDay - 1);
    end(waiting, 'accepted', sixNextDay - 1);
    posting(accepted, 'wallet:mother', 'personal:son', 600);
    posting(accepted, 'wallet:mother', 'personal:son', 400);
    const { registry, close } = open();
    expect(registry.audit()).toEqual([]);
    expect(registry.holdingsOf('mother').wallet).toBe(yuan('60'));
    close();
  });

  it('the audit finds a transfer whose money moved and that says that it waits', () => {
    posting(waiting, 'personal:daughter', 'wallet:mother', 6000);
    const { registry, close } = open();
    expect(registry.audit()).toEqual([
      `${waiting}: a transfer that was accepted has not moved, or one that was not has`,
    ]);
    close();
  });
});
