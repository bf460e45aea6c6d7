/** Wallet transfers (R69 to R73). A transfer that waits moves nothing: it is a hold on the sender's account, which lapses by
 *  time and needs no row for it. What moves is in `posting`, by kind `transfer`.
 *  Held by `walletRules`: a transfer is sent over a link of its two people and over no more than the sender has beside what
 *  waits already; it ends once; it is accepted by one posting, before it lapses, of just its amount, from the sender's
 *  personal account to the receiver's wallet; all that goes back to the sender comes from that wallet and is no more than
 *  that amount. */
export const walletTables = `
CREATE TABLE wallet_transfer (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  sender TEXT NOT NULL REFERENCES person (id),
  receiver TEXT NOT NULL REFERENCES person (id),
  link TEXT NOT NULL REFERENCES link (id),
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  profile TEXT NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  sent_day TEXT NOT NULL GENERATED ALWAYS AS (date(sent_at_ms / 1000 + 28800, 'unixepoch')) STORED,
  lapses_at_ms INTEGER CHECK (lapses_at_ms > sent_at_ms),
  ended_as TEXT CHECK (ended_as IN ('accepted', 'declined', 'withdrawn')),
  ended_at_ms INTEGER,
  CHECK (sender <> receiver),
  CHECK ((ended_as IS NULL) = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_transfer_of_sender ON wallet_transfer (sender, sent_day);
CREATE INDEX wallet_transfer_of_receiver ON wallet_transfer (receiver);
CREATE INDEX wallet_transfer_that_waits ON wallet_transfer (sender) WHERE ended_as IS NULL;
`;

/** The posting by which a transfer was accepted, as a condition on `posting` for the transfer `it`. */
const acceptedBy = (it: string) =>
  `posting.transfer = ${it}.id AND posting.debit = 'personal:' || ${it}.sender AND posting.credit = 'wallet:' || ${it}.receiver`;

export const walletRules = `
CREATE TRIGGER wallet_transfer_is_covered BEFORE INSERT ON wallet_transfer
BEGIN
  SELECT RAISE(ABORT, 'a transfer is sent once, and waits at first')
  WHERE NEW.ended_as IS NOT NULL OR EXISTS (SELECT 1 FROM wallet_transfer WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'a transfer goes over a link of its two people')
  WHERE NOT EXISTS (
    SELECT 1 FROM link WHERE id = NEW.link AND provider = NEW.sender AND beneficiary = NEW.receiver);
  SELECT RAISE(ABORT, 'nobody sends more than he has')
  WHERE NEW.amount_fen + (
    SELECT coalesce(sum(amount_fen), 0) FROM wallet_transfer
    WHERE sender = NEW.sender AND ended_as IS NULL AND (lapses_at_ms IS NULL OR lapses_at_ms > NEW.sent_at_ms)
  ) > coalesce((SELECT balance_fen FROM account WHERE person = NEW.sender AND kind = 'personal' AND closed = 0), 0);
END;
CREATE TRIGGER wallet_transfer_ends_once BEFORE UPDATE ON wallet_transfer
BEGIN
  SELECT RAISE(ABORT, 'a transfer keeps what it is and ends once')
  WHERE OLD.ended_as IS NOT NULL OR NEW.ended_as IS NULL OR NEW.id <> OLD.id OR NEW.sender <> OLD.sender
    OR NEW.receiver <> OLD.receiver OR NEW.link <> OLD.link OR NEW.amount_fen <> OLD.amount_fen
    OR NEW.profile <> OLD.profile OR NEW.sent_at_ms <> OLD.sent_at_ms OR NEW.lapses_at_ms IS NOT OLD.lapses_at_ms;
  SELECT RAISE(ABORT, 'a transfer that has lapsed is over') WHERE NEW.ended_at_ms >= NEW.lapses_at_ms;
  SELECT RAISE(ABORT, 'a transfer is accepted by its posting')
  WHERE (NEW.ended_as = 'accepted') <> EXISTS (SELECT 1 FROM posting WHERE ${acceptedBy('NEW')});
END;
CREATE TRIGGER wallet_transfer_stays BEFORE DELETE ON wallet_transfer
BEGIN SELECT RAISE(ABORT, 'a transfer is never removed'); END;

CREATE TRIGGER posting_of_wallet_transfer BEFORE INSERT ON posting WHEN NEW.kind = 'transfer'
BEGIN
  SELECT RAISE(ABORT, 'a transfer is accepted once, whole and in time, and goes back the way it came')
  FROM (SELECT 1) LEFT JOIN wallet_transfer AS it ON it.id = NEW.transfer
  WHERE NOT coalesce(CASE
    WHEN NEW.debit = 'personal:' || it.sender AND NEW.credit = 'wallet:' || it.receiver THEN
      it.ended_as IS NULL AND (it.lapses_at_ms IS NULL OR NEW.at_ms < it.lapses_at_ms) AND NEW.amount_fen = it.amount_fen
      AND NOT EXISTS (SELECT 1 FROM posting WHERE transfer = it.id)
    WHEN NEW.debit = 'wallet:' || it.receiver AND NEW.credit = 'personal:' || it.sender THEN
      it.ended_as = 'accepted' AND NEW.amount_fen + (
        SELECT coalesce(sum(amount_fen), 0) FROM posting WHERE transfer = it.id AND debit = NEW.debit) <= it.amount_fen
    END, 0);
END;
`;

/** What must hold of transfers besides; gives \`problem\`. */
export const walletBooks = `
  SELECT it.id || ': a transfer that was accepted has not moved, or one that was not has' AS problem
  FROM wallet_transfer AS it
  WHERE (it.ended_as IS 'accepted') <> EXISTS (SELECT 1 FROM posting WHERE ${acceptedBy('it')})
  UNION ALL
  SELECT it.id || ': more has gone back than was sent' FROM wallet_transfer AS it
  WHERE it.amount_fen < (
    SELECT coalesce(sum(amount_fen), 0) FROM posting
    WHERE transfer = it.id AND credit = 'personal:' || it.sender)`;
