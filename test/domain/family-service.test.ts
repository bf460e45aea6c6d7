import { describe, expect, it } from 'vitest';
import { isPhotoNeeded, slotProblem } from '../../src/domain/family-service.ts';
import type { Relation } from '../../src/domain/person.ts';
import { checkProof, proofBytesMax, proofKinds } from '../../src/domain/proof-file.ts';

const times = (relation: Relation, count: number) => Array.from({ length: count }, () => relation);

describe('places in a family service (R107, R108)', () => {
  it.each([
    [times('child', 7), 'child', 8, null],
    [times('child', 8), 'child', 8, { group: null, max: 8 }],
    [[], 'spouse', 0, { group: null, max: 0 }],
    [[...times('parent', 2), ...times('grandparent', 1)], 'grandparent', 10, null],
    [[...times('parent', 2), ...times('grandparent', 2)], 'parent', 10, { group: 'elders', max: 4 }],
    [times('child', 3), 'child', 10, { group: 'children', max: 3 }],
    [times('child', 3), 'grandchild', 10, null],
    [times('spouse', 1), 'spouse', 10, { group: 'spouse', max: 1 }],
    [['sibling', 'grandchild'], 'other', 10, { group: 'others', max: 2 }],
    [times('spouse', 1), 'spouse', 9, null],
    [[...times('parent', 4), ...times('child', 3), 'spouse', 'other', 'other'], 'spouse', 10, { group: null, max: 10 }],
  ] as const)('%j and a %s with %i places: %j', (taken, relation, slots, problem) => {
    expect(slotProblem([...taken], relation, slots)).toEqual(problem);
  });
});

describe('a photo of the face under 16 (R103)', () => {
  it.each([
    ['2009-04-20', true],
    ['2009-04-19', false],
    ['2009-04-18', false],
    ['2025-04-19', true],
  ])('born %s, on 2025-04-19: %s', (born, needed) => {
    expect(isPhotoNeeded(born, '2025-04-19')).toBe(needed);
  });
});

describe('an ID proof is told by its bytes', () => {
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0];
  const jpeg = [0xff, 0xd8, 0xff, 0xe0];
  const pdf = [...Buffer.from('%PDF-1.7')];
  it.each([
    [png, { ok: true, kind: 'png' }],
    [jpeg, { ok: true, kind: 'jpeg' }],
    [pdf, { ok: true, kind: 'pdf' }],
    [[], { ok: false, problem: 'empty' }],
    [png.slice(0, 7), { ok: false, problem: 'kind' }],
    [[...Buffer.from('GIF89a')], { ok: false, problem: 'kind' }],
    [[0, ...png], { ok: false, problem: 'kind' }],
    [[...Buffer.from('<html>%PDF-')], { ok: false, problem: 'kind' }],
  ])('%j', (bytes, check) => {
    expect(checkProof(Uint8Array.from(bytes), proofKinds)).toEqual(check);
  });

  it('takes 5 MB and no byte more', () => {
    const file = new Uint8Array(proofBytesMax + 1);
    file.set(png);
    expect(checkProof(file, proofKinds)).toEqual({ ok: false, problem: 'tooLarge' });
    expect(checkProof(file.subarray(0, proofBytesMax), proofKinds)).toEqual({ ok: true, kind: 'png' });
  });

  it('takes no PDF for a photo', () => {
    expect(checkProof(Uint8Array.from(pdf), ['png', 'jpeg'])).toEqual({ ok: false, problem: 'kind' });
  });
});
