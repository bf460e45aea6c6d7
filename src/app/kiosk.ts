import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WedgeInput } from '../../drivers/keyboard/wedge-input.ts';
import { FallbackPinPad } from '../../drivers/pinpad/fallback-pin-pad.ts';
import { ScreenPinPad, type ScreenPinSession } from '../../drivers/pinpad/screen-pin-pad.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../drivers/pty/pseudo-terminal.ts';
import { systemScheduler } from '../../drivers/scheduler.ts';
import { VirtualCardReader } from '../../drivers/virtual/virtual-card-reader.ts';
import { chinaDateTime, chinaDay } from '../domain/china-time.ts';
import type { CounterState } from '../domain/counter-state.ts';
import { parseYuan } from '../domain/money.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Undo } from '../domain/undo.ts';
import type { ScreenRole } from '../ipc/channels.ts';
import { customerPart } from '../ipc/customer-part.ts';
import type { Intent } from '../ipc/intent.ts';
import type { CustomerView, HealthView, Settings, StatusView, TerminalView } from '../ipc/view.ts';
import type { Clock } from '../ports/clock.ts';
import type { ScannerEvent } from '../ports/scanner.ts';
import { type CounterResult, defaultDelays } from '../terminal/counter-model.ts';
import { chosenTask, givenTerms, keyedNumber } from './binding-input.ts';
import type { CitizenServer } from './citizen/citizen-server.ts';
import { codeScanned } from './code-scanned.ts';
import { createCounter } from './counter.ts';
import { demoInstitution } from './demo-institution.ts';
import { CounterDevices } from './devices/counter-devices.ts';
import { type DeviceConfig, pinBlockFormatsOf, readDeviceConfig } from './devices/device-config.ts';
import { PtySwiper } from './devices/pty-swiper.ts';
import type { Kiosk, KioskOptions } from './kiosk-contract.ts';
import { type LocalDesk, openLocalDesk } from './local-desk.ts';
import { SalesBook } from './sales-book.ts';
import { readSettings, writeSettings } from './settings-file.ts';
import { terminalView } from './terminal-view.ts';

const systemClock: Clock = { now: () => Date.now() };

const operator = '01';

/** The states between sales, in which a reader may be exchanged for another. */
const betweenSales: readonly CounterState[] = [
  ...(['recovering', 'signedOut', 'signingIn', 'ready', 'outOfService'] as const),
  ...(['approved', 'declined', 'cancelled', 'undone', 'suspended'] as const),
];

/** The states in which nobody's slip is printed again. */
const noReprint: readonly CounterState[] = ['signedOut', 'signingIn', 'awaitingPin', 'outOfService'];

