import { describe, expect, it } from 'vitest';
import { vectorCases } from './vectors.ts';

describe('official vectors, in Node', () => {
  it.each(vectorCases())('$it', ({ gives, expected }) => {
    expect(gives()).toBe(expected);
  });
});
