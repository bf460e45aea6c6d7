import { describe, expect, it } from 'vitest';
import { counterStates } from '../../src/domain/counter-state.ts';
import { languages, promptText } from '../../src/domain/prompt.ts';
import { nothing } from '../../src/terminal/counter-model.ts';
import { promptOfState } from '../../src/terminal/prompt-of-state.ts';
import { keyOf, nameOf, ofMoney, type Situation, type Snapshot, type Step, walk } from './counter-walk.ts';
import { pinBlock } from './fake-ports.ts';

// The same machine, walked for its money: sales, undoes, unknown outcomes, reversals, suspended items and restarts.
const situations = walk(null, ofMoney);
const steps = situations.flatMap((situation) => situation.steps);
const stateOf = ({ state }: Situation) => nameOf(state);
const from = (state: string) => steps.filter((step) => nameOf(step.from) === state);
const leaves = (step: Step) => nameOf(step.to) !== nameOf(step.from);
const kindOf = ({ event }: Step): string | undefined =>
  'output' in event ? (event.output as { readonly kind?: string }).kind : undefined;

/** The actor whose answer this step is: the only thing that tells the machine what has become of a message. In the
 *  journal an outcome is noted before `settle`, `undo`, `query` and `reverse` answer, and the record of a suspended item before
 *  `suspend` does (counter-unknown.test.ts). */
function actorOf({ event }: Step): 'settle' | 'undo' | 'query' | 'reverse' | 'suspend' | null {
  const [, path] = /^xstate\.done\.actor\.\d+\.counter\.(.+)$/.exec(event.type) ?? [];
  const byPath = {
    settling: 'settle',
    undoing: 'undo',
    'unknown.asking': 'query',
    'unknown.reversing': 'reverse',
    'unknown.suspending': 'suspend',
  } as const;
  return byPath[path as keyof typeof byPath] ?? null;
}

