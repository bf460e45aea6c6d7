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

/** A profile by its name. Errors: `RangeError` that lists the names there are. */
export function profileNamed({ profiles }: Rules, name: string): PolicyProfile {
  const profile = profiles.get(name);
  if (profile !== undefined) return profile;
  throw new RangeError(`unknown profile "${name}"; there are ${[...profiles.keys()].join(', ')}`);
}
