import { beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/ipc/intent.ts';
import type { PinView } from '../../src/ipc/view.ts';
import { createPinKeys, type PinKeys, type Seal } from '../../src/ui/pin-keys.ts';

const session = (name: string): PinView => ({ session: name, length: 6, typed: 0, publicKey: 'key' });

let sent: Intent[];
let seen: { digits: number[]; buffer: Uint8Array }[];
let keys: PinKeys;
let finishSealing: (() => void) | null;

const sealAtOnce: Seal = async (digits, name) => {
  seen.push({ digits: [...digits], buffer: digits });
  return { publicKey: `for ${name}`, iv: 'iv', sealed: 'sealed' };
};
const sealLater: Seal = async (digits, name, key) => {
  await new Promise<void>((done) => {
    finishSealing = done;
  });
  return sealAtOnce(digits, name, key);
};

function start(seal: Seal): void {
  keys = createPinKeys(seal, (intent) => sent.push(intent));
}
function type(digits: readonly number[]): void {
  for (const digit of digits) keys.digit(digit);
}

beforeEach(() => {
  sent = [];
  seen = [];
  finishSealing = null;
  start(sealAtOnce);
});

describe("the screen's PIN pad", () => {
  it('seals all digits in one go and tells the count on the way, never a digit', async () => {
    keys.follow(session('a'));
    type([1, 3, 5, 7, 9, 0]);
    await keys.confirm();
    expect(seen.map(({ digits }) => digits)).toEqual([[1, 3, 5, 7, 9, 0]]);
    expect(sent).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((count) => ({ kind: 'pin.typed', session: 'a', count })),
      { kind: 'pin.sealed', session: 'a', publicKey: 'for a', iv: 'iv', sealed: 'sealed' },
    ]);
  });

  it('keeps no digit after it was sealed', async () => {
    keys.follow(session('a'));
    type([1, 3, 5, 7, 9, 0]);
    await keys.confirm();
    expect([...(seen[0]?.buffer ?? [])]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('takes no more digits than the PIN has, and none after it was sealed', async () => {
    keys.follow(session('a'));
    type([1, 2, 3, 4, 5, 6, 7]);
    expect(keys.state().count).toBe(6);
    await keys.confirm();
    type([8]);
    await keys.confirm();
    expect(seen).toHaveLength(1);
  });

  it('says that digits are missing instead of sealing', async () => {
    keys.follow(session('a'));
    type([1, 2, 3]);
    await keys.confirm();
    expect(keys.state()).toMatchObject({ phase: 'open', count: 3, tooShort: true });
    expect(seen).toEqual([]);
  });

  it('clears everything on one key', async () => {
    keys.follow(session('a'));
    type([1, 2, 3]);
    keys.clear();
    type([9, 9, 9, 9, 9, 9]);
    await keys.confirm();
    expect(seen[0]?.digits).toEqual([9, 9, 9, 9, 9, 9]);
    expect(sent[3]).toEqual({ kind: 'pin.typed', session: 'a', count: 0 });
  });

  it('ignores keys while no PIN is asked for', async () => {
    type([1, 2, 3, 4, 5, 6]);
    keys.clear();
    await keys.confirm();
    expect([keys.state().count, sent, seen]).toEqual([0, [], []]);
  });

  it.each([
    ['ends', null],
    ['changes', session('b')],
  ])('wipes the digits when the session %s', async (_how, next) => {
    keys.follow(session('a'));
    type([1, 3, 5]);
    keys.follow(next);
    expect(keys.state().count).toBe(0);
    keys.follow(session('c'));
    type([2, 2, 2, 2, 2, 2]);
    await keys.confirm();
    expect(seen[0]?.digits).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('goes on with the digits when the terminal shows the same session again', () => {
    keys.follow(session('a'));
    type([1, 3]);
    keys.follow({ ...session('a'), typed: 2 });
    expect(keys.state().count).toBe(2);
  });

  it('sends nothing when the session ends while sealing, and the digits are wiped before', async () => {
    start(sealLater);
    keys.follow(session('a'));
    type([1, 3, 5, 7, 9, 0]);
    const sealing = keys.confirm();
    keys.follow(null);
    finishSealing?.();
    await sealing;
    expect(seen[0]?.digits).toEqual([0, 0, 0, 0, 0, 0]);
    expect(sent.filter(({ kind }) => kind === 'pin.sealed')).toEqual([]);
  });

  it('does not touch the digits of the next session when the last one finishes sealing late', async () => {
    start(sealLater);
    keys.follow(session('a'));
    type([1, 1, 1, 1, 1, 1]);
    const late = keys.confirm();
    const finishLate = finishSealing;
    keys.follow(session('b'));
    type([2, 2, 2, 2, 2, 2]);
    finishLate?.();
    await late;
    const sealing = keys.confirm();
    finishSealing?.();
    await sealing;
    expect(seen.at(-1)?.digits).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('opens again, empty, when sealing fails', async () => {
    start(async () => Promise.reject(new Error('no such curve')));
    keys.follow(session('a'));
    type([1, 3, 5, 7, 9, 0]);
    await keys.confirm();
    expect(keys.state()).toMatchObject({ phase: 'open', count: 0 });
    expect(sent.at(-1)).toEqual({ kind: 'pin.typed', session: 'a', count: 0 });
  });
});
