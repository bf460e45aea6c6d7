import { join } from 'node:path';
import { ScreenPinPad, type ScreenPinSession } from '../../drivers/pinpad/screen-pin-pad.ts';
import { systemScheduler } from '../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../drivers/virtual/virtual-card-reader.ts';
import { StoreFault } from '../centre/centre-store.ts';
import { chinaDay } from '../domain/china-time.ts';
import type { CounterState } from '../domain/counter-state.ts';
import type { ScreenRole } from '../ipc/channels.ts';
import type { Intent } from '../ipc/intent.ts';
import type { CustomerView, Settings, StatusView, TerminalView, TodayRow } from '../ipc/view.ts';
import type { Clock } from '../ports/clock.ts';
import { defaultDelays } from '../terminal/counter-model.ts';
import { createCounter } from './counter.ts';
import { demoInstitution } from './demo-institution.ts';
import type { Kiosk, KioskOptions } from './kiosk-contract.ts';
import { openLocalDesk } from './local-desk.ts';
import { readSettings, writeSettings } from './settings-file.ts';
import { customerView, terminalView, todayRow } from './terminal-view.ts';

const systemClock: Clock = { now: () => Date.now() };

const terminal = 'T0000001';
const operator = '01';

/** The states in which the sale waits for the customer. */
const customersTurn: readonly CounterState[] = ['awaitingCard', 'awaitingPin'];

/** The kiosk behind its screens: the embedded centre with the deck's households, the virtual reader, the PIN pad on the
 *  screen, the journal on disk. Errors: those of opening the database, the journal and the fixtures; their messages say
 *  what to do. */
