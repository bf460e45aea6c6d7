import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedCentre, openEmbeddedCentre } from '../centre/embedded-centre.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { PinBlockFormat } from '../ports/pin-pad.ts';
import { type FileJournal, openFileJournal } from '../terminal/file-journal.ts';
import { messageIds } from '../terminal/message-ids.ts';
import { type Deck, loadDeck } from './deck.ts';
import { demoInstitution } from './demo-institution.ts';
import { lockFolder } from './folder-lock.ts';
import { openKeyFile } from './keys/key-file.ts';
import { availableProtections, type KeyProtection } from './keys/key-protection.ts';
import { TerminalPinKeys } from './keys/terminal-pin-keys.ts';
import { loadRules, profileNamed, type Rules } from './rules.ts';

export interface LocalDeskOptions {
  /** Where journal, database and key are kept. Made when it is missing. */
  readonly dataFolder: string;
  /** The program's own when left out. */
  readonly fixturesFolder?: string | undefined;
  readonly profile: string;
  readonly clock: Clock;
  /** The terminal's id within its institution, which ends in its number; `T0000001` when left out. */
  readonly terminal?: string | undefined;
  /** What the counter's PIN pads seal; format 4 under AES when left out. */
  readonly pinBlockFormats?: readonly PinBlockFormat[] | undefined;
  /** What may protect the keys on the disk, the best first; what the environment says when left out. */
  readonly keyProtections?: readonly KeyProtection[] | undefined;
}

/** What a counter with a centre of its own works on, whatever its screens are: the rules, the deck's people in the
 *  embedded centre, the journal, and the PIN keys that the centre hands out to this terminal. */
export interface LocalDesk {
  readonly profile: PolicyProfile;
  /** All the rules that there are, `profile` among them. */
  readonly rules: Rules;
  readonly deck: Deck;
  readonly centre: EmbeddedCentre;
  readonly journal: FileJournal;
  readonly ids: Ids;
  /** The terminal's id, which the centre knows. */
  readonly terminal: string;
  readonly pinKeys: TerminalPinKeys;
  /** What the keys on the disk are sealed with. */
  readonly keyProtection: KeyProtection;
  close(): Promise<void>;
}

/** Errors: those of opening rules, deck, journal, key and database; their messages say what to do. */
export async function openLocalDesk(options: LocalDeskOptions): Promise<LocalDesk> {
  const { dataFolder, fixturesFolder, clock, terminal = 'T0000001' } = options;
  const rules = loadRules(fixturesFolder);
  const profile = profileNamed(rules, options.profile);
  const deck = loadDeck(fixturesFolder);
  // First of all: two programs on one journal, or two that make keys at once, would each lose what is the other's.
  const lock = lockFolder(dataFolder);
  const journal = await openFileJournal(join(dataFolder, 'journal.jsonl')).catch((fault: unknown) => {
    lock.release();
    throw fault;
  });
  let centre: EmbeddedCentre | undefined;
  try {
    const protections = options.keyProtections ?? availableProtections(null, process.env);
    const { keys, protection } = openKeyFile(dataFolder, protections);
    centre = openEmbeddedCentre({
      path: join(dataFolder, 'centre.sqlite'),
      profile,
      listedAreas: rules.listedAreas,
      clock,
      random: (byteCount) => randomBytes(byteCount),
      pinVerificationKey: keys.centreKey,
    });
    centre.registry.seed(deck.id, deck.people, deck.links);
    centre.registry.enrolTerminal(`${demoInstitution.code}/${terminal}`, keys.terminalKey);
    const pinKeys = new TerminalPinKeys({
      terminalKey: keys.terminalKey,
      formats: options.pinBlockFormats ?? ['iso4-aes128'],
    });
    keys.terminalKey.fill(0);
    const openCentre = centre;
    return {
      profile,
      rules,
      deck,
      centre: openCentre,
      journal,
      ids: messageIds(demoInstitution.code, clock, Number(terminal.slice(-2)), journal.lastMsgId),
      terminal,
      pinKeys,
      keyProtection: protection,
      async close() {
        pinKeys.drop();
        await journal.close();
        openCentre.close();
        lock.release();
      },
    };
  } catch (fault) {
    centre?.close();
    await journal.close();
    lock.release();
    throw fault;
  }
}
