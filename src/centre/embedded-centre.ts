import type { AreaName } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Centre } from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import { CardVault } from './card-vault.ts';
import { FamilyService } from './family-service.ts';
import { LinkOffice } from './link-office.ts';
import { LocalCentre } from './local-centre.ts';
import { Registry } from './registry.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import { WalletOffice } from './wallet-office.ts';

export interface EmbeddedCentreOptions {
  /** The database file, made when it is not there; `memory` = nothing is kept. */
  readonly path: string | 'memory';
  /** The rules in force as long as it is open. The same file may be opened under another profile next time. */
  readonly profile: PolicyProfile;
  readonly listedAreas: ReadonlySet<AreaName>;
  readonly clock: Clock;
  /** Gives as many bytes that nobody can guess; a fixed sequence in tests and scenarios. */
  readonly random: (byteCount: number) => Uint8Array;
  /** At least 16 bytes, the same for the life of the file: PIN verifiers and the card vault hang on it. */
  readonly pinVerificationKey: Uint8Array;
  /** So many PIN blocks are taken under one PIN key, then the terminal has to sign in anew; 100 when left out. */
  readonly pinKeyUsesMax?: number;
}

export interface EmbeddedCentre {
  readonly centre: Centre;
  readonly registry: Registry;
  /** The e-card and its family service. */
  readonly family: FamilyService;
  readonly links: LinkOffice;
  readonly wallet: WalletOffice;
  close(): void;
}

/** Opens the centre inside this process, on SQLite. Errors: `StoreFault`, whose message says what to do. */
export function openEmbeddedCentre(options: EmbeddedCentreOptions): EmbeddedCentre {
  const vault = new CardVault(options.pinVerificationKey);
  const store = openSqliteStore(options.path === 'memory' ? null : options.path, vault.checkValue());
  const { profile, listedAreas, clock, random, pinVerificationKey, pinKeyUsesMax = 100 } = options;
  const desk = { store, profile, listedAreas, clock, random, vault, pinVerificationKey, pinKeyUsesMax };
  const registry = new Registry(desk);
  return {
    centre: new LocalCentre(desk),
    registry,
    family: new FamilyService(desk, registry),
    links: new LinkOffice(desk),
    wallet: new WalletOffice(desk),
    close: () => store.close(),
  };
}
