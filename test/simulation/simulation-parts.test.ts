import { describe, expect, it } from 'vitest';
import { brokenAnswer } from './broken-answer.ts';
import { type Happening, historyOf, type Step } from './history.ts';
import { historyText } from './history-text.ts';
import { Prng } from './prng.ts';
import { shrink } from './shrink.ts';
import { SimDisk } from './sim-disk.ts';
import { SimTime, WallClock } from './sim-time.ts';

describe('Prng', () => {
  it('gives the same for the same seed and something else for another', () => {
    const draw = (seed: number) => {
      const prng = new Prng(seed);
      return Array.from({ length: 4 }, () => prng.uint32());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(new Set([1, 2, 2 ** 32 + 1].map((seed) => draw(seed).join()))).toHaveLength(3);
  });

  it('draws every number of a range, and nothing outside', () => {
    const prng = new Prng(7);
    const drawn = Array.from({ length: 2_000 }, () => prng.between(3, 9));
    expect([...new Set(drawn)].sort()).toEqual([3, 4, 5, 6, 7, 8, 9]);
    const picked = Array.from({ length: 2_000 }, () => prng.weighted({ often: 9, seldom: 1, never: 0 }));
    expect(picked.filter((one) => one === 'seldom').length).toBeGreaterThan(100);
    expect(picked.filter((one) => one === 'seldom').length).toBeLessThan(350);
    expect(picked).not.toContain('never');
  });
});

describe('SimTime', () => {
  it('fires timers at their moment, in the order of setting where that is the same, and none that was cleared', () => {
    const time = new SimTime();
    const fired: string[] = [];
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['x', 20],
      ['b', 10],
      ['d', 400],
    ] as const) {
      const timer = time.setTimeout(() => fired.push(`${name}@${time.now}`), ms);
      if (name === 'x') time.clearTimeout(timer);
    }
    while (time.nextDue() !== null) time.fireNext();
    expect(fired).toEqual(['a@10', 'b@10', 'c@30', 'd@400']);
  });

  it('has wall clocks that can be set, each for itself', () => {
    const time = new SimTime();
    const [right, wrong] = [new WallClock(time, 1_000), new WallClock(time, 1_000)];
    wrong.step(-400);
    time.moveTo(50);
    expect([right.now(), wrong.now()]).toEqual([1_050, 650]);
  });
});

describe('SimDisk', () => {
  /** A file with `first` flushed and `second` written, after a cut. */
  async function contentAfter(fate: 'kept' | 'dropped' | 'torn', seed = 1): Promise<string> {
    const time = new SimTime();
    const disk = new SimDisk(time);
    const view = disk.view(
      () => true,
      () => undefined,
    );
    const soon = async <T>(work: Promise<T>) => {
      while (time.nextDue() !== null) time.fireNext();
      return work;
    };
    const file = await view.open('/a');
    await soon(file.write(Buffer.from('first\n'), 0));
    await soon(file.datasync());
    await soon(view.syncFolder('/'));
    await soon(file.write(Buffer.from('second\n'), 6));
    disk.cut(fate, new Prng(seed));
    return disk.textOf('/a');
  }

  it('keeps what was flushed, and of the rest what the cut says', async () => {
    expect(await contentAfter('kept')).toBe('first\nsecond\n');
    expect(await contentAfter('dropped')).toBe('first\n');
    const torn = await Promise.all(Array.from({ length: 60 }, (_, seed) => contentAfter('torn', seed)));
    for (const text of torn) expect(text.startsWith('first\n')).toBe(true);
    expect(torn.some((text) => text.length > 6 && text.length < 13 && !text.includes('\0'))).toBe(true);
    expect(torn.some((text) => text.includes('\0'))).toBe(true);
  });

  it('loses a file whose name was not flushed', async () => {
    const disk = new SimDisk(new SimTime());
    await disk
      .view(
        () => true,
        () => undefined,
      )
      .open('/a');
    disk.cut('dropped', new Prng(1));
    expect(disk.paths()).toEqual([]);
  });
});

describe('shrink', () => {
  const key = (at: number, after = 5_000): Step => ({ do: 'key', key: 'confirm', at, after });

  it('leaves the steps that matter, in their order, without the pauses that do not', async () => {
    const steps = Array.from({ length: 40 }, (_, at) => key(at));
    const history = { ...historyOf(1), steps };
    const shrunk = await shrink(history, async ({ steps: left }) => {
      const at = left.map((step) => ('at' in step ? step.at : -1));
      return at.indexOf(7) >= 0 && at.indexOf(7) < at.indexOf(31);
    });
    expect(shrunk.steps).toEqual([key(7, 0), key(31, 0)]);
  });

  it('keeps the time between steps where that matters', async () => {
    const steps = Array.from({ length: 10 }, (_, at) => key(at));
    const shrunk = await shrink({ ...historyOf(1), steps }, async ({ steps: left }) => {
      const last = left.findIndex((step) => 'at' in step && step.at === 9);
      const ms = left.slice(0, last + 1).reduce((sum, step) => sum + step.after, 0);
      return last >= 0 && ms >= 40_000;
    });
    expect(shrunk.steps.length).toBeLessThan(4);
  });
});

describe('histories', () => {
  it('are the same for the same seed, hold every kind of happening, and can be read', () => {
    expect(historyOf(12)).toEqual(historyOf(12));
    const kinds = new Set<Happening['do']>();
    for (let seed = 1; seed <= 200; seed++) {
      const history = historyOf(seed);
      for (const step of history.steps) kinds.add(step.do);
      for (const line of historyText(history)) expect(line).not.toMatch(/undefined|NaN|object/);
    }
    expect(kinds).toHaveLength(36);
  });
});

describe('brokenAnswer', () => {
  it.each([
    [{ kind: 'settled', settlement: { split: { total: 5, cash: 5 } } }, 'settlement.split.cash', 6],
    [{ kind: 'found', answer: { undo: { returned: { cash: 0 } } } }, 'answer.undo.returned.cash', 1],
    [{ kind: 'absent' }, 'kind', 'garbage'],
  ])('damages %j', (answer, path, expected) => {
    const before = structuredClone(answer);
    expect(brokenAnswer(answer)).toHaveProperty(path, expected);
    expect(answer).toEqual(before);
  });
});
