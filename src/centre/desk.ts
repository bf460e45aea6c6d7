import { chinaDay } from '../domain/china-time.ts';
import type { AreaName } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Envelope } from '../ports/centre.ts';
import type { Clock } from '../ports/clock.ts';
import type { CardVault } from './card-vault.ts';
import type { CentreStore } from './centre-store.ts';

/** What every use case of the centre works with: the rules in force, the store, and the outside world passed in. */
export interface Desk {
  readonly store: CentreStore;
  readonly profile: PolicyProfile;
  /** The areas behind `area_scope: listed` (R66). */
  readonly listedAreas: ReadonlySet<AreaName>;
  readonly clock: Clock;
  /** As many bytes that nobody can guess. */
  readonly random: (byteCount: number) => Uint8Array;
  readonly vault: CardVault;
  /** Under which PINs are verified. */
  readonly pinVerificationKey: Uint8Array;
  /** So many PIN blocks are taken under one PIN key. */
  readonly pinKeyUsesMax: number;
}

/** How a terminal is called here: its own id is unique within its institution only. */
export function terminalName({ institution, terminal }: Pick<Envelope, 'institution' | 'terminal'>): string {
  return `${institution.code}/${terminal}`;
}

/** A reference or ticket that nobody can guess: 128 bits as 32 hex digits. */
export function unguessable(desk: Pick<Desk, 'random'>): string {
  return Buffer.from(desk.random(16)).toString('hex');
}

/** The number of a settlement (`S`), an undo (`R`), a wallet transfer (`W`), a link's record (`B`) or a link that is asked for
 *  (`A`): the day in China, then what nobody can guess. */
export function recordNumber(desk: Pick<Desk, 'random'>, letter: 'A' | 'B' | 'R' | 'S' | 'W', now: number): string {
  return `${letter}${chinaDay(now).replaceAll('-', '')}${Buffer.from(desk.random(8)).toString('hex').toUpperCase()}`;
}