/** So many of the last faults are told to a supervisor. */
const faultsShownMax = 4;

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
    pinBlockFormats: pinBlockFormatsOf(config),
    keyProtections: options.keyProtections,
  });
  options.tellProtection?.(desk.keyProtection.describe());
  const { deck, profile, centre } = desk;
  const settingsPath = join(dataFolder, 'settings.json');
  let settings: Settings = readSettings(settingsPath);

  let faults: HealthView['faults'] = [];
  const report = (fault: Error) => {
    const code = 'code' in fault && typeof fault.code === 'string' ? ` ${fault.code}` : '';
    const time = chinaDateTime(systemClock.now()).slice(11);
    faults = [{ time, name: `${fault.name}${code}` }, ...faults].slice(0, faultsShownMax);
    options.report?.(fault);
  };
  const { setAside } = await desk.journal.open();
  const onListenerThrow = (thrown: unknown) => report(asError(thrown));
  const virtual = new VirtualCardReader({ scheduler: systemScheduler, onListenerThrow });
  const wedge = await WedgeInput.open({ scheduler: systemScheduler, onFault: report, onListenerThrow });
  let pin: ScreenPinSession | null = null;
  const screenPad = new ScreenPinPad({
    pinKey: () => desk.pinKeys.take(config.pinBlock),
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
    pinKeys: desk.pinKeys,
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
  const delays = { ...defaultDelays, pin: profile.pin.timeoutS * 1000, ...options.delays };
  const counter = createCounter({
    centre: centre.centre,
    pinPad,
    journal: desk.journal,
    clock: systemClock,
    ids: desk.ids,
    institution: demoInstitution,
    terminal: desk.terminal,
    pinKeys: desk.pinKeys,
    report: (fault) => report(fault),
    reader: devices.reader,
    besideReader: [wedge.reader],
    scheduler: systemScheduler,
    delays,
    operator,
    bindingRules: profile.binding,
    bindingDelays: { pin: delays.pin, attention: delays.attention, notice: delays.notice, ...options.bindingDelays },
  });

  const views = new Set<(view: TerminalView) => void>();
  const customerViews = new Set<(view: CustomerView) => void>();
  const settingsListeners = new Set<(settings: Settings) => void>();
  const sales = new SalesBook({ register: centre.registry, clock: systemClock, report });
  let shownResult: CounterResult | null = null;
  let reprint: Settlement | Undo | null = null;
  let lastState = counter.state;

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

  function asksForPin(): boolean {
    return counter.binding === null ? counter.state === 'awaitingPin' : counter.binding.pinOpen;
  }

  function view(): TerminalView {
    // First: midnight may turn the list over.
    const today = sales.rows;
    return terminalView({
      state: counter.state,
      snapshot: counter.snapshot,
      pin,
      typedAtPad: asksForPin() && pinPad.info.kind !== 'screen' ? typed : null,
      today,
      beside: {
        listDay: sales.listDay,
        listNote: sales.note,
        inquiry: counter.inquiry,
        dayEnd: counter.dayEnd,
        binding: counter.binding && { snapshot: counter.binding, profile },
        reprint,
        health: { keyProtection: desk.keyProtection.kind, journalSetAside: setAside, faults },
        place: { institution: demoInstitution, terminal: desk.terminal },
      },
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
      for (const listener of customerViews) listener(customerPart(now));
    });
  }

  counter.subscribe(({ context }) => {
    // Also without a record: the centre may have done what the terminal does not know of, such as a suspended sale.
    if (context.result !== null && context.result !== shownResult) {
      sales.refresh(context.result.settlement ?? context.result.undo);
    }
    shownResult = context.result;
    // What happens now is not to be hidden by a slip of before; only a result that runs out leaves it as it is.
    if (counter.state !== lastState && counter.state !== 'ready') reprint = null;
    lastState = counter.state;
    const { result } = context;
    if (result !== null && result.kind !== 'suspended') centreOnline = result.code !== 'CENTRE_UNAVAILABLE';
    if (counter.state === 'unknown') centreOnline = false;
    const { binding } = counter;
    if (binding?.stage === 'unclear') centreOnline = false;
    if (binding?.stage === 'desk' || binding?.context.record) centreOnline = true;
    devices.hold(binding !== null || !betweenSales.includes(counter.state));
    changed();
  });
  counter.start();
  wedge.scanner.subscribe(scanned);
  const citizens = await citizenPages(options, desk, report);

  function scanned(event: ScannerEvent): void {
    const heard = codeScanned(event, profile.evoucher);
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

  function chooseUndo(intent: Extract<Intent, { kind: 'undo.choose' }>): void {
    const { undo: kind, settlementId, amount } = intent;
    if (kind === 'cancel' || amount.trim() === '') {
      counter.send({ type: 'undo.chosen', undo: { kind, settlementId, amount: null } });
      return;
    }
    const parsed = parseYuan(amount);
    if (parsed.ok && parsed.fen > 0) {
      counter.send({ type: 'undo.chosen', undo: { kind, settlementId, amount: parsed.fen } });
    } else {
      counter.send({ type: 'amount.refused', prompt: parsed.ok ? 'amountNotPositive' : 'amountNotANumber' });
    }
  }

  function startBinding(): void {
    const answer = counter.startBinding(options.linkChannel ?? 'counter');
    if (answer === 'started') reprint = null;
    else if (counter.binding === null) {
      counter.send({ type: 'amount.refused', prompt: answer === 'busy' ? 'busy' : 'signInFirst' });
    }
    changed();
  }

  async function takeNumber(intent: Extract<Intent, { kind: 'binding.number' }>): Promise<void> {
    const text = await wedge.typed(intent);
    if (text !== null && !closed) counter.sendBinding(keyedNumber(intent.medium, text));
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
        // Who types an amount while an outcome is unknown is told why no sale starts.
        if (counter.state === 'unknown') counter.submitAmount(intent.text);
        else counter.send({ type: 'amount.edited', text: intent.text });
        break;
      case 'amount.submit':
        counter.submitAmount(intent.text);
        break;
      case 'undo.choose':
        chooseUndo(intent);
        break;
      case 'list.turn':
        sales.turn(intent.to);
        changed();
        break;
      case 'supervisor.push':
        counter.send({ type: 'supervisor.push', step: intent.step });
        break;
      case 'supervisor.suspend': {
        const by = intent.by.trim();
        const reason = intent.reason.trim();
        // A record that says nobody, or nothing, is none.
        if (by !== '' && reason !== '') counter.send({ type: 'supervisor.suspend', by, reason });
        break;
      }
      case 'suspended.reopen':
        counter.send({ type: 'suspended.reopened', msgId: intent.msgId });
        break;
      case 'inquiry.start':
        counter.startInquiry();
        changed();
        break;
      case 'inquiry.close':
        counter.closeInquiry();
        changed();
        break;
      case 'binding.start':
        startBinding();
        break;
      case 'binding.close':
        counter.closeBinding();
        break;
      case 'binding.back':
        counter.sendBinding({ type: 'key.back' });
        break;
      case 'binding.task':
        counter.sendBinding({ type: 'task.chosen', task: chosenTask(intent) });
        break;
      case 'binding.number':
        takeNumber(intent).catch((error) => report(asError(error)));
        break;
      case 'binding.terms':
        counter.sendBinding(givenTerms(intent));
        break;
      case 'binding.reason':
        counter.sendBinding({ type: 'reason.given', reason: intent.reason });
        break;
      case 'dayEnd.start': {
        const yesterday = systemClock.now() - 86_400_000;
        counter.startDayEnd(chinaDay(intent.day === 'today' ? systemClock.now() : yesterday));
        changed();
        break;
      }
      case 'dayEnd.close':
        counter.closeDayEnd();
        changed();
        break;
      case 'receipt.reprint':
        if (counter.binding === null && !noReprint.includes(counter.state))
          reprint = sales.record(intent.msgId) ?? null;
        changed();
        break;
      case 'receipt.close':
        reprint = null;
        changed();
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
        customerView: operators ? null : customerPart(view()),
        deck: operators && (devices.reader.hasVirtual || served !== null) ? deck.households : [],
        wedgeKey: wedge.publicKey,
        customerDisplay: false,
      };
    },
    take(intent, role) {
      // The customer's cancel key is for the customer's part of a sale, not for the clerk's results and amounts.
      const isCustomersTurn =
        counter.binding === null ? customersTurn.includes(counter.state) : counter.binding.pinOpen;
      const isForeign = role === 'customer' && intent.kind === 'key.cancel' && !isCustomersTurn;
      if (!closed && !isForeign) take(intent);
    },
    onView: (listener) => listening(views, listener),
    onCustomerView: (listener) => listening(customerViews, listener),
    onSettings: (listener) => listening(settingsListeners, listener),
    async close() {
      if (closed) return;
      closed = true;
      counter.stop();
      await citizens?.close();
      await devices.close();
      await virtual.close();
      await servedLine?.close();
      await wedge.close();
      await desk.close();
    },
  };
}

/** The citizens' pages on the counter's centre, where somebody wants them. A port that is taken is a fault that is told, and
 *  the counter sells without them. */
async function citizenPages(
  { citizenPort, fixturesFolder, tellCitizenPages }: KioskOptions,
  { centre, deck, profile, rules }: LocalDesk,
  report: (fault: Error) => void,
): Promise<CitizenServer | null> {
  if (citizenPort === undefined) return null;
  // Only then is the server framework loaded.
  const { serveCitizens } = await import('./citizen/citizen-server.ts');
  const parts = { centre, deck, profile, rules, fixturesFolder, clock: systemClock, random: randomBytes };
  try {
    const server = await serveCitizens(parts, { port: citizenPort, report });
    tellCitizenPages?.(server.url);
    return server;
  } catch (fault) {
    report(asError(fault));
    return null;
  }
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