describe('money in the whole graph', () => {
  it('reaches every state but those that are left out here', () => {
    const elsewhere = ['enteringAmount', 'reading', 'awaitingAmount'];
    const here = situations.map(stateOf);
    expect(new Set([...here, ...elsewhere])).toEqual(new Set(counterStates));
  });

  it('leads from every message that leaves to a known outcome or a recorded suspension, on every path', () => {
    // Forward from where money may begin to move, by every step but those that tell what has become of it.
    const begins = steps.filter((step) => step.to.hasTag('moneyMayMove') && !step.from.hasTag('moneyMayMove'));
    expect(new Set(begins.map(({ to }) => nameOf(to)))).toEqual(new Set(['settling', 'undoing', 'unknown']));
    const byKey = new Map(situations.map((situation) => [keyOf(situation.state), situation]));
    const seen = new Set<Situation>();
    const open = begins.map(({ to }) => to);
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      expect(state.hasTag('moneyMayMove')).toBe(true);
      const known = byKey.get(keyOf(state));
      if (known === undefined) throw new Error('a step leads out of the graph');
      if (seen.has(known)) continue;
      seen.add(known);
      for (const step of known.steps) if (actorOf(step) === null) open.push(step.to);
    }
    expect(seen.size).toBeGreaterThan(300);
  });

  it('never shows an unknown outcome as declined: a fault or a time-out while money may move leads to unknown (R125)', () => {
    for (const state of ['settling', 'undoing']) {
      const faults = from(state).filter(({ event }) => /^xstate\.(error|after)/.test(event.type));
      expect(faults.length).toBeGreaterThan(4);
      expect(new Set(faults.map(({ to }) => nameOf(to)))).toEqual(new Set(['unknown']));
      for (const step of faults) {
        expect(step.to.context.pending).toMatchObject({ ...step.from.context.intent, step: 'query', reversing: false });
      }
    }
  });

  it('leaves unknown by an answer of the centre, each to its own end, or by a recorded suspension', () => {
    const ends = new Set(
      from('unknown')
        .filter(leaves)
        .map((step) => {
          const { pending } = step.from.context;
          const { output } = step.event as unknown as { output: { answer?: { kind: string }; undone?: boolean } };
          const told = output.answer ? `${output.answer.kind}${output.undone ? ', undone since' : ''}` : kindOf(step);
          return `${pending?.kind === 'settle' ? 'settle' : 'undo'} ${actorOf(step)} ${told} -> ${nameOf(step.to)}`;
        }),
    );
    expect([...ends].sort()).toEqual(
      [
        'settle query settled -> approved',
        'settle query settled, undone since -> undone',
        'settle query declined -> declined',
        'settle query stale -> cancelled',
        'settle query absent -> cancelled',
        'settle reverse reversed -> undone',
        'settle suspend undefined -> suspended',
        'undo query undone -> undone',
        'undo query declined -> declined',
        'undo query undoStale -> cancelled',
        'undo query absent -> cancelled',
        'undo suspend undefined -> suspended',
      ].sort(),
    );
  });

  it('shows as charged, given back or suspended only what the centre, or the journal, has said', () => {
    for (const { from: before, to, ...step } of steps) {
      const result = to.context.result;
      if (result === null || before.context.result === result) continue;
      const actor = actorOf({ from: before, to, ...step });
      if (result.kind === 'approved') expect(['settle', 'query']).toContain(actor);
      if (result.kind === 'undone') expect(['undo', 'query', 'reverse']).toContain(actor);
      if (result.kind === 'suspended') expect(actor).toBe('suspend');
      if (result.kind === 'approved') expect(result.settlement).not.toBeNull();
      else expect(result.settlement).toBeNull();
      if (result.kind !== 'undone') expect(result.undo).toBeNull();
    }
  });

  it('loses no message: what is open before a step is open after it, resolved by it, or suspended', () => {
    const openIn = ({ context }: Snapshot) => [
      ...(context.pending ? [context.pending] : []),
      ...(context.intent ? [context.intent] : []),
      ...context.unresolved,
      ...context.suspended,
    ];
    for (const step of steps) {
      const [before, after] = [openIn(step.from).length, openIn(step.to).length];
      if (nameOf(step.from) === 'recovering') continue;
      const actor = actorOf(step);
      // A message that is resolved is one less; a suspended one stays, in another list. All messages have one id here, so
      // that an item that is suspended again takes the place of itself.
      const expected =
        actor === null ? [before, before + 1] : actor === 'suspend' ? [before, before - 1] : [before - 1];
      expect([nameOf(step.from), step.event.type, expected]).toEqual([
        nameOf(step.from),
        step.event.type,
        expect.arrayContaining([after]),
      ]);
      if (actor === null && after > before) {
        expect(['settling', 'undoing', 'unknown']).toContain(nameOf(step.to));
      }
    }
  });

  it('takes what an earlier run left open before anything else, one after the other', () => {
    for (const { state } of situations.filter((situation) => situation.state.context.unresolved.length > 0)) {
      expect(['recovering', 'signedOut', 'signingIn', 'unknown']).toContain(nameOf(state));
    }
    const resolved = from('unknown').filter(
      (step) => actorOf(step) !== null && step.from.context.unresolved.length > 0,
    );
    expect(resolved.length).toBeGreaterThan(0);
    for (const step of resolved) {
      expect(step.to.context.pending?.kind).toBe(step.from.context.unresolved[0]?.kind);
      expect(step.to.context).toMatchObject({
        ...nothing,
        pending: step.to.context.pending,
        msgId: step.to.context.msgId,
      });
    }
  });

  it('asks no more once a reversal may have left, and never reverses an undo', () => {
    for (const { state } of situations.filter((situation) => stateOf(situation) === 'unknown')) {
      const { pending } = state.context;
      expect(pending).not.toBeNull();
      if (pending?.reversing) expect(pending.step).toBe('reverse');
      if (state.matches({ unknown: 'asking' })) expect(pending?.reversing).toBe(false);
      if (state.matches({ unknown: 'reversing' }))
        expect([pending?.kind, pending?.step]).toEqual(['settle', 'reverse']);
    }
    const unheard = from('unknown').filter(
      ({ from: before, to, event }) =>
        before.matches({ unknown: 'reversing' }) && !to.matches({ unknown: 'reversing' }) && !/done/.test(event.type),
    );
    expect(unheard.length).toBeGreaterThan(0);
    for (const { event, to } of unheard) {
      const isNoted = !('error' in event && (event.error as Error).name === 'JournalFault');
      if (isNoted) expect(to.context.pending?.reversing).toBe(true);
    }
  });

  it('cannot be cancelled once money may have moved, and says why (R125)', () => {
    const cancels = steps.filter((step) => step.event.type === 'key.cancel' && step.from.hasTag('moneyMayMove'));
    expect(new Set(cancels.map((step) => nameOf(step.from)))).toEqual(new Set(['settling', 'undoing', 'unknown']));
    for (const { from: before, to } of cancels) {
      expect([to.value, to.context.notice?.id]).toEqual([before.value, 'cannotCancel']);
    }
  });

  it('holds a PIN block only while settling, and a pending message only while unknown', () => {
    for (const { state } of situations) {
      const name = nameOf(state);
      expect([name, state.context.pending !== null]).toEqual([name, name === 'unknown']);
      expect([name, state.context.intent !== null]).toEqual([name, name === 'settling' || name === 'undoing']);
      if (name !== 'settling') expect(JSON.stringify(state.context)).not.toContain(pinBlock.hex);
    }
  });

  it('has nothing of one customer in ready, whatever has become of him', () => {
    const ready = situations.filter((situation) => stateOf(situation) === 'ready');
    expect(ready.length).toBeGreaterThan(1);
    for (const { state } of ready) expect(state.context).toMatchObject({ ...nothing, unresolved: [], countdown: null });
  });

  it('gives nothing back without a preview that stood long enough for a key', () => {
    const begun = steps.filter((step) => nameOf(step.to) === 'undoing' && leaves(step));
    expect(begun.length).toBeGreaterThan(0);
    for (const { from: before, event } of begun) {
      expect([before.value, event.type]).toEqual([{ confirmingUndo: 'open' }, 'key.confirm']);
      expect(before.context.undoQuote).not.toBeNull();
    }
  });

  it('moves on by itself wherever nobody is asked, and has a sentence for every situation', () => {
    for (const { state, steps: out } of situations) {
      const waits = ['recovering', 'signedOut', 'ready', 'outOfService'].includes(nameOf(state));
      const timeout = out.find(({ event }) => event.type.startsWith('xstate.after'));
      if (!waits) expect(timeout, JSON.stringify(state.value)).toBeDefined();
      const prompt = promptOfState(nameOf(state), state.context);
      for (const language of languages) expect(promptText(prompt, language)).not.toMatch(/[{}]|^$/);
    }
  });
});
