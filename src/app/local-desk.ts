import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedCentre, openEmbeddedCentre } from '../centre/embedded-centre.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { type FileJournal, openFileJournal } from '../terminal/file-journal.ts';
import { messageIds } from '../terminal/message-ids.ts';
import { type Deck, loadDeck } from './deck.ts';
import { demoInstitution } from './demo-institution.ts';
import { keyFromFile } from './key-file.ts';
import { loadRules, profileNamed } from './rules.ts';

export interface LocalDeskOptions {
  /** Where journal, database and key are kept. Made when it is missing. */
  readonly dataFolder: string;
  /** The program's own when left out. */
  readonly fixturesFolder?: string | undefined;
  readonly profile: string;
  readonly clock: Clock;
}

/** What a counter with a centre of its own works on, whatever its screens are: the rules, the deck's people in the
 *  embedded centre, the journal, and the keys that PIN pads and centre share. */
export interface LocalDesk {
  readonly profile: PolicyProfile;
  readonly deck: Deck;
  readonly centre: EmbeddedCentre;
  readonly journal: FileJournal;
  readonly ids: Ids;
  /** For pads whose PIN blocks this process seals (format 4, AES): 16 bytes, new at every start, because pad and centre
   *  live in one process and it has nothing to outlive. */
  pinBlockKey(): Uint8Array;
  /** For hardware pads, the session key that their PIN blocks are sealed with (format 0, TDES): 16 bytes, new at every
   *  start; the pad gets it encrypted under its own master key. */
  pinBlockTdesKey(): Uint8Array;
  close(): Promise<void>;
}

/** Errors: those of opening rules, deck, journal, key and database; their messages say what to do. */
export async function openLocalDesk(options: LocalDeskOptions): Promise<LocalDesk> {
  const { dataFolder, fixturesFolder, clock } = options;
  const rules = loadRules(fixturesFolder);
  const profile = profileNamed(rules, options.profile);
  const deck = loadDeck(fixturesFolder);
  const pinBlockKey = randomBytes(16);
  const pinBlockTdesKey = randomBytes(16);
  const journal = await openFileJournal(join(dataFolder, 'journal.jsonl'));
  try {
    const centre = openEmbeddedCentre({
      path: join(dataFolder, 'centre.sqlite'),
      profile,
      listedAreas: rules.listedAreas,
      clock,
      random: (byteCount) => randomBytes(byteCount),
      pinVerificationKey: keyFromFile(join(dataFolder, 'centre.key'), 32),
      pinBlockKey,
      pinBlockTdesKey,
    });
    centre.registry.seed(deck.id, deck.people, deck.links);
    return {
      profile,
      deck,
      centre,
      journal,
      ids: messageIds(demoInstitution.code, clock, journal.lastMsgId),
      pinBlockKey: () => pinBlockKey,
      pinBlockTdesKey: () => pinBlockTdesKey,
      async close() {
        await journal.close();
        centre.close();
      },
    };
  } catch (fault) {
    await journal.close();
    throw fault;
  }
}
