/** The tables of links and of how they came about; part of schema.ts, which says what they hold. */
export const linkTables = `
-- made_by and ended_by are the records of it; null for a link that came with the register, or was ended there.
CREATE TABLE link (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  provider TEXT NOT NULL REFERENCES person (id),
  beneficiary TEXT NOT NULL REFERENCES person (id),
  relation TEXT NOT NULL CHECK (
    relation IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'other')),
  since_ms INTEGER NOT NULL,
  until_ms INTEGER CHECK (until_ms IS NULL OR until_ms >= since_ms),
  quota_left_fen INTEGER CHECK (quota_left_fen IS NULL OR quota_left_fen >= 0),
  rank INTEGER CHECK (rank IS NULL OR rank >= 1),
  made_by TEXT UNIQUE REFERENCES link_record (id) DEFERRABLE INITIALLY DEFERRED,
  ended_by TEXT UNIQUE REFERENCES link_record (id) DEFERRABLE INITIALLY DEFERRED,
  CHECK (provider <> beneficiary),
  CHECK (ended_by IS NULL OR until_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_of_beneficiary ON link (beneficiary);
CREATE INDEX link_of_provider ON link (provider);
CREATE UNIQUE INDEX one_open_link_per_pair ON link (provider, beneficiary) WHERE until_ms IS NULL;

-- The history: what happened to a link, as it was confirmed. terminal is institution/terminal, null where none was used.
CREATE TABLE link_record (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  seq INTEGER NOT NULL UNIQUE CHECK (seq > 0),
  deed TEXT NOT NULL CHECK (deed IN ('linked', 'ended', 'dissolved', 'quotaSet')),
  link TEXT NOT NULL REFERENCES link (id),
  at_ms INTEGER NOT NULL,
  business_day TEXT NOT NULL GENERATED ALWAYS AS (date(at_ms / 1000 + 28800, 'unixepoch')) STORED,
  record TEXT NOT NULL,
  CHECK (record ->> '$.recordId' IS id AND record ->> '$.deed' IS deed AND record ->> '$.linkId' IS link
    AND record ->> '$.at' IS at_ms),
  CHECK ((deed IN ('linked', 'quotaSet')) = (record ->> '$.reason' IS NULL)),
  CHECK ((deed = 'dissolved') = (record ->> '$.channel' IS NULL) OR deed = 'ended')
) STRICT, WITHOUT ROWID;
CREATE INDEX link_record_of_link ON link_record (link);
CREATE INDEX link_record_of_day ON link_record (business_day, seq);
CREATE UNIQUE INDEX one_beginning_per_link ON link_record (link) WHERE deed = 'linked';

-- What a provider has set aside for a link, each time he changes it. The first is in the record that made it.
CREATE TABLE link_quota (
  id INTEGER PRIMARY KEY,
  link TEXT NOT NULL REFERENCES link (id),
  before_fen INTEGER,
  after_fen INTEGER NOT NULL CHECK (after_fen >= 0),
  at_ms INTEGER NOT NULL,
  record TEXT NOT NULL UNIQUE REFERENCES link_record (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Messages of an insurance office's desk.
CREATE TABLE link_message (
  msg_id TEXT PRIMARY KEY CHECK (length(msg_id) BETWEEN 1 AND 64),
  request_hash TEXT NOT NULL CHECK (request_hash <> ''),
  answer TEXT NOT NULL CHECK (
    answer ->> '$.kind' IN ('admitted', 'linked', 'linkRefused', 'unlinked', 'declined')),
  record TEXT UNIQUE REFERENCES link_record (id) DEFERRABLE INITIALLY DEFERRED,
  at_ms INTEGER NOT NULL,
  CHECK (record IS answer ->> '$.record.recordId'),
  CHECK ((answer ->> '$.kind' IN ('linked', 'unlinked')) = (record IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE desk_permit (
  permit TEXT PRIMARY KEY CHECK (length(permit) >= 32),
  card TEXT NOT NULL REFERENCES card (ref),
  terminal TEXT NOT NULL CHECK (terminal GLOB '?*/?*'),
  operator TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Links that wait for the beneficiary's consent.
CREATE TABLE link_ask (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  seq INTEGER NOT NULL UNIQUE CHECK (seq > 0),
  provider TEXT NOT NULL REFERENCES person (id),
  beneficiary TEXT NOT NULL REFERENCES person (id),
  asked TEXT NOT NULL,
  actor TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > at_ms),
  outcome TEXT CHECK (outcome IN ('linked', 'turnedDown', 'withdrawn', 'superseded')),
  answered_at_ms INTEGER,
  CHECK ((outcome IS NULL) = (answered_at_ms IS NULL)),
  CHECK (asked ->> '$.provider' IS provider AND asked ->> '$.beneficiary' IS beneficiary)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_ask_of_provider ON link_ask (provider) WHERE outcome IS NULL;
CREATE INDEX link_ask_of_beneficiary ON link_ask (beneficiary) WHERE outcome IS NULL;
CREATE INDEX link_ask_turned_down ON link_ask (provider, answered_at_ms) WHERE outcome = 'turnedDown';
CREATE UNIQUE INDEX one_open_ask_per_pair ON link_ask (provider, beneficiary) WHERE outcome IS NULL;

-- Numbers that some people have besides those of ID card and social card.
CREATE TABLE person_number (
  kind TEXT NOT NULL CHECK (kind IN ('computerNumber')),
  number_index BLOB NOT NULL CHECK (length(number_index) = 32),
  person TEXT NOT NULL REFERENCES person (id),
  PRIMARY KEY (kind, number_index),
  UNIQUE (person, kind)
) STRICT, WITHOUT ROWID;
`;

