import { flushCompileCache } from 'node:module';
import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { bill, embeddedOptions, fixedRandom, rightPin, StandingClock } from './centre-world.ts';
import { Counter, pin } from './sales-counter.ts';

// Killed, it could not keep what Node compiled for the process that comes after it.
flushCompileCache();

/** What the kill -9 test starts and kills: sells without end, and tells its parent each message before it is sent and
 *  each that was settled. Arguments: the database file, the profile as JSON, the number of this round. */
const [path = '', profile = '', round = ''] = process.argv.slice(2);
const { centre } = openEmbeddedCentre({
  ...embeddedOptions(JSON.parse(profile) as PolicyProfile, new StandingClock(), path),
  random: fixedRandom(`round ${round}`),
});
const counter = new Counter(centre, `R${round}`);
const tell = (message: object) => new Promise((resolve) => process.send?.(message, resolve));

for (let sale = 0; sale < 200; sale++) {
  const buyer = ['mother', 'father', 'daughter'][sale % 3] ?? '';
  const { card } = await counter.identify(buyer);
  const amount = bill(`${1 + (sale % 7)}.${10 + (sale % 90)}`);
  const { digest, needsPin } = await counter.quote(card, amount);
  const request = counter.request(card, amount, digest, needsPin ? pin(buyer, rightPin) : { kind: 'none' });
  await tell({ intent: request.msgId });
  const answer = await centre.settle(request);
  if (answer.kind !== 'settled') throw new Error(`not settled: ${JSON.stringify(answer)}`);
  await tell({ settled: request.msgId });
}
