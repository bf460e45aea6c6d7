import { createActor } from 'xstate';
import type { Scheduler } from '../../drivers/scheduler.ts';
import type { CardReader, CardReaderEvent, Credential } from '../ports/card-reader.ts';
import { bindingMachine } from '../terminal/binding.machine.ts';
import type { BindingContext, BindingEvent, BindingInput, BindingStage } from '../terminal/binding-model.ts';
import type { terminalActors } from '../terminal/counter-actors.ts';
import type { CounterEvent } from '../terminal/counter-model.ts';
import { bindingStage } from '../terminal/prompt-of-binding.ts';

/** The binding desk beside the sale. `pinOpen`: the provider's PIN is being entered; `readerLost`: the reader in use is
 *  unplugged. */
export interface BindingSnapshot {
  readonly stage: Exclude<BindingStage, 'idle'>;
  readonly context: BindingContext;
  readonly countdown: { readonly endsAt: number; readonly totalMs: number } | null;
  readonly pinOpen: boolean;
  readonly readerLost: boolean;
  /** Whether Esc ends it now, whether a step back is there, and whether Enter does something. */
  readonly cancellable: boolean;
  readonly canGoBack: boolean;
  readonly confirmable: boolean;
}

export interface BindingDesk {
  /** Null while it is closed. */
  snapshot(readerLost: boolean): BindingSnapshot | null;
  readonly isOpen: boolean;
  send(event: BindingEvent): void;
  /** Takes a reader's event when it is the desk's: true, and nobody else is to hear it. That a reader comes or goes is for
   *  everybody. */
  heard(event: CardReaderEvent, reader: CardReader, isBeside: boolean): boolean;
  /** Takes what is asked of the counter while the desk is open, keys and codes among it: true, and the counter is not to
   *  do it. */
  takes(event: CounterEvent): boolean;
  stop(): void;
}

/** The binding desk of a counter, running from the start and closed. `onChange` after every change. */
export function createBindingDesk(options: {
  readonly actors: ReturnType<typeof terminalActors>['bindingActors'];
  readonly scheduler: Scheduler;
  readonly input: BindingInput;
  onChange(): void;
  report(bug: Error): void;
}): BindingDesk {
  const actor = createActor(bindingMachine.provide({ actors: options.actors }), {
    clock: options.scheduler,
    input: options.input,
  });
  /** The readers at which a card that the desk wants has begun and is not yet read. */
  const wanted = new Set<CardReader>();
  const wantsCard = () => actor.getSnapshot().hasTag('wantsCard');
  actor.subscribe({
    next: () => {
      if (!wantsCard()) wanted.clear();
      options.onChange();
    },
    error: (bug) => {
      options.report(bug instanceof Error ? bug : new Error('the binding machine failed'));
      options.onChange();
    },
  });
  actor.start();
  const isOpen = () => {
    const { status, value } = actor.getSnapshot();
    return status === 'active' && value !== 'idle';
  };
  const takeCode = (credential: Credential | null) =>
    actor.send(credential === null ? { type: 'code.refused' } : { type: 'card.swiped', credential });

  return {
    snapshot(readerLost) {
      const now = actor.getSnapshot();
      const stage = bindingStage(now.value);
      if (!isOpen() || stage === 'idle') return null;
      return {
        stage,
        context: now.context,
        countdown: now.context.countdown,
        pinOpen: stage === 'awaitingPin',
        readerLost,
        cancellable: now.hasTag('cancellable'),
        canGoBack: now.can({ type: 'key.back' }),
        confirmable: now.hasTag('confirmable'),
      };
    },
    get isOpen() {
      return isOpen();
    },
    send: (event) => actor.send(event),
    heard(event, reader, isBeside) {
      if (event.kind === 'gone' || event.kind === 'back') {
        if (event.kind === 'gone') wanted.delete(reader);
        if (!isBeside) actor.send({ type: event.kind === 'gone' ? 'reader.gone' : 'reader.back' });
        return false;
      }
      if (!isOpen()) return false;
      if (event.kind === 'reading') {
        if (wantsCard()) wanted.add(reader);
        return true;
      }
      const { read } = event;
      // What began outside of a stage that wants a card, or was given up since, is nobody's card.
      if (!wanted.delete(reader)) actor.send({ type: 'card.dropped' });
      else if (read.ok) actor.send({ type: 'card.swiped', credential: read.credential });
      else actor.send({ type: 'card.failed', reason: read.reason });
      return true;
    },
    takes(event) {
      if (!isOpen()) return false;
      switch (event.type) {
        case 'code.scanned':
          takeCode(event.credential);
          return true;
        case 'card.elsewhere':
          actor.send({ type: 'card.elsewhere' });
          return true;
        case 'key.confirm':
        case 'key.cancel':
          actor.send({ type: event.type });
          return true;
        case 'reader.gone':
        case 'reader.back':
        case 'notice.over':
          return false;
        default:
          actor.send({ type: 'counter.asked' });
          return true;
      }
    },
    stop: () => actor.stop(),
  };
}
