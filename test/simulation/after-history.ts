import { chinaDay } from '../../src/domain/china-time.ts';
import { bookedOf, reconcileDay } from '../../src/domain/reconciliation.ts';
import { Broken } from './broken.ts';
import type { Told } from './sim-terminal.ts';
import { checkSaleSlip, checkUndoSlip } from './slips.ts';
import type { World } from './world.ts';

/** Everything that must hold when a history is over. Errors: `Broken`. */
export async function checkAfter(world: World): Promise<void> {
  world.checkBalances();
  checkMoney(world);
  world.offices.check(world.people);
  checkTries(world);
  for (const terminal of world.terminals) {
    for (const told of terminal.told) checkTold(world, told);
    const open = await terminal.openIntents();
    if (open.length > 0) throw new Broken('journal', `${terminal.name} ends with open intents: ${ids(open)}`);
  }
  checkNoneLost(world);
  await checkDayEnds(world);
}

/** What was put in is what is there, and what the institution has got is what accounts and pool have paid. */
function checkMoney(world: World): void {
  const { registry } = world.centre;
  let [outOfAccounts, outOfPool, records] = [0, 0, 0];
  for (const day of daysOf(world)) {
    for (const record of registry.recordedOn(day)) {
      if (world.institutions.every(({ code }) => code !== record.institution.code)) continue;
      records += 1;
      const [parts, sign] = 'split' in record ? [record.split, 1] : [record.returned, -1];
      outOfAccounts += sign * (parts.own + parts.shared);
      outOfPool += sign * parts.fund;
    }
  }
  const held = world.people.reduce((sum, { id }) => {
    const { personal, wallet } = registry.holdingsOf(id);
    return sum + personal + wallet;
  }, 0);
  if (held + outOfAccounts !== world.putIn)
    throw new Broken('money', `${world.putIn} fen were put in, ${held} are there and ${outOfAccounts} were paid`);
  const { fundPaid, received, sales } = world.model;
  if (outOfPool !== fundPaid || outOfAccounts + outOfPool !== received)
    throw new Broken('money', `the pool paid ${outOfPool} fen, the model has ${fundPaid}; received ${received}`);
  const undos = world.oracle.undone.size;
  if (records !== sales.size + undos)
    throw new Broken('records', `${records} records are there, the model has ${sales.size} sales and ${undos} undos`);
  for (const { id } of world.people) {
    for (const link of registry.linksOf(id)) {
      const known = world.model.links.find((other) => other.id === link.linkId);
      if (known?.quotaLeft !== link.quotaLeft)
        throw new Broken('quota', `${link.linkId} has ${link.quotaLeft} fen left, the model ${known?.quotaLeft}`);
    }
  }
}

/** The days on which something may have been recorded: clocks were set by a day at most a few times. */
function daysOf(world: World): readonly string[] {
  const days = new Set<string>();
  for (const sale of world.model.sales.values()) days.add(chinaDay(sale.settledAt));
  for (const { undo } of world.oracle.undone.values()) days.add(chinaDay(undo.undoneAt));
  return [...days];
}

function checkTries(world: World): void {
  for (const { id } of world.people) {
    const { wrongPins, locked } = world.model.person(id);
    const held = world.centre.wrongPinsOf(id);
    if (held !== wrongPins) throw new Broken('tries', `${id} has ${held} wrong PINs, the model ${wrongPins}`);
    if (world.centre.isLocked(id) && !locked) throw new Broken('tries', `${id} is locked, not so in the model`);
  }
}

