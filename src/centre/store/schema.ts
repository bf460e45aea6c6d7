/** `PRAGMA application_id` of a centre's database: "GJZD" as four ASCII bytes. */
export const applicationId = 0x474a5a44;
/** `PRAGMA user_version` of the schema below. */
export const schemaVersion = 1;

/** The embedded store's schema. Wrong states are refused by the database itself, whatever code writes to it:
 *  - a balance changes only by a posting, once, by that posting's amount, and is never negative; the pool, institutions
 *    and the openings' counter-account have no balance of their own, theirs is the sum of their postings;
 *  - message, posting and settlement rows are never changed or removed;
 *  - a message id has one answer; one that is sealed (outcome `sealed`) can never be settled;
 *  - an answer says `settled` exactly when there is a settlement, with the same amounts;
 *  - a settlement's postings add up to its split, come from the beneficiary and the linked providers, and none is added
 *    later; a quota never falls below zero.
 *  Units: `*_fen` are fen, `*_ms` are ms since the epoch. Card and ID numbers are stored only as keyed indexes and
 *  masks; the card number that a PIN block is bound to is sealed (card-vault.ts). */
export const schema = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE deck (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  loaded_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  name TEXT NOT NULL CHECK (name <> ''),
  resident_index BLOB NOT NULL UNIQUE CHECK (length(resident_index) = 32),
  masked_id TEXT NOT NULL CHECK (masked_id GLOB '[*][*][*][*]*' AND length(masked_id) <= 8),
  insurance TEXT NOT NULL CHECK (insurance IN ('employee', 'resident')),
  status TEXT NOT NULL CHECK (status IN ('normal', 'suspended', 'terminated', 'arrears')),
  area TEXT NOT NULL CHECK (area GLOB '?*/?*'),
  born TEXT NOT NULL CHECK (born IS date(born)),
  wallet_opened INTEGER NOT NULL CHECK (wallet_opened IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE card (
  ref TEXT PRIMARY KEY CHECK (length(ref) >= 16),
  person TEXT NOT NULL UNIQUE REFERENCES person (id),
  pan_index BLOB NOT NULL UNIQUE CHECK (length(pan_index) = 32),
  pan_sealed BLOB NOT NULL,
  ss_card_index BLOB NOT NULL UNIQUE CHECK (length(ss_card_index) = 32),
  card_sn_index BLOB NOT NULL UNIQUE CHECK (length(card_sn_index) = 32),
  masked_card TEXT NOT NULL CHECK (masked_card GLOB '[*][*][*][*]*' AND length(masked_card) <= 8),
  state TEXT NOT NULL CHECK (state IN ('normal', 'lost', 'tempLost', 'cancelled', 'sealed', 'fake')),
  pin_verifier BLOB NOT NULL CHECK (length(pin_verifier) = 32),
  wrong_tries INTEGER NOT NULL DEFAULT 0 CHECK (wrong_tries >= 0),
  pin_locked INTEGER NOT NULL DEFAULT 0 CHECK (pin_locked IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('personal', 'wallet', 'fund', 'merchant', 'opening')),
  person TEXT REFERENCES person (id),
  balance_fen INTEGER NOT NULL DEFAULT 0 CHECK (balance_fen BETWEEN 0 AND 9007199254740991),
  last_posting INTEGER NOT NULL DEFAULT 0,
  closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
  UNIQUE (person, kind),
  CHECK (closed = 0 OR (kind = 'personal' AND balance_fen = 0)),
  CHECK ((kind IN ('personal', 'wallet')) = (person IS NOT NULL)),
  CHECK (person IS NOT NULL OR balance_fen = 0)
) STRICT, WITHOUT ROWID;

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
  CHECK (provider <> beneficiary)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_of_beneficiary ON link (beneficiary);
CREATE INDEX link_of_provider ON link (provider);
CREATE UNIQUE INDEX one_open_link_per_pair ON link (provider, beneficiary) WHERE until_ms IS NULL;

CREATE TRIGGER link_stays BEFORE DELETE ON link
BEGIN SELECT RAISE(ABORT, 'a link is ended, never removed'); END;
CREATE TRIGGER link_keeps_its_sides BEFORE UPDATE ON link
WHEN NEW.id <> OLD.id OR NEW.provider <> OLD.provider OR NEW.beneficiary <> OLD.beneficiary
  OR NEW.since_ms <> OLD.since_ms
BEGIN SELECT RAISE(ABORT, 'a link keeps its two sides and its beginning'); END;

CREATE TABLE message (
  msg_id TEXT PRIMARY KEY CHECK (length(msg_id) BETWEEN 1 AND 64),
  outcome TEXT NOT NULL CHECK (outcome IN ('settled', 'declined', 'stale', 'sealed')),
  request_hash TEXT CHECK ((request_hash IS NULL) = (outcome = 'sealed')),
  answer TEXT CHECK ((answer IS NULL) = (outcome = 'sealed') AND (answer IS NULL OR answer ->> '$.kind' = outcome)),
  settlement TEXT UNIQUE REFERENCES settlement (id) DEFERRABLE INITIALLY DEFERRED,
  at_ms INTEGER NOT NULL,
  CHECK ((outcome = 'settled') = (settlement IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'adjustment', 'settlement')),
  settlement TEXT REFERENCES settlement (id) DEFERRABLE INITIALLY DEFERRED,
  link TEXT REFERENCES link (id),
  debit TEXT NOT NULL REFERENCES account (id),
  credit TEXT NOT NULL REFERENCES account (id),
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  quota_fen INTEGER NOT NULL DEFAULT 0 CHECK (quota_fen IN (0, amount_fen)),
  at_ms INTEGER NOT NULL,
  CHECK (debit <> credit),
  CHECK ((kind = 'settlement') = (settlement IS NOT NULL)),
  CHECK (link IS NULL OR kind = 'settlement'),
  CHECK (quota_fen = 0 OR link IS NOT NULL)
) STRICT;
CREATE INDEX posting_of_settlement ON posting (settlement) WHERE settlement IS NOT NULL;

CREATE TABLE settlement (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  msg_id TEXT NOT NULL UNIQUE REFERENCES message (msg_id),
  beneficiary TEXT NOT NULL REFERENCES person (id),
  institution TEXT NOT NULL REFERENCES account (id),
  terminal TEXT NOT NULL,
  operator TEXT NOT NULL,
  profile TEXT NOT NULL,
  settled_at_ms INTEGER NOT NULL,
  business_day TEXT NOT NULL GENERATED ALWAYS AS (date(settled_at_ms / 1000 + 28800, 'unixepoch')) STORED,
  total_fen INTEGER NOT NULL CHECK (total_fen > 0),
  fund_fen INTEGER NOT NULL CHECK (fund_fen >= 0),
  own_fen INTEGER NOT NULL CHECK (own_fen >= 0),
  shared_fen INTEGER NOT NULL CHECK (shared_fen >= 0),
  cash_fen INTEGER NOT NULL CHECK (cash_fen >= 0),
  own_before_fen INTEGER NOT NULL CHECK (own_before_fen >= 0),
  own_after_fen INTEGER NOT NULL CHECK (own_after_fen >= 0),
  pin_used INTEGER NOT NULL CHECK (pin_used IN (0, 1)),
  CHECK (total_fen = fund_fen + own_fen + shared_fen + cash_fen),
  CHECK (own_after_fen = own_before_fen - own_fen),
  CHECK (pin_used = 1 OR own_fen + shared_fen = 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_of_day ON settlement (business_day, settled_at_ms);

CREATE TABLE ticket (
  ticket TEXT PRIMARY KEY CHECK (length(ticket) >= 32),
  card TEXT NOT NULL REFERENCES card (ref),
  bill_hash TEXT NOT NULL,
  terminal TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_by TEXT CHECK (used_by <> '')
) STRICT, WITHOUT ROWID;

CREATE TRIGGER account_starts_empty BEFORE INSERT ON account
WHEN NEW.balance_fen <> 0 OR NEW.last_posting <> 0 OR EXISTS (SELECT 1 FROM account WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an account starts empty and once'); END;

CREATE TRIGGER account_stays BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'an account is never removed'); END;

CREATE TRIGGER balance_follows_postings BEFORE UPDATE ON account
WHEN NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.person IS NOT OLD.person
  OR NEW.last_posting < OLD.last_posting
  OR NEW.balance_fen - OLD.balance_fen IS NOT iif(NEW.last_posting = OLD.last_posting, 0, (
    SELECT CASE NEW.id WHEN credit THEN amount_fen WHEN debit THEN -amount_fen END
    FROM posting WHERE id = NEW.last_posting))
BEGIN SELECT RAISE(ABORT, 'a balance changes by a posting only'); END;

CREATE TRIGGER posting_is_sound BEFORE INSERT ON posting
WHEN NEW.id <= (SELECT coalesce(max(id), 0) FROM posting)
  OR EXISTS (SELECT 1 FROM settlement WHERE id = NEW.settlement)
  OR (NEW.link IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM link JOIN account ON account.person = link.provider AND account.kind = 'personal'
    WHERE link.id = NEW.link AND account.id = NEW.debit))
BEGIN SELECT RAISE(ABORT, 'postings only grow, are closed by their settlement, and a link gives its provider''s money'); END;

CREATE TRIGGER posting_moves_money AFTER INSERT ON posting
BEGIN
  UPDATE account SET balance_fen = balance_fen - NEW.amount_fen, last_posting = NEW.id
  WHERE id = NEW.debit AND person IS NOT NULL;
  UPDATE account SET balance_fen = balance_fen + NEW.amount_fen, last_posting = NEW.id
  WHERE id = NEW.credit AND person IS NOT NULL;
  UPDATE link SET quota_left_fen = quota_left_fen - NEW.quota_fen WHERE id = NEW.link AND NEW.quota_fen > 0;
  SELECT RAISE(ABORT, 'no quota was set aside') FROM link
  WHERE id = NEW.link AND NEW.quota_fen > 0 AND quota_left_fen IS NULL;
END;

CREATE TRIGGER posting_is_final BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER posting_stays BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never removed'); END;

CREATE TRIGGER message_once BEFORE INSERT ON message
WHEN EXISTS (SELECT 1 FROM message WHERE msg_id = NEW.msg_id OR settlement = NEW.settlement)
BEGIN SELECT RAISE(ABORT, 'a message id has one answer'); END;
CREATE TRIGGER message_is_final BEFORE UPDATE ON message
BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END;
CREATE TRIGGER message_stays BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'an answer is never removed'); END;

CREATE TRIGGER settlement_adds_up BEFORE INSERT ON settlement
BEGIN
  SELECT RAISE(ABORT, 'a settlement is written once')
  WHERE EXISTS (SELECT 1 FROM settlement WHERE id = NEW.id OR msg_id = NEW.msg_id);
  SELECT RAISE(ABORT, 'a settlement says what its message was answered')
  WHERE NOT EXISTS (
    SELECT 1 FROM message
    WHERE msg_id = NEW.msg_id AND settlement = NEW.id
      AND answer ->> '$.settlement.settlementId' = NEW.id
      AND answer ->> '$.settlement.split.total' = NEW.total_fen
      AND answer ->> '$.settlement.split.fund' = NEW.fund_fen
      AND answer ->> '$.settlement.split.own' = NEW.own_fen
      AND answer ->> '$.settlement.split.shared' = NEW.shared_fen
      AND answer ->> '$.settlement.split.cash' = NEW.cash_fen
      AND answer ->> '$.settlement.ownAfter' = NEW.own_after_fen);
  SELECT RAISE(ABORT, 'a settlement''s postings must add up to its split')
  FROM (
    SELECT
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'fund'), 0) AS fund,
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'personal' AND link IS NULL
        AND account.person = NEW.beneficiary), 0) AS own,
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'personal' AND link IN (
        SELECT id FROM link WHERE beneficiary = NEW.beneficiary)), 0) AS provided,
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'wallet' AND account.person = NEW.beneficiary), 0) AS wallet,
      coalesce(sum(amount_fen), 0) AS moved,
      coalesce(sum(amount_fen) FILTER (WHERE credit = NEW.institution), 0) AS received
    FROM posting JOIN account ON account.id = posting.debit
    WHERE posting.settlement = NEW.id)
  WHERE fund <> NEW.fund_fen OR own <> NEW.own_fen OR provided + wallet <> NEW.shared_fen
    OR moved <> NEW.total_fen - NEW.cash_fen OR received <> moved;
  SELECT RAISE(ABORT, 'a settlement is with an institution')
  WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = NEW.institution AND kind = 'merchant');
  SELECT RAISE(ABORT, 'the balance told is the balance left')
  WHERE NEW.own_after_fen <> coalesce(
    (SELECT balance_fen FROM account WHERE person = NEW.beneficiary AND kind = 'personal'), 0);
END;
CREATE TRIGGER settlement_is_final BEFORE UPDATE ON settlement
BEGIN SELECT RAISE(ABORT, 'a settlement is never changed'); END;
CREATE TRIGGER settlement_stays BEFORE DELETE ON settlement
BEGIN SELECT RAISE(ABORT, 'a settlement is never removed'); END;

CREATE TRIGGER ticket_is_used_once BEFORE UPDATE ON ticket
WHEN OLD.used_by IS NOT NULL OR NEW.ticket <> OLD.ticket OR NEW.card <> OLD.card
  OR NEW.bill_hash <> OLD.bill_hash OR NEW.terminal <> OLD.terminal OR NEW.expires_at_ms <> OLD.expires_at_ms
BEGIN SELECT RAISE(ABORT, 'a ticket is used once'); END;
`;
