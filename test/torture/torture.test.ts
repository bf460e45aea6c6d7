import { expect, it } from 'vitest';
import { type Housing, torture } from './torture.ts';

it.each<Housing>(['embedded', 'split'])(
  'kill -9, ten times, %s: nothing lost, nothing doubled, nobody stuck',
  async (housing) => {
    const report = await torture({ housing, rounds: 10, seed: 11 });
    expect(report.problems).toEqual([]);
    expect(report.kills.terminal + report.kills.centre).toBe(10);
    expect(report.settled).toBeGreaterThan(10);
  },
  300_000,
);