/** What somebody was told is what the centre holds now, except for what was told to be otherwise since. */
function checkTold(world: World, told: Told): void {
  const who = `${told.terminal} told ${told.kind} (${told.prompt})`;
  switch (told.kind) {
    case 'suspended':
      return;
    case 'approved': {
      const { settlement } = told;
      const sale = settlement ? world.model.sales.get(settlement.settlementId) : undefined;
      if (!settlement || !sale) throw new Broken('told', `${who} of a sale that the centre has not`);
      const others = told.messages.filter((msgId) => msgId !== sale.msgId);
      if (!told.messages.includes(sale.msgId)) throw new Broken('told', `${who} of another message than its own`);
      checkNothing(world, who, others);
      checkSaleSlip(settlement, sale);
      const reversal = world.oracle.reversalOf(sale.msgId);
      const wasTold = world.terminals.some((terminal) =>
        terminal.told.some((later) => later.kind === 'undone' && later.messages.includes(sale.msgId)),
      );
      if (reversal && !wasTold) throw new Broken('told', `${who}, and the sale was reversed without a word`);
      return;
    }
    case 'undone':
      if (told.prompt === 'reversed') {
        checkNothing(world, who, told.messages);
        return;
      }
      {
        const held = told.undo ? world.oracle.undone.get(told.undo.msgId) : undefined;
        if (!told.undo || !held) throw new Broken('told', `${who}, and the centre has given nothing back`);
        checkUndoSlip(told.undo, held.sale, held.give);
      }
      checkNothing(
        world,
        who,
        told.messages.filter((msgId) => msgId !== told.undo?.msgId),
      );
      return;
    case 'declined':
    case 'cancelled':
      checkNothing(world, who, told.messages);
      return;
  }
}

/** A terminal's journal keeps the books of so many days. */
const daysKept = 3;

/** R151, R152: every day that a terminal can still close agrees with the centre's, record by record, also where a sale was
 *  reversed without its terminal having heard of it and another terminal had given some of it back before. */
async function checkDayEnds(world: World): Promise<void> {
  for (const day of [...daysOf(world)].sort().slice(-daysKept)) {
    const recorded = world.centre.registry.recordedOn(day);
    for (const terminal of world.terminals) {
      const theirs = recorded
        .filter(
          ({ institution, terminal: name }) => institution.code === terminal.institution && name === terminal.name,
        )
        .map(bookedOf);
      const ours = await terminal.bookedOn(day);
      if (ours === null) continue;
      const { breaks } = reconcileDay(day, ours, theirs);
      const [one] = breaks;
      if (one) throw new Broken('dayEnd', `${terminal.name} on ${day}: ${JSON.stringify(one)}`);
    }
  }
}

/** These messages have moved nothing, or all of it has gone back. */
function checkNothing(world: World, who: string, messages: readonly string[]): void {
  for (const msgId of messages) {
    const paid = world.oracle.paidBy(msgId);
    if (paid) throw new Broken('told', `${who}, and ${msgId} has moved money: ${JSON.stringify(paid)}`);
    if (world.oracle.undone.has(msgId)) throw new Broken('told', `${who}, and ${msgId} has given money back`);
  }
}

/** Every message that moved money is known to its terminal as such, and nothing else is. */
function checkNoneLost(world: World): void {
  const noted = new Map(world.terminals.flatMap((terminal) => [...terminal.noted]));
  for (const sale of world.model.sales.values()) {
    const outcome = noted.get(sale.msgId);
    if (sale.now !== null && outcome !== 'settled')
      throw new Broken('lost', `${sale.msgId} is paid, and its terminal has it as ${outcome ?? 'nothing'}`);
  }
  for (const msgId of world.oracle.undone.keys()) {
    const outcome = noted.get(msgId);
    const isReversal = world.oracle.undone.get(msgId)?.undo.kind === 'reversal';
    if (!isReversal && outcome !== 'undone')
      throw new Broken('lost', `${msgId} gave money back, and its terminal has it as ${outcome ?? 'nothing'}`);
  }
  for (const [msgId, outcome] of noted) {
    if (outcome === 'settled' && !world.oracle.hasSettled(msgId))
      throw new Broken('lost', `${msgId} was noted as settled, and the centre has nothing of it`);
    const paid = outcome === 'settled' ? null : world.oracle.paidBy(msgId);
    if (paid) throw new Broken('lost', `${msgId} was noted as ${outcome}, and is paid`);
  }
}

function ids(open: readonly { readonly msgId: string }[]): string {
  return open.map(({ msgId }) => msgId).join(', ');
}
