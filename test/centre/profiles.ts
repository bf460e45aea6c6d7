import { readFixture } from '../../src/app/fixture-files.ts';
import { loadPolicyProfiles } from '../../src/app/policy-profiles.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';

const profiles = loadPolicyProfiles(readFixture('policy-profiles.yaml'), 'policy-profiles.yaml');

/** A profile of the product's file, with keys changed where a test needs it. */
export function profile(name: string, changes: Partial<PolicyProfile> = {}): PolicyProfile {
  const found = profiles.get(name);
  if (!found) throw new Error(`no profile ${name}`);
  return { ...found, ...changes };
}