export async function createKiosk(options: KioskOptions): Promise<Kiosk> {
  const { dataFolder, fixturesFolder } = options;
  const desk = await openLocalDesk({
    dataFolder,
    fixturesFolder,
    profile: options.profile ?? 'chongqing-2021',
    clock: systemClock,
  });
  const { deck, profile, centre } = desk;
  const settingsPath = join(dataFolder, 'settings.json');
  let settings: Settings = readSettings(settingsPath);

  const report = (fault: Error) => options.report?.(fault);
  const reader = new VirtualCardReader({
    scheduler: systemScheduler,
    onListenerThrow: (thrown) => report(asError(thrown)),
  });
  let pin: ScreenPinSession | null = null;
  const pinPad = new ScreenPinPad({
    pinBlockKey: desk.pinBlockKey,
    onSession: (session) => {
      pin = session;
      changed();
    },
    onFault: report,
    onListenerThrow: (thrown) => report(asError(thrown)),
  });

  let centreOnline = true;
  const counter = createCounter({
    centre: centre.centre,
    pinPad,
    journal: desk.journal,
    clock: systemClock,
    ids: desk.ids,
    institution: demoInstitution,
    terminal,
    report: (fault) => report(fault),
    reader,
    scheduler: systemScheduler,
    delays: { ...defaultDelays, pin: profile.pin.timeoutS * 1000, ...options.delays },
    operator,
  });

  const views = new Set<(view: TerminalView) => void>();
  const customerViews = new Set<(view: CustomerView) => void>();
  const settingsListeners = new Set<(settings: Settings) => void>();
  let today: { readonly day: string; readonly rows: readonly TodayRow[] } = { day: '', rows: [] };
  let shownMsgId: string | null = null;
  let closed = false;
  let pending = false;

  /** Reads today's list anew. It is a comfort: when the store cannot give it, the old one stays and the sale goes on. */
  function refreshToday(): void {
    const day = chinaDay(systemClock.now());
    try {
      const rows = centre.registry
        .settlementsOn(day)
        .map((settlement) => todayRow({ ...settlement, maskedName: settlement.beneficiary.maskedName }))
        .reverse();
      today = { day, rows };
    } catch (fault) {
      if (!(fault instanceof StoreFault)) throw fault;
      today = { day, rows: today.rows };
      report(fault);
    }
  }

  function status(): StatusView {
    return {
      reader: { kind: reader.info.kind, name: reader.info.name, online: true },
      centreOnline,
      profile: profile.name,
      institution: demoInstitution.name,
      operator: counter.snapshot.context.operator,
      testEnvironment: true,
    };
  }

  function view(): TerminalView {
    if (today.day !== chinaDay(systemClock.now())) refreshToday();
    return terminalView({
      state: counter.state,
      snapshot: counter.snapshot,
      pin,
      today: today.rows,
      status: status(),
      language: settings.language,
      nowMs: systemClock.now(),
    });
  }

  /** Tells the screens, once per turn of the event loop however much has changed in it. */
  function changed(): void {
    if (pending || closed) return;
    pending = true;
    queueMicrotask(() => {
      pending = false;
      if (closed) return;
      const now = view();
      for (const listener of views) listener(now);
      for (const listener of customerViews) listener(customerView(now));
    });
  }

  counter.subscribe(({ context }) => {
    const settled = context.result?.settlement?.msgId ?? null;
    if (settled !== null && settled !== shownMsgId) refreshToday();
    shownMsgId = settled;
    if (context.result !== null) centreOnline = context.result.code !== 'CENTRE_UNAVAILABLE';
    if (counter.state === 'unknown') centreOnline = false;
    changed();
  });
  counter.start();

  function changeSettings(change: Extract<Intent, { kind: 'settings.change' }>): void {
    settings = {
      language: change.language ?? settings.language,
      theme: change.theme ?? settings.theme,
      voice: change.voice ?? settings.voice,
    };
    // What was chosen holds until the end of the run even when it cannot be kept: taste must not stop a counter.
    try {
      writeSettings(settingsPath, settings);
    } catch (fault) {
      report(asError(fault));
    }
    for (const listener of settingsListeners) listener(settings);
    changed();
  }

  function take(intent: Intent): void {
    switch (intent.kind) {
      case 'operator.signIn':
        counter.send({ type: 'operator.signedIn', operator });
        break;
      case 'operator.signOut':
        counter.send({ type: 'operator.signedOut' });
        break;
      case 'amount.edit':
        counter.send({ type: 'amount.edited', text: intent.text });
        break;
      case 'amount.submit':
        counter.submitAmount(intent.text);
        break;
      case 'key.confirm':
        counter.send({ type: 'key.confirm' });
        break;
      case 'key.cancel':
        counter.send({ type: 'key.cancel' });
        break;
      case 'pin.typed':
        pinPad.typed(intent.session, intent.count);
        break;
      case 'pin.sealed':
        // Faults of the message are told to `onFault`; what is left is a bug.
        pinPad.sealed(intent).catch((error) => report(asError(error)));
        break;
      case 'deck.swipe': {
        const card = deck.cards.get(intent.person);
        if (card !== undefined) reader.swipe(card, intent.as, intent.fault);
        break;
      }
      case 'settings.change':
        changeSettings(intent);
        break;
    }
  }

  return {
    hello(role: ScreenRole) {
      const operators = role === 'operator';
      return {
        role,
        settings,
        view: operators ? view() : null,
        customerView: operators ? null : customerView(view()),
        deck: operators ? deck.households : [],
        customerDisplay: false,
      };
    },
    take(intent, role) {
      // The customer's cancel key is for the customer's part of a sale, not for the clerk's results and amounts.
      const isForeign = role === 'customer' && intent.kind === 'key.cancel' && !customersTurn.includes(counter.state);
      if (!closed && !isForeign) take(intent);
    },
    onView: (listener) => listening(views, listener),
    onCustomerView: (listener) => listening(customerViews, listener),
    onSettings: (listener) => listening(settingsListeners, listener),
    async close() {
      if (closed) return;
      closed = true;
      counter.stop();
      await reader.close();
      await desk.close();
    },
  };
}

function listening<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error was thrown');
}
