import { expect, it } from 'vitest';
import { paysOf } from '../../src/app/binding-view.ts';
import { readFixture } from '../../src/app/fixture-files.ts';
import { loadPolicyProfiles } from '../../src/app/policy-profiles.ts';

const profiles = loadPolicyProfiles(readFixture('policy-profiles.yaml'), 'policy-profiles.yaml');

it.each([
  ['chongqing-2021', 'shortfall'],
  ['national-2024', 'shortfall'],
  ['shenzhen-2023', 'whenEmpty'],
  ['national-2026', 'quota'],
  ['wallet-2025', 'wallet'],
])('%s: the desk says that a link gives money by %s (R30, R32, R70, R75)', (name, pays) => {
  const profile = profiles.get(name);
  expect(profile && paysOf(profile)).toBe(pays);
});
