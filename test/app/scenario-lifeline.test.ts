import { describe, expect, it } from 'vitest';
import { Lifeline } from '../../src/app/scenario/lifeline.ts';
import { UnderWay } from '../../src/app/scenario/under-way.ts';

/** What has become of a promise once everything that could go on has gone on. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'waiting';
  promise.then(
    () => {
      state = 'heard';
    },
    () => {
      state = 'failed';
    },
  );
  await new UnderWay().quiet();
  return state;
}

describe('a program that is killed', () => {
  it('hears nothing of what it asked for before, though that goes on', async () => {
    const lifeline = new Lifeline();
    let answer: () => void = () => undefined;
    let fail: (fault: Error) => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const failed = new Promise<void>((_, reject) => {
      fail = reject;
    });
    const asked = [lifeline.heard(() => answered), lifeline.heard(() => failed)];
    lifeline.cut();
    answer();
    fail(new Error('lost'));
    expect(await Promise.all(asked.map(stateOf))).toEqual(['waiting', 'waiting']);
  });

  it('begins nothing any more', async () => {
    const lifeline = new Lifeline();
    let begun = 0;
    const begin = async () => {
      begun++;
    };
    await lifeline.heard(begin);
    lifeline.cut();
    expect([await stateOf(lifeline.heard(begin)), begun]).toEqual(['waiting', 1]);
  });

  it('hears answers and faults as they are while it lives', async () => {
    const lifeline = new Lifeline();
    expect(await lifeline.heard(() => Promise.resolve(3))).toBe(3);
    await expect(lifeline.heard(() => Promise.reject(new Error('storeDown')))).rejects.toThrow('storeDown');
  });
});
