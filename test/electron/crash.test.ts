import { describe, expect, it } from 'vitest';
import { crashReport } from '../../electron/crash.ts';

const planted = '6228480402564890018';

class PlantedFault extends Error {
  readonly code: string;
  constructor(code: string, options?: ErrorOptions) {
    super(`the card ${planted}\n    at ${planted}`, options);
    this.name = 'PlantedFault';
    this.code = code;
  }
}

describe('a crash report', () => {
  it('says the kind, the code and the places', () => {
    expect(crashReport(new PlantedFault('storeDown'))).toMatch(
      /^PlantedFault storeDown\n\s+at .*crash\.test\.ts:\d+:\d+/,
    );
  });

  it.each([
    ['a message', new PlantedFault('x')],
    ['a cause', new PlantedFault('x', { cause: new PlantedFault('y') })],
    ['a cause that is no error', new PlantedFault('x', { cause: planted })],
    ['a code', new PlantedFault(`card ${planted}`)],
    ['a name', Object.assign(new Error('x'), { name: `card ${planted}` })],
    ['a thrown string', planted],
    ['a thrown object', { pan: planted }],
  ])('quotes nothing of %s', (_what, error) => {
    expect(crashReport(error)).not.toContain(planted);
  });
});
