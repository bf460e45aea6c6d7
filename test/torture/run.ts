import { parseArgs } from 'node:util';
import { torture } from './torture.ts';

/** `npm run torture -- --rounds N [--seed S]`: kills real processes N times in the middle of real sales, half of them with
 *  terminal and centre in one process, half in two. Exit 0 when nothing was lost, doubled or stuck, else 1. */
const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } });
const rounds = Number(values.rounds ?? 20);
const seed = Number(values.seed ?? 1);
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('usage: npm run torture -- --rounds N [--seed S], both whole numbers, N at least 1\n');
  process.exit(2);
}
let failed = false;
for (const housing of ['embedded', 'split'] as const) {
  const share = housing === 'embedded' ? Math.ceil(rounds / 2) : Math.floor(rounds / 2);
  if (share === 0) continue;
  const report = await torture({ housing, rounds: share, seed, say: (line) => process.stderr.write(`${line}\n`) });
  const { kills, told, settled, undone, unknown, problems } = report;
  process.stdout.write(
    `${housing}: killed ${kills.terminal} terminals and ${kills.centre} centres; ${told} results shown, ${settled} sales ` +
      `and ${undone} undos at the centre, ${unknown} outcomes unknown for a while; ` +
      `${problems.length === 0 ? 'nothing lost, nothing doubled' : `${problems.length} problems`}\n`,
  );
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
  failed ||= problems.length > 0;
}
process.exitCode = failed ? 1 : 0;
