import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bill, embeddedOptions, person, StandingClock, start, yuan } from './centre-world.ts';
import { asked, byPhone } from './link-forms.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

let folder: string;
let path: string;
let db: DatabaseSyncInstance;
/** The daughter has 200, of which 150 are set aside for her mother, and 40 of those are spent. A link to her father was made
 *  and cancelled, another is asked for. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-links-'));
  path = join(folder, 'centre.db');
  const world = openOwnAnswers(embeddedOptions(profile('national-2026'), new StandingClock(), path));
  const { registry, links } = world;
  registry.addPerson({ ...person('daughter', { balance: '200' }), computerNumber: '612345678' });
  for (const id of ['mother', 'father']) registry.addPerson(person(id));
  links.link(asked('daughter', 'mother', { quota: yuan('150') }), byPhone);
  const ended = links.link(asked('daughter', 'father'), byPhone);
  if (ended.kind !== 'linked') throw new Error('not linked');
  links.unlink('daughter', ended.record.linkId, '不再需要', byPhone);
  links.ask(asked('daughter', 'father'), byPhone);
  await new Counter(world).sell('mother', bill('40'));
  world.close();
  db = new DatabaseSync(path);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A record that fits the first link, with changes. */
function record(changes: Readonly<Record<string, unknown>>, deed = 'ended'): string {
  const row = db.prepare("SELECT record FROM link_record WHERE link = 'L00000001'").get();
  const json = { ...JSON.parse(String(row?.record)), recordId: 'B9', deed, at: start, reason: 'x', ...changes };
  return `INSERT INTO link_record (id, seq, deed, link, at_ms, record)
    VALUES ('B9', 99, '${deed}', 'L00000001', ${start}, '${JSON.stringify(json)}')`;
}
const setFirst = `INSERT INTO link_quota VALUES (9, 'L00000001', 11000, 1, ${start}, 'B9')`;
const endFirst = `UPDATE link SET until_ms = ${start}, ended_by = 'B9' WHERE id = 'L00000001'`;
const inOne = (...statements: readonly string[]) => `BEGIN; ${statements.join('; ')}; COMMIT`;

