import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualPinPad } from '../../drivers/pinpad/virtual-pin-pad.ts';
import { systemScheduler } from '../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../drivers/virtual/virtual-card-reader.ts';
import { type Counter, createCounter } from '../../src/app/counter.ts';
import { loadDeck } from '../../src/app/deck.ts';
import { demoInstitution } from '../../src/app/demo-institution.ts';
import { openLocalDesk } from '../../src/app/local-desk.ts';
import { fen, zeroFen } from '../../src/domain/money.ts';
import type { CounterDelays, CounterEvent } from '../../src/terminal/counter-model.ts';
import { defaultDelays } from '../../src/terminal/counter-model.ts';
import { openFileJournal } from '../../src/terminal/file-journal.ts';
import { messageIds } from '../../src/terminal/message-ids.ts';
import { PseudoRandom } from './pseudo-random.ts';
import { socketCentre } from './socket-centre.ts';
import { buyers, type TerminalArguments, terminalPinKeys } from './torture-world.ts';

/** A terminal that sells, cancels and refunds by itself until it is told `stop`, and says on standard output what it
 *  shows its customers: written before anything else can happen, so that a kill takes none of it back. */

const args = JSON.parse(process.argv[2] ?? '{}') as TerminalArguments;
const random = new PseudoRandom(args.seed);
const clock = { now: () => Date.now() };
const tell = (fact: Record<string, unknown>) => writeSync(1, `${JSON.stringify(fact)}\n`);

const delays: CounterDelays = {
  ...defaultDelays,
  ...{ settle: 400, query: 60, queryMax: 400, queryAnswer: 400, retry: 40, identify: 400, quote: 400, signIn: 400 },
  ...{ previewUndo: 400, undo: 400, attention: 1 },
};

const deck = loadDeck();
const desk =
  args.socket === null
    ? await openLocalDesk({ dataFolder: args.folder, profile: args.profile, clock, terminal: args.terminal })
    : null;
const journal = desk?.journal ?? (await openFileJournal(join(args.folder, 'journal.jsonl')));
const centre = desk?.centre.centre ?? socketCentre(args.socket ?? '');
const pinKeys = desk?.pinKeys ?? terminalPinKeys();
const reader = new VirtualCardReader({ scheduler: systemScheduler });
const pad = new VirtualPinPad({ pinKey: () => pinKeys.take('iso4-aes128') });
const counter: Counter = createCounter({
  centre,
  pinPad: pad,
  journal,
  clock,
  scheduler: systemScheduler,
  reader,
  ids: desk?.ids ?? messageIds(demoInstitution.code, clock, args.number, journal.lastMsgId),
  institution: demoInstitution,
  terminal: args.terminal,
  operator: '01',
  pinKeys,
  delays,
  report: (fault) => tell({ report: fault.message }),
});

let stopping = false;
let stepping = false;
let sales: { readonly settlementId: string; readonly total: number }[] = [];
let lastTold: unknown = null;
let lastState = '';
let buyer = '';

counter.subscribe((snapshot) => {
  const { result } = snapshot.context;
  if (result !== null && result !== lastTold) {
    tell({
      told: result.kind,
      prompt: result.prompt.id,
      settlement: result.settlement?.msgId ?? null,
      undo: result.undo?.undoId ?? null,
    });
    if (result.settlement !== null) {
      const { settlementId, split } = result.settlement;
      sales = [...sales.slice(-9), { settlementId, total: split.total }];
    }
  }
  lastTold = result;
  const { state } = counter;
  if (state !== lastState && (state === 'settling' || state === 'undoing')) tell({ moving: state });
  if (state === 'unknown') tell({ unknown: snapshot.context.pending?.msgId });
  lastState = state;
  soon();
});
// The pad opens a moment after the counter has come to the PIN.
pad.subscribe(soon);

function soon(): void {
  if (stepping) return;
  stepping = true;
  setImmediate(() => {
    stepping = false;
    step();
  });
}

/** The next thing that the people at this counter do. */
function step(): void {
  const { state, snapshot } = counter;
  if (state === 'outOfService' || state === 'signedOut') {
    tell({ outOfService: true });
    process.exit(3);
  }
  if (pad.open) {
    pad.type(random.below(20) === 0 ? '000000' : pinOf(buyer));
    pad.key('confirm');
    return;
  }
  if (state === 'awaitingCard') {
    buyer = random.pick(buyers);
    const card = deck.cards.get(buyer);
    if (card === undefined) throw new Error(`no card of ${buyer}`);
    reader.swipe(card, 'stripe');
    return;
  }
  if (!snapshot.hasTag('acceptsSale') && snapshot.hasTag('confirmable') && state !== 'unknown') {
    counter.send({ type: 'key.confirm' });
    return;
  }
  if (!snapshot.hasTag('acceptsSale')) return;
  if (stopping) {
    tell({ idle: true });
    return;
  }
  counter.send(nextDeed());
}

function nextDeed(): CounterEvent {
  const sale = sales.length > 0 && random.below(4) === 0 ? random.pick(sales) : null;
  if (sale === null) {
    const total = fen(100 + random.below(20_000));
    return { type: 'sale.started', bill: { total, fund: zeroFen, goods: [] } };
  }
  const { settlementId, total } = sale;
  const part = random.below(2) === 0 ? fen(1 + random.below(total)) : null;
  const kind = random.below(3) === 0 ? 'cancel' : 'refund';
  return { type: 'undo.chosen', undo: { kind, settlementId, amount: kind === 'cancel' ? null : part } };
}

function pinOf(id: string): string {
  const owner = deck.people.find((person) => person.id === id);
  if (owner === undefined) throw new Error('a PIN is asked for nobody here');
  return owner.pin;
}

process.stdin.on('data', () => {
  stopping = true;
  step();
});
tell({ started: process.pid });
counter.start();
step();
