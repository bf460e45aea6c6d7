import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedCentre, openEmbeddedCentre } from '../../centre/embedded-centre.ts';
import type { Language } from '../../domain/prompt.ts';
import type { Clock } from '../../ports/clock.ts';
import { loadDeck } from '../deck.ts';
import { lockFolder } from '../folder-lock.ts';
import { openKeyFile } from '../keys/key-file.ts';
import { availableProtections } from '../keys/key-protection.ts';
import { loadRules, profileNamed } from '../rules.ts';
import { type CitizenServer, serveCitizens } from './citizen-server.ts';

export interface CitizenCommand {
  readonly port: number;
  /** This machine alone when left out. */
  readonly host?: string | undefined;
  readonly profile: string;
  /** A data folder, as a kiosk has one, that nobody else has open; undefined = nothing is kept. */
  readonly data?: string | undefined;
  readonly lang: Language;
  /** Told of faults. */
  readonly report: (fault: Error) => void;
}

const systemClock: Clock = { now: () => Date.now() };

/** `gongji citizen`: the citizens' pages on a centre of their own with the deck's people.
 *  Errors: those of opening rules, folder, keys and database, and of the port; their messages say what to do. */
export async function startCitizenPages(options: CitizenCommand): Promise<CitizenServer> {
  const { port, host, data, lang, report } = options;
  const rules = loadRules();
  const profile = profileNamed(rules, options.profile);
  const deck = loadDeck();
  const lock = data === undefined ? null : lockFolder(data);
  let centre: EmbeddedCentre | undefined;
  const letGo = () => {
    centre?.close();
    lock?.release();
  };
  try {
    centre = openEmbeddedCentre({
      path: data === undefined ? 'memory' : join(data, 'centre.sqlite'),
      profile,
      listedAreas: rules.listedAreas,
      clock: systemClock,
      random: (byteCount) => randomBytes(byteCount),
      pinVerificationKey: data === undefined ? randomBytes(32) : centreKeyOf(data),
    });
    centre.registry.seed(deck.id, deck.people, deck.links);
    const parts = { centre, deck, profile, rules, clock: systemClock, random: randomBytes };
    const server = await serveCitizens(parts, { port, language: lang, report, ...(host !== undefined && { host }) });
    return {
      url: server.url,
      async close() {
        await server.close();
        letGo();
      },
    };
  } catch (fault) {
    letGo();
    throw fault;
  }
}

function centreKeyOf(folder: string): Uint8Array {
  const { keys } = openKeyFile(folder, availableProtections(null, process.env));
  keys.terminalKey.fill(0);
  return keys.centreKey;
}
