import { beforeAll, describe, expect, it } from 'vitest';
import { bootLab } from './boot-lab.ts';
import { cases } from './guest/cases.ts';

const { GONGJI_TEST_HWLAB: lab, GONGJI_TEST_HWLAB_MISSING: missing } = process.env;
/** A minute on a quiet machine; in emulation, on one that does other things as well, several. */
const limitMs = 900_000;

interface Outcome {
  readonly kind: string;
  readonly name: string;
  readonly error: string | null;
}

// Which it is, npm test finds out before: the drivers meet a real kernel's devices, or we say why not.
if (lab !== undefined)
  describe.each(['hidraw', 'ttyUSB'])('a card reader on a real %s', (kind) => onRealDevices(lab, kind));
else it(`the hardware lab is not to be had here: ${missing}`, saysWhatIsMissing);

let running: Promise<readonly Outcome[]> | null = null;

function onRealDevices(folder: string, kind: string): void {
  let outcomes: readonly Outcome[] = [];
  beforeAll(async () => {
    running ??= runCases(folder);
    outcomes = await running;
  }, limitMs + 60_000);

  it.each(Object.keys(cases))('%s', (name) => {
    expect(outcomes.find((outcome) => outcome.kind === kind && outcome.name === name)).toMatchObject({ error: null });
  });
}

async function runCases(folder: string): Promise<readonly Outcome[]> {
  const { status, output, console } = await bootLab(folder, 'test/hwlab/guest/run-cases.ts', limitMs);
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  if (status !== 0) throw new Error(`the guest ended with ${status}:\n${output.slice(-3000)}\n${console.slice(-1500)}`);
  return lines.map((line) => JSON.parse(line));
}

function saysWhatIsMissing(): void {
  expect(missing, 'run this through "npm run test:hwlab": it gets the lab').toMatch(/^it (?:needs|could not be made)/);
}
