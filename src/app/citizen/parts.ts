import type { EmbeddedCentre } from '../../centre/embedded-centre.ts';
import type { PolicyProfile } from '../../domain/policy-profile.ts';
import type { Language } from '../../domain/prompt.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deck } from '../deck.ts';
import type { Rules } from '../rules.ts';
import type { Session } from './session.ts';

/** What the citizens' pages work on: the centre of the counter beside them, or one of their own. */
export interface CitizenParts {
  readonly centre: EmbeddedCentre;
  /** Whom one can sign in as: its people are in the centre's register. */
  readonly deck: Deck;
  /** The rules that `centre` was opened with. */
  readonly profile: PolicyProfile;
  readonly rules: Rules;
  /** The program's own when left out. */
  readonly fixturesFolder?: string | undefined;
  readonly clock: Clock;
  /** As many bytes that nobody can guess. */
  readonly random: (byteCount: number) => Uint8Array;
}

/** What a page knows of who asks. `person`: his id in the register, empty on pages that need no sign-in; `shownName`: his
 *  name as it may be shown. */
export type CitizenEnv = {
  Variables: { person: string; shownName: string; language: Language; session: Session | null };
};
