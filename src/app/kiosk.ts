import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WedgeInput } from '../../drivers/keyboard/wedge-input.ts';
import { FallbackPinPad } from '../../drivers/pinpad/fallback-pin-pad.ts';
import { ScreenPinPad, type ScreenPinSession } from '../../drivers/pinpad/screen-pin-pad.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { systemScheduler } from '../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../drivers/virtual/virtual-card-reader.ts';
import { StoreFault } from '../centre/centre-store.ts';
import { chinaDay } from '../domain/china-time.ts';
import type { CounterState } from '../domain/counter-state.ts';
import type { ScreenRole } from '../ipc/channels.ts';
import type { Intent } from '../ipc/intent.ts';
import type { CustomerView, Settings, StatusView, TerminalView, TodayRow } from '../ipc/view.ts';
import type { Clock } from '../ports/clock.ts';
import type { ScannerEvent } from '../ports/scanner.ts';
import { defaultDelays } from '../terminal/counter-model.ts';
import { codeScanned } from './code-scanned.ts';
import { createCounter } from './counter.ts';
import { demoInstitution } from './demo-institution.ts';
import { CounterDevices } from './devices/counter-devices.ts';
import { type DeviceConfig, readDeviceConfig } from './devices/device-config.ts';
import { PtySwiper } from './devices/pty-swiper.ts';
import type { Kiosk, KioskOptions } from './kiosk-contract.ts';
import { openLocalDesk } from './local-desk.ts';
import { readSettings, writeSettings } from './settings-file.ts';
import { customerView, terminalView, todayRow } from './terminal-view.ts';

const systemClock: Clock = { now: () => Date.now() };

const terminal = 'T0000001';
const operator = '01';

/** The states between sales, in which a reader may be exchanged for another. */
const betweenSales: readonly CounterState[] = [
  ...(['recovering', 'signedOut', 'ready', 'approved', 'declined', 'cancelled', 'outOfService'] as const),
];

/** The states in which the sale waits for the customer. */
const customersTurn: readonly CounterState[] = ['awaitingCard', 'awaitingPin'];

/** The kiosk behind its screens: the embedded centre with the deck's households, the readers, scanner and PIN pad of the
 *  configuration, the journal on disk. Errors: those of the configuration, the database, the journal and the fixtures; their messages say
 *  what to do. */
export async function createKiosk(options: KioskOptions): Promise<Kiosk> {
  const { dataFolder, fixturesFolder } = options;
  const ownDevices = join(dataFolder, 'devices.yaml');
  const config = readDeviceConfig(options.devicesFile ?? (existsSync(ownDevices) ? ownDevices : undefined));
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
  const onListenerThrow = (thrown: unknown) => report(asError(thrown));
  const virtual = new VirtualCardReader({ scheduler: systemScheduler, onListenerThrow });
  const wedge = await WedgeInput.open({ scheduler: systemScheduler, onFault: report, onListenerThrow });
  let pin: ScreenPinSession | null = null;
  const screenPad = new ScreenPinPad({
    pinBlockKey: desk.pinBlockKey,
    onSession: (session) => {
      pin = session;
      changed();
    },
    onFault: report,
    onListenerThrow,
  });
  const servedLine = await servedLineOf(config).catch(async (fault: unknown) => {
    await desk.close();
    throw fault;
  });
  const served = servedLine === null ? null : new PtySwiper(servedLine);
  // Before the devices: they may tell of a change at once. From them to the counter nothing waits.
  let closed = false;
  let pending = false;
  const devices = new CounterDevices({
    config,
    scheduler: systemScheduler,
    virtual,
    pinKeys: desk,
    onChange: () => changed(),
    onScan: (event) => scanned(event),
    onUnheardSwipe: () => counter.send({ type: 'card.elsewhere' }),
    report,
    onListenerThrow,
  });
  const pinPad =
    devices.pinPad === null
      ? screenPad
      : new FallbackPinPad({ hardware: devices.pinPad, screen: screenPad, onListenerThrow });
  let typed = 0;
  pinPad.subscribe((digitCount) => {
    typed = digitCount;
    changed();
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
    reader: devices.reader,
    besideReader: [wedge.reader],
    scheduler: systemScheduler,
    delays: { ...defaultDelays, pin: profile.pin.timeoutS * 1000, ...options.delays },
    operator,
  });

  const views = new Set<(view: TerminalView) => void>();
  const customerViews = new Set<(view: CustomerView) => void>();
  const settingsListeners = new Set<(settings: Settings) => void>();
  let today: { readonly day: string; readonly rows: readonly TodayRow[] } = { day: '', rows: [] };
  let shownMsgId: string | null = null;

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
      ...devices.view,
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
      typedAtPad: counter.state === 'awaitingPin' && pinPad.info.kind !== 'screen' ? typed : null,
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
    devices.hold(!betweenSales.includes(counter.state));
    changed();
  });
  counter.start();
  wedge.scanner.subscribe(scanned);

  function scanned(event: ScannerEvent): void {
    const heard = codeScanned(event);
    if (heard !== null) counter.send(heard);
  }

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
        screenPad.typed(intent.session, intent.count);
        break;
      case 'pin.sealed':
        // Faults of the message are told to `onFault`; what is left is a bug.
        screenPad.sealed(intent).catch((error) => report(asError(error)));
        break;
      case 'wedge.began':
        wedge.began();
        break;
      case 'wedge.sealed':
        wedge.sealed(intent).catch((error) => report(asError(error)));
        break;
      case 'deck.swipe': {
        const card = deck.cards.get(intent.person);
        if (card === undefined) break;
        // A deck that is served to another program is not this counter's.
        if (served !== null) served.swipe(card, intent.as, intent.fault).catch((fault) => report(asError(fault)));
        else if (devices.reader.hasVirtual) virtual.swipe(card, intent.as, intent.fault);
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
        deck: operators && (devices.reader.hasVirtual || served !== null) ? deck.households : [],
        wedgeKey: wedge.publicKey,
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
      await devices.close();
      await virtual.close();
      await servedLine?.close();
      await wedge.close();
      await desk.close();
    },
  };
}

async function servedLineOf({ serve }: DeviceConfig): Promise<PseudoTerminal | null> {
  return serve === null ? null : openPseudoTerminal({ link: serve });
}

function listening<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error was thrown');
}
