import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { embeddedOptions, person, StandingClock, start } from './centre-world.ts';
import { profile } from './profiles.ts';

let folder: string;
let db: DatabaseSyncInstance;
const permits = { used: 'a'.repeat(32), fresh: 'b'.repeat(32), late: 'c'.repeat(32) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongji-family-schema-'));
  const path = join(folder, 'centre.db');
  const centre = openEmbeddedCentre(embeddedOptions(profile('chongqing-2021'), new StandingClock(), path));
  const people = [person('holder'), person('mother'), person('child', { born: '2009-04-20' }), person('friend')];
  centre.registry.seed('deck', people, []);
  centre.family.issueToAll(people, '246802');
  centre.close();
  db = new DatabaseSync(path);
  db.exec(`
    PRAGMA foreign_keys = ON;
    INSERT INTO ecard_permit VALUES
      ('${permits.used}', 'holder', ${start + 1}, NULL), ('${permits.fresh}', 'holder', ${start + 1}, NULL),
      ('${permits.late}', 'holder', ${start}, NULL);
    UPDATE ecard_permit SET used_for = 'F1' WHERE permit = '${permits.used}';
    INSERT INTO family_member VALUES ('F1', 'holder', 'mother', 'parent', 'awaitingFace', 'pdf', NULL, ${start}, ${start});
    INSERT INTO ecard_entry (id, person, at_ms) VALUES (1, 'holder', ${start});
    INSERT INTO certification VALUES (1, 'mother', 'holder', ${start});
    INSERT INTO transfer_application VALUES ('T1', 'mother', 'holder', '甲/乙', '丙/丁', 'submitted', ${start}, ${start});`);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const member = (relative: string, state: string, photo: string) =>
  `INSERT INTO family_member VALUES ('F2', 'holder', '${relative}', 'child', '${state}', 'png', ${photo}, ${start}, ${start})`;
const spend = (permit: string) => `UPDATE ecard_permit SET used_for = 'F2' WHERE permit = '${permit}'`;

describe('the family service’s tables hold by themselves', () => {
  it.each([
    ['a relative without a PIN entered (R102)', member('friend', 'awaitingFace', 'NULL')],
    ['a relative by a PIN entered too long ago', `${spend(permits.late)}; ${member('friend', 'awaitingFace', 'NULL')}`],
    ['a relative opened without a face check (R104)', `${spend(permits.fresh)}; ${member('friend', 'opened', 'NULL')}`],
    ['a child under 16 without a photo (R103)', `${spend(permits.fresh)}; ${member('child', 'awaitingFace', 'NULL')}`],
    ['a photo of a grown-up', `${spend(permits.fresh)}; ${member('friend', 'awaitingFace', "'png'")}`],
    ['the holder as his own relative', `${spend(permits.fresh)}; ${member('holder', 'awaitingFace', 'NULL')}`],
    ['a relative twice', `${spend(permits.fresh)}; ${member('mother', 'awaitingFace', 'NULL')}`],
    ['a permit used twice', spend(permits.used)],
    ['a permit taken away', 'DELETE FROM ecard_permit'],
    [
      'a refused relative opened',
      "UPDATE family_member SET state = 'refused'; UPDATE family_member SET state = 'opened'",
    ],
    ['another relation later', "UPDATE family_member SET relation = 'spouse', state = 'opened'"],
    ['a relative deleted', 'DELETE FROM family_member'],
    ['an entry uncounted', 'DELETE FROM ecard_entry'],
    ['an entry made wrong again', 'UPDATE ecard_entry SET is_right = 1; UPDATE ecard_entry SET is_right = 0'],
    ['an entry that is right before it was counted', `INSERT INTO ecard_entry VALUES (2, 'holder', 1, ${start})`],
    ['an e-card given to another', "UPDATE ecard SET person = 'nobody' WHERE person = 'friend'"],
    ['a certification moved', 'UPDATE certification SET at_ms = 1'],
    ['a transfer that skips a step', "UPDATE transfer_application SET state = 'done'"],
    [
      'a second open transfer',
      `INSERT INTO transfer_application VALUES ('T2', 'mother', 'holder', '甲/乙', '戊/己', 'submitted', 1, 1)`,
    ],
  ])('%s is refused', (_, sql) => {
    expect(() => db.exec(sql)).toThrow(
      /SQLITE_CONSTRAINT|constraint|never|once|added|opened|counted|first|changes|time/,
    );
  });

  it('take what goes its way', () => {
    db.exec(`${spend(permits.fresh)}; ${member('child', 'awaitingFace', "'jpeg'")};
      UPDATE family_member SET state = 'opened'; UPDATE family_member SET state = 'removed';
      UPDATE ecard_entry SET is_right = 1;
      UPDATE transfer_application SET state = 'inProgress'; UPDATE transfer_application SET state = 'done'`);
    expect(db.prepare('SELECT count(*) AS n FROM family_member').get()).toEqual({ n: 2 });
  });
});
