import { familyRules, familyTables } from './family-schema.ts';
import { linkRules, linkTables } from './link-schema.ts';
import { walletRules, walletTables } from './wallet-schema.ts';

/** `PRAGMA application_id` of a centre's database: "GJZD" as four ASCII bytes. */
export const applicationId = 0x474a5a44;
/** `PRAGMA user_version` of the schema below. Version 1 knew no undo and no PIN keys, version 2 no history of links;
 *  migrate.ts brings their files up. */
export const schemaVersion = 3;

/** The embedded store's tables, `rules` are what holds them. Wrong states are refused by the database itself, whatever
 *  code writes to it:
 *  - a balance changes only by a posting, once, by that posting's amount, and is never negative; the pool, institutions
 *    and the openings' counter-account have no balance of their own, theirs is the sum of their postings;
 *  - message, posting, settlement, undo and reversal rows are never changed or removed;
 *  - a message id has one answer; one that is sealed (outcome `sealed`) can never be settled or undo anything;
 *  - an answer says `settled` exactly when there is a settlement, `undone` exactly when there is an undo, with the same
 *    amounts;
 *  - a settlement's postings add up to its split, come from the beneficiary and the linked providers, and none is added
 *    later; a quota never falls below zero;
 *  - an undo's postings go from the institution to the accounts that paid the settlement that stands for the sale
 *    (`root`) at that time, add up to its record, and over all undos give no account and no customer more than was paid;
 *    where the rest is settled anew nobody pays more than he just got back;
 *  - of a sale that was reversed nothing stays paid;
 *  - no account gives money without a consent: a PIN that was used, or a 医保码 whose voucher, or the ticket given for it,
 *    that very message used up; codes, vouchers and tickets are used once;
 *  - a link keeps its sides and its beginning, its end only comes nearer; what was done to it at an office or on a page has
 *    a record that says so, never changed, and no more is set aside for links than there is in the account;
 *  - a wallet transfer moves money once, when it is accepted, and no more of it goes back than was sent;
 *  - a terminal has one PIN key of a format at a time, its uses only grow, and a retired one stays retired.
 *  Units: `*_fen` are fen, `*_ms` are ms since the epoch. Card and ID numbers and 医保码 are stored only as keyed indexes and
 *  masks; the card number that a PIN block is bound to is sealed (card-vault.ts), and so are keys. */
