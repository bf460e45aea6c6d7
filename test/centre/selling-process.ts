import { flushCompileCache } from 'node:module';
import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { fen } from '../../src/domain/money.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { bill, embeddedOptions, fixedRandom, rightPin, StandingClock } from './centre-world.ts';
import { Counter, pin } from './sales-counter.ts';

// Killed, it could not keep what Node compiled for the process that comes after it.
flushCompileCache();

/** What the kill -9 test starts and kills: sells and refunds without end, and tells its parent each message before it
 *  is sent and each that was answered. Arguments: the database file, the profile as JSON, the number of this round. */
const [path = '', profile = '', round = ''] = process.argv.slice(2);
const world = openEmbeddedCentre({
  ...embeddedOptions(JSON.parse(profile) as PolicyProfile, new StandingClock(), path),
  random: fixedRandom(`round ${round}`),
});
const counter = new Counter(world, `R${round}`);
const tell = (message: object) => new Promise((resolve) => process.send?.(message, resolve));

for (let sale = 0; sale < 200; sale++) {
  const buyer = ['mother', 'father', 'daughter'][sale % 3] ?? '';
  const { card } = await counter.identify(buyer);
  const amount = bill(`${1 + (sale % 7)}.${10 + (sale % 90)}`);
  const { digest, needsPin } = await counter.quote(card, amount);
  const request = counter.request(card, amount, digest, needsPin ? pin(buyer, rightPin) : { kind: 'none' });
  await tell({ intent: request.msgId });
  const answer = await world.centre.settle(request);
  if (answer.kind !== 'settled') throw new Error(`not settled: ${JSON.stringify(answer)}`);
  await tell({ settled: request.msgId });
  // Every other sale is given back, in part or whole.
  if (sale % 2 === 1) continue;
  const { settlementId } = answer.settlement;
  const part = fen(sale % 4 === 0 ? 50 : amount.total);
  const { digest: agreed } = await counter.preview('refund', settlementId, part);
  const refund = { ...counter.next(), settlementId, amount: part, digest: agreed };
  await tell({ intent: refund.msgId });
  const undone = await world.centre.refund(refund);
  if (undone.kind !== 'undone') throw new Error(`not undone: ${JSON.stringify(undone)}`);
  await tell({ settled: refund.msgId });
}
