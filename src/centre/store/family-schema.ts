/** Tables of the e-card's family service, part of the centre's schema. What they hold by themselves:
 *  - of a PIN only a verifier under the centre's key; an entry is counted for good, and only once noted as right;
 *  - a permit is used once; a relative is added with a permit of his holder, has one place with a holder at a time, and was
 *    asked for a photo of his face when he was under 16 (R103); nothing but the kind of his papers is kept;
 *  - a member awaits the face check first, and only then is opened or not; certifications and applications stay, and an
 *    application goes from submitted over in progress to done. */
export const familyTables = `
CREATE TABLE ecard (
  person TEXT PRIMARY KEY REFERENCES person (id),
  pin_verifier BLOB NOT NULL CHECK (length(pin_verifier) = 32),
  issued_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ecard_entry (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL REFERENCES ecard (person),
  is_right INTEGER NOT NULL DEFAULT 0 CHECK (is_right IN (0, 1)),
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX ecard_entry_of_person ON ecard_entry (person);

CREATE TABLE ecard_permit (
  permit TEXT PRIMARY KEY CHECK (length(permit) >= 32),
  person TEXT NOT NULL REFERENCES ecard (person),
  expires_at_ms INTEGER NOT NULL,
  used_for TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE family_member (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  holder TEXT NOT NULL REFERENCES ecard (person),
  relative TEXT NOT NULL REFERENCES person (id),
  relation TEXT NOT NULL CHECK (
    relation IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'other')),
  state TEXT NOT NULL CHECK (state IN ('awaitingFace', 'opened', 'refused', 'lapsed', 'removed')),
  proof TEXT NOT NULL CHECK (proof IN ('png', 'jpeg', 'pdf')),
  photo TEXT CHECK (photo IS NULL OR photo IN ('png', 'jpeg')),
  applied_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  CHECK (holder <> relative)
) STRICT, WITHOUT ROWID;
CREATE INDEX family_member_of_relative ON family_member (relative);
CREATE UNIQUE INDEX one_place_per_relative ON family_member (holder, relative) WHERE state IN ('awaitingFace', 'opened');

CREATE TABLE certification (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  by_person TEXT NOT NULL REFERENCES person (id),
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX certification_of_person ON certification (person);

CREATE TABLE transfer_application (
  id TEXT PRIMARY KEY CHECK (id <> ''),
  person TEXT NOT NULL REFERENCES person (id),
  by_person TEXT NOT NULL REFERENCES person (id),
  from_area TEXT NOT NULL CHECK (from_area GLOB '?*/?*'),
  to_area TEXT NOT NULL CHECK (to_area GLOB '?*/?*'),
  state TEXT NOT NULL CHECK (state IN ('submitted', 'inProgress', 'done')),
  applied_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  CHECK (from_area <> to_area)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_by_person ON transfer_application (by_person);
CREATE UNIQUE INDEX one_open_transfer ON transfer_application (person) WHERE state <> 'done';
`;

export const familyRules = `
CREATE TRIGGER ecard_entry_counts_first BEFORE INSERT ON ecard_entry WHEN NEW.is_right <> 0
BEGIN SELECT RAISE(ABORT, 'an entry is counted before it is compared'); END;
CREATE TRIGGER ecard_entry_is_noted_once BEFORE UPDATE ON ecard_entry
WHEN OLD.is_right <> 0 OR NEW.is_right <> 1 OR NEW.id <> OLD.id OR NEW.person <> OLD.person OR NEW.at_ms <> OLD.at_ms
BEGIN SELECT RAISE(ABORT, 'an entry is noted as right once'); END;
CREATE TRIGGER ecard_entry_stays BEFORE DELETE ON ecard_entry
BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;
CREATE TRIGGER ecard_keeps_its_holder BEFORE UPDATE ON ecard
WHEN NEW.person <> OLD.person OR NEW.issued_at_ms <> OLD.issued_at_ms
BEGIN SELECT RAISE(ABORT, 'of an e-card only the PIN changes'); END;

CREATE TRIGGER ecard_permit_is_new BEFORE INSERT ON ecard_permit WHEN NEW.used_for IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a permit is used after it was given'); END;
CREATE TRIGGER ecard_permit_is_used_once BEFORE UPDATE ON ecard_permit
WHEN OLD.used_for IS NOT NULL OR NEW.used_for IS NULL OR NEW.permit <> OLD.permit OR NEW.person <> OLD.person
  OR NEW.expires_at_ms <> OLD.expires_at_ms
BEGIN SELECT RAISE(ABORT, 'a permit is used once'); END;
CREATE TRIGGER ecard_permit_stays BEFORE DELETE ON ecard_permit
BEGIN SELECT RAISE(ABORT, 'a permit is never removed'); END;

CREATE TRIGGER family_member_begins_with_pin BEFORE INSERT ON family_member
BEGIN
  SELECT RAISE(ABORT, 'a relative is added by an e-card PIN, and not opened yet')
  WHERE NEW.state <> 'awaitingFace' OR NOT EXISTS (
    SELECT 1 FROM ecard_permit
    WHERE used_for = NEW.id AND person = NEW.holder AND expires_at_ms > NEW.applied_at_ms);
  SELECT RAISE(ABORT, 'a relative under 16 is added with a photo')
  FROM person WHERE id = NEW.relative
    AND (NEW.photo IS NULL) = (born > date(NEW.applied_at_ms / 1000 + 28800, 'unixepoch', '-16 years'));
END;
CREATE TRIGGER family_member_goes_its_way BEFORE UPDATE ON family_member
WHEN NEW.id <> OLD.id OR NEW.holder <> OLD.holder OR NEW.relative <> OLD.relative OR NEW.relation <> OLD.relation
  OR NEW.proof <> OLD.proof OR NEW.photo IS NOT OLD.photo OR NEW.applied_at_ms <> OLD.applied_at_ms
  OR NOT (OLD.state = 'awaitingFace' AND NEW.state IN ('opened', 'refused', 'lapsed')
    OR OLD.state = 'opened' AND NEW.state = 'removed')
BEGIN SELECT RAISE(ABORT, 'a relative is opened after the face check, and removed after that'); END;
CREATE TRIGGER family_member_stays BEFORE DELETE ON family_member
BEGIN SELECT RAISE(ABORT, 'a relative on record is never deleted'); END;

CREATE TRIGGER certification_is_final BEFORE UPDATE ON certification
BEGIN SELECT RAISE(ABORT, 'a certification is never changed'); END;
CREATE TRIGGER certification_stays BEFORE DELETE ON certification
BEGIN SELECT RAISE(ABORT, 'a certification is never removed'); END;

CREATE TRIGGER transfer_is_submitted_first BEFORE INSERT ON transfer_application WHEN NEW.state <> 'submitted'
BEGIN SELECT RAISE(ABORT, 'an application is submitted first'); END;
CREATE TRIGGER transfer_goes_its_way BEFORE UPDATE ON transfer_application
WHEN NEW.id <> OLD.id OR NEW.person <> OLD.person OR NEW.by_person <> OLD.by_person OR NEW.from_area <> OLD.from_area
  OR NEW.to_area <> OLD.to_area OR NEW.applied_at_ms <> OLD.applied_at_ms
  OR NOT (OLD.state = 'submitted' AND NEW.state = 'inProgress' OR OLD.state = 'inProgress' AND NEW.state = 'done')
BEGIN SELECT RAISE(ABORT, 'an application goes one step at a time'); END;
CREATE TRIGGER transfer_stays BEFORE DELETE ON transfer_application
BEGIN SELECT RAISE(ABORT, 'an application is never removed'); END;
`;