export const tables = `
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
  CHECK (closed = 0 OR kind = 'personal'),
  CHECK ((kind IN ('personal', 'wallet')) = (person IS NOT NULL)),
  CHECK (person IS NOT NULL OR balance_fen = 0)
) STRICT, WITHOUT ROWID;

${linkTables}
CREATE TABLE message (
  msg_id TEXT PRIMARY KEY CHECK (length(msg_id) BETWEEN 1 AND 64),
  outcome TEXT NOT NULL CHECK (outcome IN ('settled', 'declined', 'stale', 'undone', 'undoStale', 'sealed')),
  request_hash TEXT CHECK ((request_hash IS NULL) = (outcome = 'sealed')),
  answer TEXT CHECK ((answer IS NULL) = (outcome = 'sealed') AND (answer IS NULL OR answer ->> '$.kind' IS outcome)),
  settlement TEXT UNIQUE REFERENCES settlement (id) DEFERRABLE INITIALLY DEFERRED,
  undo TEXT UNIQUE REFERENCES undo (id) DEFERRABLE INITIALLY DEFERRED,
  at_ms INTEGER NOT NULL,
  CHECK ((outcome = 'settled') = (settlement IS NOT NULL)),
  CHECK ((outcome = 'undone') = (undo IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'adjustment', 'settlement', 'return', 'transfer')),
  settlement TEXT REFERENCES settlement (id) DEFERRABLE INITIALLY DEFERRED,
  undo TEXT REFERENCES undo (id) DEFERRABLE INITIALLY DEFERRED,
  transfer TEXT REFERENCES wallet_transfer (id),
  link TEXT REFERENCES link (id),
  debit TEXT NOT NULL REFERENCES account (id),
  credit TEXT NOT NULL REFERENCES account (id),
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  quota_fen INTEGER NOT NULL DEFAULT 0 CHECK (quota_fen IN (0, amount_fen)),
  at_ms INTEGER NOT NULL,
  CHECK (debit <> credit),
  CHECK ((kind = 'settlement') = (settlement IS NOT NULL)),
  CHECK ((kind = 'return') = (undo IS NOT NULL)),
  CHECK ((kind = 'transfer') = (transfer IS NOT NULL)),
  CHECK (link IS NULL OR kind IN ('settlement', 'return')),
  CHECK (quota_fen = 0 OR link IS NOT NULL)
) STRICT;
CREATE INDEX posting_of_settlement ON posting (settlement) WHERE settlement IS NOT NULL;
CREATE INDEX posting_of_undo ON posting (undo) WHERE undo IS NOT NULL;
CREATE INDEX posting_of_transfer ON posting (transfer) WHERE transfer IS NOT NULL;

CREATE TABLE settlement (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  -- The sale as it was first settled: itself, or the one whose rest this is. A rest keeps its own record; what a root
  -- says is in the answer to its message.
  root TEXT NOT NULL REFERENCES settlement (id),
  record TEXT,
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
  voucher_used INTEGER NOT NULL DEFAULT 0 CHECK (voucher_used IN (0, 1)),
  CHECK (total_fen = fund_fen + own_fen + shared_fen + cash_fen),
  CHECK (own_after_fen = own_before_fen - own_fen),
  CHECK (pin_used + voucher_used = 1 OR (pin_used + voucher_used = 0 AND own_fen + shared_fen = 0)),
  CHECK ((record IS NULL) = (root = id)),
  CHECK (record IS NULL OR (record ->> '$.settlementId' IS id AND record ->> '$.split.total' IS total_fen
    AND record ->> '$.split.fund' IS fund_fen AND record ->> '$.split.own' IS own_fen
    AND record ->> '$.split.shared' IS shared_fen AND record ->> '$.split.cash' IS cash_fen))
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_of_day ON settlement (business_day, settled_at_ms);
CREATE INDEX settlement_of_root ON settlement (root);

-- Money given back: the negative record, with positive amounts. Those of the record are net of what the rest took
-- again; taken_fen is what was taken back from the settlement "undone", cash included.
CREATE TABLE undo (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  seq INTEGER NOT NULL UNIQUE CHECK (seq > 0),
  kind TEXT NOT NULL CHECK (kind IN ('cancel', 'refund', 'reversal')),
  method TEXT NOT NULL CHECK (method IN ('whole', 'lifo', 'cancel_and_resettle')),
  msg_id TEXT NOT NULL CHECK (msg_id <> ''),
  root TEXT NOT NULL REFERENCES settlement (id),
  undone TEXT NOT NULL REFERENCES settlement (id),
  resettled_as TEXT UNIQUE REFERENCES settlement (id),
  record TEXT NOT NULL,
  undone_at_ms INTEGER NOT NULL,
  business_day TEXT NOT NULL GENERATED ALWAYS AS (date(undone_at_ms / 1000 + 28800, 'unixepoch')) STORED,
  total_fen INTEGER NOT NULL CHECK (total_fen > 0),
  fund_fen INTEGER NOT NULL CHECK (fund_fen >= 0),
  own_fen INTEGER NOT NULL CHECK (own_fen >= 0),
  shared_fen INTEGER NOT NULL CHECK (shared_fen >= 0),
  cash_fen INTEGER NOT NULL CHECK (cash_fen >= 0),
  cash_due_fen INTEGER NOT NULL CHECK (cash_due_fen >= 0),
  taken_fen INTEGER NOT NULL CHECK (taken_fen >= total_fen),
  own_before_fen INTEGER NOT NULL CHECK (own_before_fen >= 0),
  own_after_fen INTEGER NOT NULL CHECK (own_after_fen >= 0),
  CHECK (total_fen + cash_due_fen = fund_fen + own_fen + shared_fen + cash_fen),
  CHECK (cash_fen = 0 OR cash_due_fen = 0),
  CHECK (own_after_fen = own_before_fen + own_fen),
  CHECK (kind = 'refund' OR method = 'whole'),
  CHECK ((method = 'cancel_and_resettle') = (resettled_as IS NOT NULL)),
  CHECK (resettled_as <> undone),
  CHECK (record ->> '$.undoId' IS id AND record ->> '$.kind' IS kind AND record ->> '$.method' IS method
    AND record ->> '$.msgId' IS msg_id AND record ->> '$.original.settlementId' IS root
    AND record ->> '$.resettledAs' IS resettled_as AND record ->> '$.undoneAt' IS undone_at_ms
    AND record ->> '$.returned.total' IS total_fen AND record ->> '$.returned.fund' IS fund_fen
    AND record ->> '$.returned.own' IS own_fen AND record ->> '$.returned.shared' IS shared_fen
    AND record ->> '$.returned.cash' IS cash_fen AND record ->> '$.returned.cashDue' IS cash_due_fen
    AND record ->> '$.ownBefore' IS own_before_fen AND record ->> '$.ownAfter' IS own_after_fen
    AND (record ->> '$.remaining' IS NULL) = (method = 'whole'))
) STRICT, WITHOUT ROWID;
CREATE INDEX undo_of_day ON undo (business_day, undone_at_ms);
CREATE INDEX undo_of_root ON undo (root);
CREATE INDEX undo_of_settlement ON undo (undone);
CREATE UNIQUE INDEX one_reversal_per_sale ON undo (root) WHERE kind = 'reversal';

-- Messages that were reversed, also those of which there was nothing to give back: undo is null then.
CREATE TABLE reversal (
  msg_id TEXT PRIMARY KEY REFERENCES message (msg_id),
  undo TEXT UNIQUE REFERENCES undo (id),
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What stands in for a consent that was given before: the voucher of a 医保码, good for any bill, or what was given for a
-- PIN or a voucher after QUOTE_STALE.
CREATE TABLE ticket (
  ticket TEXT PRIMARY KEY CHECK (length(ticket) >= 32),
  card TEXT NOT NULL REFERENCES card (ref),
  consent TEXT NOT NULL DEFAULT 'pin' CHECK (consent IN ('pin', 'voucher')),
  bill_hash TEXT,
  terminal TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_by TEXT CHECK (used_by <> ''),
  CHECK (bill_hash IS NOT NULL OR consent = 'voucher')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_ticket_per_message ON ticket (used_by) WHERE used_by IS NOT NULL;

CREATE TABLE evoucher (
  code_index BLOB PRIMARY KEY CHECK (length(code_index) = 32),
  person TEXT NOT NULL REFERENCES person (id),
  issued_at_ms INTEGER NOT NULL,
  used_by TEXT CHECK (used_by <> ''),
  voucher TEXT UNIQUE REFERENCES ticket (ticket),
  CHECK ((used_by IS NULL) = (voucher IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE terminal_key (
  terminal TEXT PRIMARY KEY CHECK (terminal GLOB '?*/?*'),
  key_sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pin_key (
  key_id TEXT PRIMARY KEY CHECK (key_id <> ''),
  terminal TEXT NOT NULL REFERENCES terminal_key (terminal),
  format TEXT NOT NULL CHECK (format IN ('iso4-aes128', 'iso4-sm4', 'iso0-tdes')),
  key_sealed BLOB NOT NULL,
  uses INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_pin_key_per_format ON pin_key (terminal, format) WHERE retired = 0;
${walletTables}
${familyTables}`;

