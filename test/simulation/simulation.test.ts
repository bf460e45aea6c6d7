import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { historyOf } from './history.ts';
import { provideLightly } from './light-provide.ts';
import { type Mistaken, mistakes } from './mistakes.ts';
import { type Failure, runHistory, runHistoryIn } from './run-history.ts';
import { Place } from './sim-centre.ts';

const repository = resolve(import.meta.dirname, '../..');
const seeds = 2_000;
/** A loaded machine makes some twenty histories a second. */
const patience = { timeout: 600_000 };

function simulate(...args: readonly string[]): Promise<{ readonly status: number | null; readonly printed: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  return new Promise((done) => child.once('close', (status) => done({ status, printed })));
}

/** What a history says of itself as it runs. */
async function told(seed: number, place?: Place): Promise<string> {
  const lines: string[] = [];
  const tell = (text: string) => lines.push(text);
  const failure = await (place
    ? runHistoryIn(place, historyOf(seed), {}, tell)
    : runHistory(historyOf(seed), {}, tell));
  return [...lines, JSON.stringify(failure)].join('\n');
}

describe('npm run simulate', () => {
  it(`finds nothing in ${seeds} histories`, patience, async () => {
    const { status, printed } = await simulate('--seeds', String(seeds), '--from', '1', '--workers', '2');
    expect(printed).toContain('Everything held.');
    expect(status).toBe(0);
  });

  it('prints a failing seed with the steps that matter and how to run it again', patience, async () => {
    const { status, printed } = await simulate('--seeds', '100', '--workers', '1', '--mistake', 'settlesTwice');
    expect(status).toBe(1);
    const [, seed] = /^seed (\d+) fails: \w+$/m.exec(printed) ?? [];
    expect(printed).toContain(`again: npm run simulate -- --seeds 1 --from ${seed} --mistake settlesTwice`);
    const [, left, of] = /(\d+) of (\d+) steps are left:/.exec(printed) ?? [];
    expect(Number(left)).toBeLessThan(Number(of));
    expect(printed).toMatch(/settle: duplicate/);
    const again = await simulate('--seeds', '1', '--from', String(seed), '--mistake', 'settlesTwice');
    expect(again.printed).toContain(`seed ${seed} fails`);
  });

  it.each([[['--seeds', 'many']], [['--mistake', 'none of ours']], [['--what']]])('refuses %j', async (args) => {
    expect(await simulate(...args)).toMatchObject({ status: 2 });
  });
});

describe('the simulation', () => {
  it(
    'runs a history the same each time: alone, beside others, and with a machine that is built lightly',
    patience,
    async () => {
      const chosen = Array.from({ length: 12 }, (_, at) => 3_000 + at);
      const alone: string[] = [];
      for (const seed of chosen) alone.push(await told(seed));
      const restore = provideLightly();
      try {
        for (const [at, seed] of chosen.entries()) expect(await told(seed)).toBe(alone[at]);
      } finally {
        restore();
      }
      const place = new Place();
      for (const [at, seed] of chosen.entries()) expect(await told(seed, place)).toBe(alone[at]);
      place.close();
    },
  );

  it('comes to every state, says everything that can be said, and dies everywhere', patience, async () => {
    const seen = new Set<string>();
    const isMissing = (one: string) => !seen.has(one);
    const note = (line: string) => {
      const [said] = /dies in \w+|tells \w+ \(\w+\)|sends \w+/.exec(line) ?? [];
      seen.add(said ?? '');
      for (const [, name] of line.matchAll(/"(\w+)"/g)) seen.add(name ?? '');
    };
    const states = [
      ...['recovering', 'signedOut', 'signingIn', 'ready', 'enteringAmount', 'awaitingCard', 'reading', 'identifying'],
      ...[
        'awaitingAmount',
        'quoting',
        'awaitingPin',
        'confirmingQuote',
        'settling',
        'previewingUndo',
        'confirmingUndo',
      ],
      ...['undoing', 'unknown', 'reversing', 'suspending', 'approved', 'declined', 'cancelled', 'undone', 'suspended'],
    ];
    const ends = [
      ...['approved (approved)', 'approved (approvedWithCash)', 'declined (declined)', 'declined (undoRefused)'],
      ...['cancelled (cancelled)', 'cancelled (notCharged)', 'cancelled (undoNotDone)', 'cancelled (storageFault)'],
      ...['cancelled (timedOut)', 'undone (undone)', 'undone (undoneWithCash)', 'undone (reversed)'],
      ...['suspended (suspended)'],
    ].map((end) => `tells ${end}`);
    const messages = [
      'signIn',
      'identify',
      'inquire',
      'quote',
      'settle',
      'previewUndo',
      'cancel',
      'refund',
      'reverse',
      'query',
    ];
    const dying = ['settling', 'undoing', 'unknown', 'awaitingPin', 'approved', 'ready'].map(
      (state) => `dies in ${state}`,
    );
    const wanted = [...states, ...ends, ...messages.map((message) => `sends ${message}`), ...dying];
    await each(800, {}, note, () => !wanted.some(isMissing));
    expect(wanted.filter(isMissing)).toEqual([]);
  });

  it.each(Object.keys(mistakes) as Mistaken[])('finds %s', patience, async (name) => {
    const found = await each(800, mistakes[name], () => undefined);
    expect(found).not.toBeNull();
  });
});

/** Runs histories until one fails, or it is enough. */
async function each(
  count: number,
  mistake: (typeof mistakes)[Mistaken] | Record<string, never>,
  tell: (line: string) => void,
  isEnough = () => false,
): Promise<Failure | null> {
  const restore = provideLightly();
  let place = new Place();
  try {
    for (let seed = 1; seed <= count && !isEnough(); seed++) {
      const failure = await runHistoryIn(place, historyOf(seed), mistake, tell);
      if (failure !== null) return failure;
      if (seed % 50 > 0) continue;
      place.close();
      place = new Place();
    }
    return null;
  } finally {
    place.close();
    restore();
  }
}
