import type { AreaName } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import type { Clock } from '../ports/clock.ts';
import type { PinBlockKeys } from '../ports/pin-block.ts';
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
  /** Under which PINs are verified; under which PIN blocks are sealed, by their format. */
  readonly pinVerificationKey: Uint8Array;
  readonly pinBlockKeys: PinBlockKeys;
}

/** A reference or ticket that nobody can guess: 128 bits as 32 hex digits. */
export function unguessable(desk: Pick<Desk, 'random'>): string {
  return Buffer.from(desk.random(16)).toString('hex');
}