describe('the database refuses wrong states of links by itself', () => {
  it('takes a record that says what its link now is', () => {
    db.exec(inOne(endFirst, record({ until: start, quota: 11_000 })));
    expect(db.prepare('SELECT count(*) AS n FROM link_record').get()).toEqual({ n: 4 });
  });

  it.each<[string, () => string, RegExp]>([
    ['a link removed', () => 'DELETE FROM link', /never removed/],
    ['a link with another beginning', () => 'UPDATE link SET since_ms = since_ms - 1', /keeps its two sides/],
    ['a link with another relation', () => "UPDATE link SET relation = 'child'", /keeps its two sides/],
    ['a link that another record made', () => 'UPDATE link SET made_by = NULL', /keeps its two sides/],
    ['an end put off', () => "UPDATE link SET until_ms = until_ms + 1 WHERE id = 'L00000002'", /never put off/],
    [
      'an end taken back',
      () => "UPDATE link SET until_ms = NULL, ended_by = NULL WHERE id = 'L00000002'",
      /never put off/,
    ],
    [
      'a link whose record never comes',
      () =>
        `INSERT INTO link (id, provider, beneficiary, relation, since_ms, made_by)
         VALUES ('L9', 'mother', 'father', 'spouse', 0, 'B9')`,
      /FOREIGN KEY/,
    ],
    ['an end whose record never comes', () => endFirst, /FOREIGN KEY/],
    ['a record of an end that was not', () => record({ until: start, quota: 11_000 }), /says what its link is/],
    [
      'a record with another quota than what goes back',
      () => inOne(endFirst, record({ until: start, quota: 15_000 })),
      /says what its link is/,
    ],
    [
      'a record with another end',
      () => inOne(endFirst, record({ until: null, quota: 11_000 })),
      /says what its link is/,
    ],
    [
      'a record with another relation',
      () => inOne(endFirst, record({ until: start, quota: 11_000, relation: 'child' })),
      /says what its link is/,
    ],
    [
      'a record without a reason',
      () => inOne(endFirst, record({ until: start, quota: 11_000, reason: null })),
      /CHECK/,
    ],
    [
      'a second beginning of one link',
      () => record({ quota: 11_000, reason: null }, 'linked'),
      /UNIQUE|says what its link is/,
    ],
    ['a record changed', () => "UPDATE link_record SET at_ms = 0, record = '{}'", /never changed|CHECK/],
    ['a record removed', () => 'DELETE FROM link_record', /never removed/],
    ['a record that comes before others', () => record({}).replace(', 99,', ', 1,'), /written once/],
    [
      'a quota changed from what it is not',
      () => "INSERT INTO link_quota VALUES (9, 'L00000001', 15000, 1, 0, 'B9')",
      /changed from what it is/,
    ],
    [
      'a quota above the balance',
      () => `INSERT INTO link_quota VALUES (9, 'L00000001', 11000, 16001, ${start}, 'B9')`,
      /no more is set aside/,
    ],
    ['a quota below zero', () => `INSERT INTO link_quota VALUES (9, 'L00000001', 11000, -1, ${start}, 'B9')`, /CHECK/],
    ['a quota changed without a record', () => setFirst, /FOREIGN KEY/],
    [
      'a change of a quota from what it was not',
      () => inOne(setFirst, record({ quotaBefore: 15_000, quota: 1, reason: null }, 'quotaSet')),
      /says what its link is/,
    ],
    [
      'a change of a quota that was none',
      () => record({ quotaBefore: 11_000, quota: 11_000, reason: null }, 'quotaSet'),
      /says what its link is/,
    ],
    [
      'more set aside by two links than there is',
      () => {
        const json = JSON.stringify({
          recordId: 'B9',
          deed: 'linked',
          linkId: 'L9',
          at: start,
          relation: 'spouse',
          since: start,
          until: null,
          quota: 5001,
          reason: null,
          channel: 'web',
        });
        return inOne(
          `INSERT INTO link (id, provider, beneficiary, relation, since_ms, quota_left_fen, made_by)
           VALUES ('L9', 'daughter', 'father', 'spouse', ${start}, 5001, 'B9')`,
          `INSERT INTO link_record (id, seq, deed, link, at_ms, record) VALUES ('B9', 99, 'linked', 'L9', ${start}, '${json}')`,
        );
      },
      /no more is set aside/,
    ],
    [
      'an answer that says linked without a record',
      () => `INSERT INTO link_message VALUES ('m9', 'h', '{"kind":"linked"}', NULL, 0)`,
      /CHECK/,
    ],
    [
      'an answer with a record that is not there',
      () => `INSERT INTO link_message VALUES ('m9', 'h', '{"kind":"linked","record":{"recordId":"B9"}}', 'B9', 0)`,
      /FOREIGN KEY/,
    ],
    [
      'a desk’s answer under the id of a sale',
      () => `INSERT INTO link_message SELECT msg_id, 'h', '{"kind":"declined"}', NULL, 0 FROM message`,
      /one answer/,
    ],
    [
      'a permit that is easily guessed',
      () => "INSERT INTO desk_permit SELECT 'abc', ref, 'P1/T1', '01', 0 FROM card",
      /CHECK/,
    ],
    ['a question with another amount', () => "UPDATE link_ask SET asked = '{}'", /answered once|CHECK/],
    [
      'a question answered twice',
      () =>
        inOne(
          "UPDATE link_ask SET outcome = 'turnedDown', answered_at_ms = 1",
          "UPDATE link_ask SET outcome = 'linked', answered_at_ms = 2",
        ),
      /answered once/,
    ],
    ['a question removed', () => 'DELETE FROM link_ask', /never removed/],
    [
      'a 社保电脑号 of two people',
      () => "INSERT INTO person_number SELECT kind, number_index, 'mother' FROM person_number",
      /UNIQUE/,
    ],
    ['a 社保电脑号 in clear', () => "INSERT INTO person_number VALUES ('computerNumber', x'36', 'mother')", /CHECK/],
  ])('%s', (_, sql, message) => {
    expect(() => db.exec(sql())).toThrow(message);
  });
});

it('the audit finds a quota that nobody set', () => {
  const audit = () => {
    const world = openOwnAnswers(embeddedOptions(profile('national-2026'), new StandingClock(), path));
    const found = world.registry.audit();
    world.close();
    return found;
  };
  expect(audit()).toEqual([]);
  db.exec("UPDATE link SET quota_left_fen = quota_left_fen + 1 WHERE id = 'L00000001'");
  expect(audit()).toEqual([expect.stringMatching(/L00000001: what is left of its quota/)]);
});