/** The triggers over `tables`. Apart from them because a migration copies rows before it puts the rules on. */
export const rules = `
${linkRules}
CREATE TRIGGER account_starts_empty BEFORE INSERT ON account
WHEN NEW.balance_fen <> 0 OR NEW.last_posting <> 0 OR EXISTS (SELECT 1 FROM account WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an account starts empty and once'); END;

CREATE TRIGGER account_closes_empty BEFORE UPDATE OF closed ON account
WHEN NEW.closed = 1 AND OLD.closed = 0 AND NEW.balance_fen <> 0
BEGIN SELECT RAISE(ABORT, 'an account is closed when it is empty'); END;

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
  OR EXISTS (SELECT 1 FROM undo WHERE id = NEW.undo)
  OR (NEW.link IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM link JOIN account ON account.person = link.provider AND account.kind = 'personal'
    WHERE link.id = NEW.link AND account.id = iif(NEW.kind = 'return', NEW.credit, NEW.debit)))
BEGIN
  SELECT RAISE(ABORT, 'postings only grow, are closed by their settlement or undo, and a link gives its provider''s money');
END;

-- What is given back to an account that was closed meanwhile lies there until it is paid out or the account opened.
CREATE TRIGGER posting_to_open_account BEFORE INSERT ON posting
WHEN NEW.kind <> 'return' AND EXISTS (SELECT 1 FROM account WHERE id = NEW.credit AND closed = 1)
BEGIN SELECT RAISE(ABORT, 'a closed account takes nothing but returns'); END;

CREATE TRIGGER posting_moves_money AFTER INSERT ON posting
BEGIN
  UPDATE account SET balance_fen = balance_fen - NEW.amount_fen, last_posting = NEW.id
  WHERE id = NEW.debit AND person IS NOT NULL;
  UPDATE account SET balance_fen = balance_fen + NEW.amount_fen, last_posting = NEW.id
  WHERE id = NEW.credit AND person IS NOT NULL;
  UPDATE link SET quota_left_fen = quota_left_fen + iif(NEW.kind = 'return', NEW.quota_fen, -NEW.quota_fen)
  WHERE id = NEW.link AND NEW.quota_fen > 0;
  SELECT RAISE(ABORT, 'no quota was set aside') FROM link
  WHERE id = NEW.link AND NEW.quota_fen > 0 AND quota_left_fen IS NULL;
END;

CREATE TRIGGER posting_is_final BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER posting_stays BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never removed'); END;

CREATE TRIGGER message_once BEFORE INSERT ON message
WHEN EXISTS (SELECT 1 FROM message WHERE msg_id = NEW.msg_id OR settlement = NEW.settlement OR undo = NEW.undo)
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
  WHERE NEW.root = NEW.id AND NOT EXISTS (
    SELECT 1 FROM message
    WHERE msg_id = NEW.msg_id AND settlement = NEW.id
      AND answer ->> '$.settlement.settlementId' = NEW.id
      AND answer ->> '$.settlement.split.total' = NEW.total_fen
      AND answer ->> '$.settlement.split.fund' = NEW.fund_fen
      AND answer ->> '$.settlement.split.own' = NEW.own_fen
      AND answer ->> '$.settlement.split.shared' = NEW.shared_fen
      AND answer ->> '$.settlement.split.cash' = NEW.cash_fen
      AND answer ->> '$.settlement.ownAfter' = NEW.own_after_fen);
  SELECT RAISE(ABORT, 'a code pays by its voucher, which this message used up')
  WHERE NEW.root = NEW.id AND NEW.voucher_used = 1 AND NOT EXISTS (
    SELECT 1 FROM ticket JOIN card ON card.ref = ticket.card
    WHERE ticket.used_by = NEW.msg_id AND ticket.consent = 'voucher' AND card.person = NEW.beneficiary);
  SELECT RAISE(ABORT, 'a rest is what its refund was answered to leave')
  WHERE NEW.root <> NEW.id AND NOT EXISTS (
    SELECT 1 FROM message JOIN settlement AS sale ON sale.id = NEW.root AND sale.root = sale.id
    WHERE message.msg_id = NEW.msg_id AND undo IS NOT NULL
      AND sale.pin_used = NEW.pin_used AND sale.voucher_used = NEW.voucher_used
      AND sale.beneficiary = NEW.beneficiary AND sale.institution = NEW.institution
      AND answer ->> '$.undo.resettledAs' = NEW.id
      AND answer ->> '$.undo.original.settlementId' = NEW.root
      AND answer ->> '$.undo.remaining.total' = NEW.total_fen
      AND answer ->> '$.undo.remaining.fund' = NEW.fund_fen
      AND answer ->> '$.undo.remaining.own' = NEW.own_fen
      AND answer ->> '$.undo.remaining.shared' = NEW.shared_fen
      AND answer ->> '$.undo.remaining.cash' = NEW.cash_fen
      AND answer ->> '$.undo.ownAfter' = NEW.own_after_fen);
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
  WHERE NEW.own_after_fen <> coalesce((
    -- A closed account pays no sale and is told as none, whatever came back to it; of a rest it pays what it gave.
    SELECT iif(closed = 1 AND NEW.root = NEW.id, 0, balance_fen)
    FROM account WHERE person = NEW.beneficiary AND kind = 'personal'), 0);
END;
CREATE TRIGGER settlement_is_final BEFORE UPDATE ON settlement
BEGIN SELECT RAISE(ABORT, 'a settlement is never changed'); END;
CREATE TRIGGER settlement_stays BEFORE DELETE ON settlement
BEGIN SELECT RAISE(ABORT, 'a settlement is never removed'); END;

CREATE TRIGGER undo_adds_up BEFORE INSERT ON undo
BEGIN
  SELECT RAISE(ABORT, 'an undo is written once')
  WHERE EXISTS (SELECT 1 FROM undo WHERE id = NEW.id OR seq >= NEW.seq OR resettled_as = NEW.resettled_as);
  SELECT RAISE(ABORT, 'an undo is of what stands for the sale')
  WHERE NOT EXISTS (SELECT 1 FROM settlement WHERE id = NEW.undone AND root = NEW.root)
    OR EXISTS (SELECT 1 FROM undo WHERE undone = NEW.undone AND resettled_as IS NOT NULL);
  SELECT RAISE(ABORT, 'an undo says what its message was answered')
  WHERE NEW.kind <> 'reversal' AND NOT EXISTS (
    SELECT 1 FROM message
    WHERE msg_id = NEW.msg_id AND undo = NEW.id AND answer -> '$.undo' = json(NEW.record));
  SELECT RAISE(ABORT, 'a cancel is of the same business day')
  FROM settlement AS sale
  WHERE NEW.kind = 'cancel' AND sale.id = NEW.root
    AND sale.business_day <> date(NEW.undone_at_ms / 1000 + 28800, 'unixepoch');
  SELECT RAISE(ABORT, 'an undo''s postings must add up to what it gives back')
  FROM (
    SELECT
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'fund'), 0) AS fund,
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'personal' AND link IS NULL), 0) AS own,
      coalesce(sum(amount_fen) FILTER (WHERE account.kind = 'wallet' OR link IS NOT NULL), 0) AS shared,
      coalesce(sum(amount_fen), 0) AS moved,
      count(*) FILTER (WHERE debit <> (SELECT institution FROM settlement WHERE id = NEW.root)) AS astray
    FROM posting JOIN account ON account.id = posting.credit
    WHERE posting.undo = NEW.id) AS back
  LEFT JOIN settlement AS rest ON rest.id = NEW.resettled_as
  WHERE back.fund - coalesce(rest.fund_fen, 0) <> NEW.fund_fen
    OR back.own - coalesce(rest.own_fen, 0) <> NEW.own_fen
    OR back.shared - coalesce(rest.shared_fen, 0) <> NEW.shared_fen
    OR back.fund + back.own + back.shared <> back.moved
    OR back.astray <> 0
    OR NEW.taken_fen <> NEW.total_fen + coalesce(rest.total_fen, 0)
    OR (rest.id IS NULL) <> (NEW.resettled_as IS NULL)
    OR rest.root <> NEW.root OR rest.msg_id <> NEW.msg_id;
  SELECT RAISE(ABORT, 'nobody gets back more than was paid')
  FROM (
    SELECT debit AS account, link, amount_fen AS paid, 0 AS back, quota_fen AS quota
    FROM posting WHERE settlement = NEW.undone
    UNION ALL
    SELECT credit, link, 0, amount_fen, -quota_fen FROM posting
    WHERE undo IN (SELECT id FROM undo WHERE undone = NEW.undone UNION ALL SELECT NEW.id))
  GROUP BY account, link
  HAVING sum(back) > sum(paid) OR sum(quota) < 0;
  SELECT RAISE(ABORT, 'nobody gets back more than was paid')
  FROM (
    SELECT sum(taken_fen) AS taken, sum(cash) AS cash, min(cash) AS least FROM (
      SELECT taken_fen, taken_fen - (SELECT coalesce(sum(amount_fen), 0) FROM posting WHERE undo = back.id) AS cash
      FROM (SELECT taken_fen, id FROM undo WHERE undone = NEW.undone UNION ALL SELECT NEW.taken_fen, NEW.id) AS back))
  JOIN settlement AS paid ON paid.id = NEW.undone
  WHERE cash > paid.cash_fen OR least < 0 OR (NEW.resettled_as IS NOT NULL AND taken <> paid.total_fen);
  SELECT RAISE(ABORT, 'the rest takes from nobody more than he got back')
  FROM posting AS again
  WHERE again.settlement = NEW.resettled_as AND again.amount_fen > (
    SELECT coalesce(sum(amount_fen), 0) FROM posting WHERE undo = NEW.id AND credit = again.debit);
  SELECT RAISE(ABORT, 'a sale gives back no more than its total')
  FROM (SELECT coalesce(sum(total_fen), 0) AS before FROM undo WHERE root = NEW.root)
  JOIN settlement AS sale ON sale.id = NEW.root
  WHERE before + NEW.total_fen > sale.total_fen
    OR NEW.record ->> '$.returnedBefore' IS NOT before
    OR coalesce(NEW.record ->> '$.remaining.total', 0) <> sale.total_fen - before - NEW.total_fen;
  SELECT RAISE(ABORT, 'the balance told is the balance left')
  FROM settlement AS sale
  WHERE sale.id = NEW.root AND NEW.own_after_fen <> coalesce(
    (SELECT balance_fen FROM account WHERE person = sale.beneficiary AND kind = 'personal'), 0);
END;
CREATE TRIGGER undo_is_final BEFORE UPDATE ON undo
BEGIN SELECT RAISE(ABORT, 'an undo is never changed'); END;
CREATE TRIGGER undo_stays BEFORE DELETE ON undo
BEGIN SELECT RAISE(ABORT, 'an undo is never removed'); END;

CREATE TRIGGER reversal_leaves_nothing BEFORE INSERT ON reversal
BEGIN
  SELECT RAISE(ABORT, 'a message is reversed once') FROM reversal WHERE msg_id = NEW.msg_id;
  SELECT RAISE(ABORT, 'a cancel or refund is not reversed') FROM message WHERE msg_id = NEW.msg_id AND undo IS NOT NULL;
  SELECT RAISE(ABORT, 'of a reversed sale nothing stays paid')
  FROM message JOIN settlement AS sale ON sale.id = message.settlement
  WHERE message.msg_id = NEW.msg_id
    AND sale.total_fen <> (SELECT coalesce(sum(total_fen), 0) FROM undo WHERE root = sale.id);
  SELECT RAISE(ABORT, 'a reversal''s undo is its own')
  WHERE NEW.undo IS NOT (
    SELECT undo.id FROM undo JOIN message ON message.settlement = undo.root
    WHERE message.msg_id = NEW.msg_id AND undo.kind = 'reversal');
END;
CREATE TRIGGER reversal_is_final BEFORE UPDATE ON reversal
BEGIN SELECT RAISE(ABORT, 'a reversal is never changed'); END;
CREATE TRIGGER reversal_stays BEFORE DELETE ON reversal
BEGIN SELECT RAISE(ABORT, 'a reversal is never removed'); END;

CREATE TRIGGER ticket_is_used_once BEFORE UPDATE ON ticket
WHEN OLD.used_by IS NOT NULL OR NEW.ticket <> OLD.ticket OR NEW.card <> OLD.card OR NEW.consent <> OLD.consent
  OR NEW.bill_hash IS NOT OLD.bill_hash OR NEW.terminal <> OLD.terminal OR NEW.expires_at_ms <> OLD.expires_at_ms
BEGIN SELECT RAISE(ABORT, 'a ticket is used once'); END;

CREATE TRIGGER evoucher_is_used_once BEFORE UPDATE ON evoucher
WHEN OLD.used_by IS NOT NULL OR NEW.code_index <> OLD.code_index OR NEW.person <> OLD.person
  OR NEW.issued_at_ms <> OLD.issued_at_ms
BEGIN SELECT RAISE(ABORT, 'a code is used once'); END;
CREATE TRIGGER evoucher_stays BEFORE DELETE ON evoucher
BEGIN SELECT RAISE(ABORT, 'a code is never removed'); END;

CREATE TRIGGER pin_key_wears_out BEFORE UPDATE ON pin_key
WHEN NEW.key_id <> OLD.key_id OR NEW.terminal <> OLD.terminal OR NEW.format <> OLD.format
  OR NEW.key_sealed <> OLD.key_sealed OR NEW.at_ms <> OLD.at_ms OR NEW.uses < OLD.uses OR NEW.retired < OLD.retired
BEGIN SELECT RAISE(ABORT, 'a PIN key only wears out'); END;
CREATE TRIGGER pin_key_stays BEFORE DELETE ON pin_key
BEGIN SELECT RAISE(ABORT, 'a PIN key is never removed'); END;
CREATE TRIGGER pin_key_once BEFORE INSERT ON pin_key
WHEN NEW.uses <> 0 OR NEW.retired <> 0 OR EXISTS (
  SELECT 1 FROM pin_key WHERE key_id = NEW.key_id OR (terminal = NEW.terminal AND format = NEW.format AND retired = 0))
BEGIN SELECT RAISE(ABORT, 'a terminal has one PIN key of a format, new when it comes'); END;
${walletRules}
${familyRules}`;
