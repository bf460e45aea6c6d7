import { describe, expect, it } from 'vitest';
import type { EventObject, SnapshotFrom } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { languages, promptText } from '../../src/domain/prompt.ts';
import { CentreFault, type Decline } from '../../src/ports/centre.ts';
import { PinPadFault } from '../../src/ports/pin-pad.ts';
import { bindingMachine } from '../../src/terminal/binding.machine.ts';
import {
  type BindingContext,
  type BindingStage,
  bindingStages,
  defaultBindingDelays,
  nothingBound,
} from '../../src/terminal/binding-model.ts';
import { bindingStage, promptOfBinding } from '../../src/terminal/prompt-of-binding.ts';
import {
  admitted,
  allowed,
  beneficiary,
  beneficiaryCard,
  byCode,
  keyedCard,
  keyedId,
  linked,
  linkRecord,
  notAllowed,
  pinLocked,
  provider,
  shownCode,
  terms,
  unlinked,
} from './binding-answers.ts';
import { pinBlock } from './fake-ports.ts';

type Snapshot = SnapshotFrom<typeof bindingMachine>;
interface Step {
  readonly from: Snapshot;
  readonly event: EventObject;
  readonly to: Snapshot;
}

// Ids and clock stand still so that the number of situations is finite.
const input = {
  rules: { documents: 'one_of_three', beneficiaryBy: ['swipe', 'cardNumber', 'residentId', 'evoucher'] },
  delays: defaultBindingDelays,
  clock: { now: () => 0 },
  ids: { nextMsgId: () => 'P99000000001202504191000000001' },
} as const;

const declined = (decline: Decline) => ({ kind: 'declined', decline }) as const;
const lookUps = [
  beneficiary,
  provider,
  pinLocked(provider),
  declined({ code: 'PERSON_NOT_FOUND' }),
  declined({ code: 'CARD_LOST' }),
];
const links = [
  linked,
  { ...linked, record: linkRecord('linked', { replaces: 'L1' }) },
  { kind: 'linkRefused', verdict: notAllowed },
  declined({ code: 'MESSAGE_REJECTED' }),
];
const unlinks = [unlinked, declined({ code: 'LINK_TOO_NEW', notBefore: 1 })];

/** What the actors of each stage may come to, by the state's path. */
const outputs: Record<string, readonly object[]> = {
  'lookingUpProvider.asking': lookUps,
  'lookingUpBeneficiary.asking': lookUps,
  awaitingPin: [
    { kind: 'entered', pinBlock },
    { kind: 'cancelled' },
    { kind: 'refused', decline: { code: 'MESSAGE_REJECTED' } },
  ],
  'admitting.asking': [
    admitted,
    declined({ code: 'PIN_WRONG', triesLeft: 5 }),
    declined({ code: 'PIN_KEY_EXPIRED' }),
    declined({ code: 'PIN_LOCKED' }),
  ],
  'explaining.asking': [
    { kind: 'explained', verdict: allowed },
    { kind: 'explained', verdict: notAllowed },
    declined({ code: 'MESSAGE_REJECTED' }),
  ],
  linking: links,
  'unclear.askingToLink': links,
  unlinking: unlinks,
  'unclear.askingToUnlink': unlinks,
};
const errors = [new CentreFault('noAnswer'), new PinPadFault('gone'), new TypeError('a bug')];
const payloads: Record<string, readonly object[]> = {
  'binding.started': [{ operator: '01', channel: 'counter' }],
  'card.swiped': [{ credential: beneficiaryCard }, { credential: shownCode }],
  'card.failed': [{ reason: 'halfRead' }],
  'number.keyed': [keyedId, keyedCard],
  'number.refused': [{ prompt: 'bindingIdCheck' }],
  'task.chosen': [
    { task: { kind: 'link' } },
    { task: { kind: 'change', linkId: 'L1' } },
    // Of this link he is the beneficiary, and the other one is not his.
    { task: { kind: 'change', linkId: 'L2' } },
    { task: { kind: 'unlink', linkId: 'L2' } },
    { task: { kind: 'unlink', linkId: 'L9' } },
  ],
  'terms.given': [{ terms }],
  'reason.given': [{ reason: '不再需要' }, { reason: '  ' }],
};

function eventsOf(descriptor: string, { asked }: BindingContext): EventObject[] {
  const path = descriptor.split('.binding.')[1] ?? '';
  if (descriptor.startsWith('xstate.done.actor')) {
    // A code comes back with a voucher, and nothing else does (link-answer-check.ts).
    const byVoucher = asked?.medium === 'evoucher';
    return (outputs[path] ?? []).map((output) => ({
      type: descriptor,
      output: byVoucher && 'card' in output ? { ...output, voucher: byCode(provider).voucher } : output,
    }));
  }
  if (descriptor.startsWith('xstate.error.actor')) return errors.map((error) => ({ type: descriptor, error }));
  return (payloads[descriptor] ?? [{}]).map((payload) => ({ type: descriptor, ...payload }));
}

