import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { VirtualPinPad } from '../../drivers/pinpad/virtual-pin-pad.ts';
import { systemScheduler } from '../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../drivers/virtual/virtual-card-reader.ts';
import { type Counter, createCounter } from '../../src/app/counter.ts';
import { loadDeck } from '../../src/app/deck.ts';
import { demoInstitution } from '../../src/app/demo-institution.ts';
import { TerminalPinKeys } from '../../src/app/keys/terminal-pin-keys.ts';
import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { openFileJournal } from '../../src/terminal/file-journal.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';
import { bill, testKeys } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';
import { type Figure, percentile, spread } from './figure.ts';

const warmUps = 200;
const swipes = 1_000;

/** From the first byte of a card to the counter asking for the PIN: framer, codec, machine, and the embedded centre on a
 *  file in `folder`, which says whose card it is and what would be charged. */
export async function measureSwipes(folder: string): Promise<readonly Figure[]> {
  const clock = { now: () => Date.now() };
  const centre = openEmbeddedCentre({
    path: join(folder, 'swipes.sqlite'),
    profile: profile('chongqing-2021'),
    listedAreas: new Set(),
    clock,
    random: (byteCount) => randomBytes(byteCount),
    pinVerificationKey: testKeys.pinVerificationKey,
  });
  const deck = loadDeck();
  centre.registry.seed(deck.id, deck.people, deck.links);
  const journal = await openFileJournal(join(folder, 'swipes.jsonl'));
  const reader = new VirtualCardReader({ scheduler: systemScheduler });
  const terminal = 'T0000001';
  const { terminalKey } = testKeys;
  centre.registry.enrolTerminal(`${demoInstitution.code}/${terminal}`, terminalKey);
  const pinKeys = new TerminalPinKeys({ terminalKey, formats: ['iso4-aes128'] });
  const pinPad = new VirtualPinPad({ pinKey: () => pinKeys.take('iso4-aes128') });
  const counter = createCounter({
    centre: centre.centre,
    reader,
    pinPad,
    journal,
    clock,
    ids: messageIds(demoInstitution.code, clock, 1),
    institution: demoInstitution,
    terminal,
    pinKeys,
    operator: '01',
    scheduler: systemScheduler,
    // Nobody has to read how the last sale ended.
    delays: { ...defaultDelays, attention: 1 },
    report: (fault) => {
      throw fault;
    },
  });
  counter.start();
  const mother = deck.cards.get('demo.mother');
  if (mother === undefined) throw new Error('the deck has lost the demo family');

  const latencies: number[] = [];
  for (let swipe = -warmUps; swipe < swipes; swipe++) {
    await until(counter, () => counter.snapshot.hasTag('acceptsSale'));
    counter.startSale(bill('80'));
    const before = performance.now();
    // Unlike raw bytes it ends the swipe before, which a second one within 250 ms would belong to.
    reader.swipe(mother, 'stripe');
    await until(counter, () => counter.state === 'awaitingPin');
    if (swipe >= 0) latencies.push(performance.now() - before);
    counter.send({ type: 'key.cancel' });
  }
  counter.stop();
  await reader.close();
  await journal.close();
  centre.close();
  const what = 'first byte of the card → PIN asked for';
  return [{ part: 'swipe', what, unit: 'ms', ...spread(latencies), p99: percentile(latencies, 0.99) }];
}

async function until(counter: Counter, isSo: () => boolean): Promise<void> {
  if (isSo()) return;
  await new Promise<void>((resolve) => {
    const stop = counter.subscribe(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}
