import type { AreaName } from '../domain/person.ts';
import type { PolicyProfile } from '../domain/policy-profile.ts';
import { readFixture } from './fixture-files.ts';
import { loadListedAreas, loadPolicyProfiles } from './policy-profiles.ts';

export interface Rules {
  readonly profiles: ReadonlyMap<string, PolicyProfile>;
  readonly listedAreas: ReadonlySet<AreaName>;
}

/** The profiles and areas that come with the program. Errors: `PolicyProfileError`, as `readFileSync`. */
export function loadRules(fixturesFolder?: string): Rules {
  const profilesFile = 'policy-profiles.yaml';
  return {
    profiles: loadPolicyProfiles(readFixture(profilesFile, fixturesFolder), profilesFile),
    listedAreas: loadListedAreas(readFixture('cross-province-areas.yaml', fixturesFolder)),
  };
}

/** No profile has this name. The message lists those there are. */
class UnknownProfileError extends Error {
  readonly code = 'unknownProfile';
  constructor(name: string, names: readonly string[]) {
    super(`unknown profile "${name}", expected one of ${names.join(', ')}`);
    this.name = 'UnknownProfileError';
  }
}

/** A profile by its name. Errors: `UnknownProfileError`. */
export function profileNamed({ profiles }: Rules, name: string): PolicyProfile {
  const profile = profiles.get(name);
  if (profile === undefined) throw new UnknownProfileError(name, [...profiles.keys()]);
  return profile;
}