/** What makes two situations the same: of the counters only what something depends on, of the two people only how they came
 *  as far as that matters, and nothing depends on the notice. */
function keyOf({ value, context }: Pick<Snapshot, 'value' | 'context'>): string {
  const { clock, ids, delays, rules, notice, attempts, cardReads, pinEntries, provider, beneficiary, ...rest } =
    context;
  const isUnclear = bindingStage(value) === 'unclear';
  return JSON.stringify([
    value,
    rest,
    isUnclear ? 0 : attempts,
    provider && [provider.document, provider.found.voucher],
    beneficiary && beneficiary.document === null,
  ]);
}

const map = getAdjacencyMap(bindingMachine, {
  input,
  limit: 200_000,
  events: (snapshot) =>
    [...new Set(snapshot._nodes.flatMap((node) => node.ownEvents as string[]))].flatMap((descriptor) =>
      eventsOf(descriptor, snapshot.context),
    ) as never[],
  serializeState: keyOf,
  serializeEvent: (event) => JSON.stringify(event) + ('error' in event ? String(event.error) : ''),
});
interface Entry {
  readonly state: Snapshot;
  readonly transitions: Readonly<Record<string, { readonly event: EventObject; readonly state: Snapshot }>>;
}
const entries: readonly Entry[] = Object.values(map);
const situations: readonly { readonly state: Snapshot; readonly steps: readonly Step[] }[] = entries.map(
  ({ state, transitions }) => ({
    state,
    steps: Object.values(transitions).map((edge) => ({
      from: state,
      event: edge.event,
      to: edge.state,
    })),
  }),
);
const steps = situations.flatMap((situation) => situation.steps);
const stageOf = ({ value }: Snapshot): BindingStage => bindingStage(value);
const stagesOf = (snapshots: readonly Snapshot[]) => new Set(snapshots.map(stageOf));
const states = situations.map(({ state }) => state);

