import { describe, expect, it } from 'vitest';
import { type LabFacts, whatLacks } from './lab-needs.ts';

const debian: LabFacts = { platform: 'linux', arch: 'x64', has: () => true };

describe('what the hardware lab needs', () => {
  it('nothing is missing on a Debian', () => {
    expect(whatLacks(debian)).toBeNull();
  });

  it.each<[string, Partial<LabFacts>, string]>([
    ['another system', { platform: 'darwin' }, 'it needs Linux, this is darwin'],
    ['another processor', { arch: 'arm64' }, 'it needs an x64 processor, this is arm64'],
    [
      'a Linux without apt',
      { has: (program) => !/^(?:apt|dpkg)/.test(program) },
      'it needs a Debian, which has apt-get, apt-cache, dpkg-deb',
    ],
  ])('is named: %s', (_, facts, reason) => {
    expect(whatLacks({ ...debian, ...facts })).toBe(reason);
  });
});