const tooMuchSetAside = `
  SELECT RAISE(ABORT, 'no more is set aside than there is')
  FROM link AS changed
  WHERE changed.id = NEW.link AND (
    SELECT coalesce(sum(quota_left_fen), 0) FROM link
    WHERE provider = changed.provider AND (until_ms IS NULL OR until_ms > max(since_ms, NEW.at_ms))
      AND NOT EXISTS (SELECT 1 FROM link_record AS ended WHERE ended.id = ended_by AND ended.at_ms >= until_ms)
  ) > coalesce((
    SELECT balance_fen FROM account WHERE person = changed.provider AND kind = 'personal' AND closed = 0), 0)`;

/** The triggers over `linkTables`. */
export const linkRules = `
CREATE TRIGGER link_stays BEFORE DELETE ON link
BEGIN SELECT RAISE(ABORT, 'a link is ended, never removed'); END;
CREATE TRIGGER link_keeps_its_sides BEFORE UPDATE ON link
WHEN NEW.id <> OLD.id OR NEW.provider <> OLD.provider OR NEW.beneficiary <> OLD.beneficiary
  OR NEW.since_ms <> OLD.since_ms OR NEW.relation <> OLD.relation OR NEW.made_by IS NOT OLD.made_by
BEGIN SELECT RAISE(ABORT, 'a link keeps its two sides and its beginning'); END;
CREATE TRIGGER link_end_comes_nearer BEFORE UPDATE OF until_ms ON link
WHEN OLD.until_ms IS NOT NULL AND (NEW.until_ms IS NULL OR NEW.until_ms > OLD.until_ms)
BEGIN SELECT RAISE(ABORT, 'a link''s end is never put off'); END;

CREATE TRIGGER link_record_is_true BEFORE INSERT ON link_record
BEGIN
  SELECT RAISE(ABORT, 'a record is written once')
  WHERE EXISTS (SELECT 1 FROM link_record WHERE id = NEW.id OR seq >= NEW.seq);
  SELECT RAISE(ABORT, 'a record says what its link is')
  WHERE NOT EXISTS (
    SELECT 1 FROM link
    WHERE id = NEW.link AND NEW.id = CASE NEW.deed
        WHEN 'linked' THEN made_by
        WHEN 'quotaSet' THEN (
          SELECT changed.record FROM link_quota AS changed
          WHERE changed.record = NEW.id AND changed.link = link.id
            AND changed.before_fen IS NEW.record ->> '$.quotaBefore')
        ELSE ended_by END
      AND NEW.record ->> '$.relation' IS relation AND NEW.record ->> '$.since' IS since_ms
      AND NEW.record ->> '$.until' IS until_ms AND NEW.record ->> '$.quota' IS quota_left_fen);
  ${tooMuchSetAside} AND NEW.deed = 'linked' AND changed.quota_left_fen > 0;
END;
CREATE TRIGGER link_record_is_final BEFORE UPDATE ON link_record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
CREATE TRIGGER link_record_stays BEFORE DELETE ON link_record
BEGIN SELECT RAISE(ABORT, 'a record is never removed'); END;

CREATE TRIGGER link_quota_is_of_its_link BEFORE INSERT ON link_quota
WHEN NEW.id <= (SELECT coalesce(max(id), 0) FROM link_quota)
  OR NEW.before_fen IS NOT (SELECT quota_left_fen FROM link WHERE id = NEW.link)
BEGIN SELECT RAISE(ABORT, 'a quota is changed from what it is'); END;
CREATE TRIGGER link_quota_sets_aside AFTER INSERT ON link_quota
BEGIN
  UPDATE link SET quota_left_fen = NEW.after_fen WHERE id = NEW.link;
  ${tooMuchSetAside} AND NEW.after_fen > coalesce(NEW.before_fen, 0);
END;
CREATE TRIGGER link_quota_is_final BEFORE UPDATE ON link_quota
BEGIN SELECT RAISE(ABORT, 'a quota''s change is never changed'); END;
CREATE TRIGGER link_quota_stays BEFORE DELETE ON link_quota
BEGIN SELECT RAISE(ABORT, 'a quota''s change is never removed'); END;

CREATE TRIGGER link_message_once BEFORE INSERT ON link_message
WHEN EXISTS (SELECT 1 FROM link_message WHERE msg_id = NEW.msg_id)
  OR EXISTS (SELECT 1 FROM message WHERE msg_id = NEW.msg_id)
BEGIN SELECT RAISE(ABORT, 'a message id has one answer'); END;
CREATE TRIGGER link_message_is_final BEFORE UPDATE ON link_message
BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END;
CREATE TRIGGER link_message_stays BEFORE DELETE ON link_message
BEGIN SELECT RAISE(ABORT, 'an answer is never removed'); END;

CREATE TRIGGER desk_permit_is_final BEFORE UPDATE ON desk_permit
BEGIN SELECT RAISE(ABORT, 'a permit is never changed'); END;

CREATE TRIGGER link_ask_is_answered_once BEFORE UPDATE ON link_ask
WHEN OLD.outcome IS NOT NULL OR NEW.id <> OLD.id OR NEW.seq <> OLD.seq OR NEW.asked <> OLD.asked
  OR NEW.actor <> OLD.actor OR NEW.at_ms <> OLD.at_ms OR NEW.expires_at_ms <> OLD.expires_at_ms
BEGIN SELECT RAISE(ABORT, 'what was asked for is answered once'); END;
CREATE TRIGGER link_ask_stays BEFORE DELETE ON link_ask
BEGIN SELECT RAISE(ABORT, 'what was asked for is never removed'); END;

CREATE TRIGGER person_number_is_final BEFORE UPDATE ON person_number
BEGIN SELECT RAISE(ABORT, 'a number is never changed'); END;
CREATE TRIGGER person_number_stays BEFORE DELETE ON person_number
BEGIN SELECT RAISE(ABORT, 'a number is never removed'); END;
`;

/** What must hold of links besides; gives `problem`. */
export const linkBooks = `
  SELECT link.id || ': what is left of its quota is not what was set aside less what was used' AS problem
  FROM link JOIN link_record AS made ON made.id = link.made_by
  WHERE coalesce(quota_left_fen, 0) <> coalesce(made.record ->> '$.quota', 0)
    + coalesce((SELECT sum(after_fen - coalesce(before_fen, 0)) FROM link_quota WHERE link_quota.link = link.id), 0)
    + coalesce((SELECT sum(iif(kind = 'return', quota_fen, -quota_fen)) FROM posting WHERE posting.link = link.id), 0)`;