describe('the whole graph of the binding desk', () => {
  it('reaches every stage, and no event is a bug in any', () => {
    expect(stagesOf(states)).toEqual(new Set(bindingStages));
    expect(new Set(steps.map(({ to }) => to.status))).toEqual(new Set(['active']));
  });

  it('has a PIN block in its context only while admitting', () => {
    const holding = states.filter(({ context }) => JSON.stringify(context).includes(pinBlock.hex));
    expect(stagesOf(holding)).toEqual(new Set(['admitting']));
    expect(stagesOf(states.filter(({ context }) => context.proof !== null))).toEqual(new Set(['admitting']));
  });

  it('has nothing of anybody in idle, nor the card that is looked up anywhere but there', () => {
    for (const { context } of states.filter((state) => stageOf(state) === 'idle')) {
      expect(context).toMatchObject(nothingBound);
    }
    expect(stagesOf(states.filter(({ context }) => context.asked !== null))).toEqual(
      new Set(['lookingUpProvider', 'lookingUpBeneficiary']),
    );
  });

  it('ends at once by its cancel key in every stage, but while it is being written only after the answer', () => {
    const ending = steps.filter(({ event }) => event.type === 'key.cancel' || event.type === 'binding.closed');
    for (const { from, to } of ending) {
      if (from.hasTag('writing')) {
        expect(stageOf(to)).toBe(stageOf(from));
        expect(to.context).toMatchObject({ msgId: from.context.msgId, notice: 'bindingCannotEnd' });
      } else expect(stageOf(to)).toBe('idle');
      expect(from.hasTag('cancellable') || from.hasTag('writing') || stageOf(from) === 'idle', stageOf(from)).toBe(
        true,
      );
    }
    expect(stagesOf(states.filter((state) => state.hasTag('writing')))).toEqual(
      new Set(['linking', 'unlinking', 'unclear']),
    );
    expect(ending).toHaveLength(2 * states.length);
  });

  it('ends every step of a person by a time-out, clean, and says that nothing has changed', () => {
    const timeOuts = steps.filter(({ event }) => /^xstate\.after\.(person|pin)\./.test(event.type));
    expect(stagesOf(timeOuts.map(({ from }) => from))).toEqual(
      new Set([
        ...(['awaitingProvider', 'awaitingPin', 'desk', 'awaitingBeneficiary', 'fillingIn', 'reviewing'] as const),
        'givingReason',
      ]),
    );
    for (const { to } of timeOuts) {
      expect(stageOf(to)).toBe('refused');
      const { countdown, operator, ...left } = to.context;
      expect(left).toMatchObject({ ...without(nothingBound), ending: 'bindingTimedOut' });
    }
  });

  it('writes only what the dry run has allowed and a key confirmed, or a reason was given for', () => {
    const links = steps.filter(({ from, to }) => stageOf(to) === 'linking' && stageOf(from) !== 'linking');
    expect(links.length).toBeGreaterThan(0);
    for (const { from, event } of links) {
      expect([stageOf(from), event.type, from.context.verdict?.findings.length]).toEqual([
        'reviewing',
        'key.confirm',
        0,
      ]);
      expect(from.context.terms?.channel).toBe('counter');
    }
    const ends = steps.filter(({ from, to }) => stageOf(to) === 'unlinking' && stageOf(from) !== 'unlinking');
    expect(ends.length).toBeGreaterThan(0);
    for (const { from, event, to } of ends) {
      expect([stageOf(from), event.type, to.context.reason]).toEqual(['givingReason', 'reason.given', '不再需要']);
    }
  });

  it('keeps message and content while it is unclear, however often it asks', () => {
    const unclear = steps.filter(({ from, to }) => from.hasTag('writing') && to.hasTag('writing'));
    expect(unclear.length).toBeGreaterThan(10);
    for (const { from, to } of unclear) {
      const { msgId, permit, task, terms, reason, provider, beneficiary } = from.context;
      expect(msgId).not.toBeNull();
      expect(to.context).toMatchObject({ msgId, permit, task, terms, reason, provider, beneficiary });
    }
    expect(states.filter((state) => stageOf(state) === 'unclear').every((state) => state.hasTag('writing'))).toBe(true);
  });

  it('never has one person on both sides (R25)', () => {
    for (const { context } of states.filter((state) => state.context.beneficiary !== null)) {
      expect(context.beneficiary?.found.card).not.toBe(context.provider?.found.card);
    }
    const again = states.filter((state) => state.context.setback?.code === 'SELF_LINK');
    expect(stagesOf(again)).toContain('awaitingBeneficiary');
  });

  it('takes a card or a code only in the two stages that want one, and says of all others that it was not used', () => {
    expect(stagesOf(states.filter((state) => state.hasTag('wantsCard')))).toEqual(
      new Set(['awaitingProvider', 'awaitingBeneficiary']),
    );
    const strays = steps.filter(({ from, event }) => event.type === 'card.swiped' && !from.hasTag('wantsCard'));
    expect(strays.length).toBeGreaterThan(0);
    for (const { from, to } of strays) {
      expect(to.value).toEqual(from.value);
      expect(to.context).toMatchObject({ cardReads: from.context.cardReads, asked: from.context.asked });
      if (stageOf(from) !== 'idle') expect(to.context.notice).toMatch(/^(?:swipe|scan)NotNeeded$/);
    }
  });

  it('gives whoever plugs the reader in the whole time, and whoever swipes then too', () => {
    for (const type of ['reader.gone', 'reader.back']) {
      const moved = steps.filter(({ event }) => event.type === type);
      expect(stagesOf(moved.map(({ from }) => from))).toEqual(new Set(['awaitingProvider', 'awaitingBeneficiary']));
      for (const { from, to } of moved) expect(to.value).toEqual(from.value);
    }
  });

  it('has a step back wherever a person is asked, and never out of what has been written', () => {
    const back = steps.filter(({ event }) => event.type === 'key.back');
    for (const { from, to } of back) {
      expect(from.hasTag('writing')).toBe(false);
      if (stageOf(from) === 'refused' && from.context.permit === null) expect(stageOf(to)).toBe('refused');
      else expect(stageOf(to)).not.toBe(stageOf(from));
      if (stageOf(to) === 'desk') expect(to.context).toMatchObject({ beneficiary: null, task: null, record: null });
    }
  });

  it('has no permit but of an admitted provider, and a desk only with one', () => {
    for (const state of states) {
      if (stageOf(state) === 'desk') expect(state.context.permit).not.toBeNull();
      if (state.context.permit !== null) expect(state.context.provider).not.toBeNull();
    }
  });

  it('has a whole sentence for every situation, in both languages', () => {
    for (const state of states) {
      for (const readerLost of [false, true]) {
        for (const atPad of [false, true]) {
          const prompt = promptOfBinding(stageOf(state), state.context, { readerLost, atPad });
          for (const language of languages) {
            const sentence = promptText(prompt, language);
            expect(sentence).not.toBe('');
            expect(sentence).not.toMatch(/[{}]/);
          }
        }
      }
    }
  });

  it('runs a countdown where a person is waited for and nowhere else', () => {
    const waiting = states.filter(({ context }) => context.countdown !== null);
    const stages = stagesOf(waiting);
    expect(stages).toEqual(
      new Set([
        ...(['awaitingProvider', 'awaitingPin', 'desk', 'awaitingBeneficiary', 'fillingIn', 'reviewing'] as const),
        ...(['givingReason', 'linked', 'unlinked', 'refused', 'unclear'] as const),
      ]),
    );
  });
});

function without({ countdown, operator, ...rest }: typeof nothingBound) {
  return rest;
}
