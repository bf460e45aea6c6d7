import type { LinkState } from '../../../drivers/device-link.ts';
import { Listeners } from '../../../drivers/listeners.ts';
import type { Scheduler } from '../../../drivers/scheduler.ts';
import type { DeviceFault } from '../../../drivers/transport.ts';
import type { DeviceView } from '../../ipc/view.ts';
import type { CardReader, CardReaderEvent, CardReaderInfo } from '../../ports/card-reader.ts';
import { deviceView, troubleOf } from './device-view.ts';

/** A reader whose device comes and goes. */
export interface LinkedReader extends CardReader {
  readonly state: LinkState;
  onState(listener: (state: LinkState) => void): () => void;
}

export interface ReaderChoiceOptions {
  readonly scheduler: Scheduler;
  /** The last resort, heard also when another is chosen: a swipe of the deck is meant. Null when the configuration does
   *  not name it. Stays its owner's. */
  readonly virtual: CardReader | null;
  /** What is looked for: named while there is neither a reader nor the virtual one. */
  readonly wanted: CardReaderInfo;
  /** A card was read at a reader that is there and not in use. */
  readonly onUnheard?: () => void;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

/** How long a lost reader stays the chosen one between sales: a cable pulled and put back is no reason to change. */
export const lossGraceMs = 3000;

interface Slot {
  readonly reader: LinkedReader;
  readonly preference: number;
  readonly stop: () => void;
}

function isConnected({ reader }: Slot): boolean {
  return reader.state.kind === 'connected';
}

/** The reader of a counter: the most preferred of those that are connected, else the virtual one, and back when a real one
 *  comes. Holds: never changes in the middle of a sale (`hold`); only the chosen reader and the virtual one are heard, a
 *  card from its beginning or not at all; of cards read at once the one that began last; `gone` and `back` speak of the
 *  chosen one: `gone` also when it was never there and nothing takes its place (whoever subscribes later is told at
 *  once), `back` also when another takes the place of a lost one. */
export class ReaderChoice implements CardReader {
  readonly #options: ReaderChoiceOptions;
  readonly #listeners: Listeners<CardReaderEvent>;
  readonly #changes: Listeners<void>;
  #slots: Slot[] = [];
  #endVirtual: () => void = () => undefined;
  #chosen: Slot | null = null;
  #held = false;
  #grace: { readonly timer: unknown } | null = null;
  #told: 'gone' | 'back';
  /** Where the card is that is being read. */
  #reading: CardReader | null = null;
  #closed = false;

  constructor(options: ReaderChoiceOptions) {
    this.#options = options;
    this.#listeners = new Listeners(options.onListenerThrow);
    this.#changes = new Listeners(options.onListenerThrow);
    const { virtual } = options;
    this.#told = virtual === null ? 'gone' : 'back';
    if (virtual === null) return;
    // That it is unplugged concerns nobody while another reader is in use.
    this.#endVirtual = virtual.subscribe((event) =>
      this.#hear(virtual, event, event.kind === 'reading' || this.#chosen === null),
    );
  }

  get info(): CardReaderInfo {
    return this.#chosen?.reader.info ?? this.#options.virtual?.info ?? this.#options.wanted;
  }

  /** Whether the configuration has the virtual reader. */
  get hasVirtual(): boolean {
    return this.#options.virtual !== null;
  }

  /** True when no real reader is chosen. */
  get isVirtual(): boolean {
    return this.#chosen === null && this.#options.virtual !== null;
  }

  /** That of the most preferred reader which is connected, chosen or not; infinite while none is. */
  get connectedPreference(): number {
    return this.#slots.find(isConnected)?.preference ?? Number.POSITIVE_INFINITY;
  }

  /** What the chip on the screen says. */
  get view(): DeviceView {
    const { kind, name } = this.info;
    const state = this.#chosen?.reader.state;
    if (state === undefined) {
      if (this.#options.virtual === null) return { kind, name, state: 'opening', note: null };
      return { kind, name, state: 'connected', ...troubleOf(this.#troubleBefore(null)) };
    }
    if (state.kind !== 'connected') return deviceView({ kind, name }, state);
    return { kind, name, state: 'connected', ...troubleOf(this.#troubleBefore(this.#chosen)) };
  }

  /** Adds a reader; lower numbers are preferred. The choice owns it from now on. */
  add(reader: LinkedReader, preference: number): void {
    const stops = [
      reader.subscribe((event) => {
        if (event.kind === 'reading' || event.kind === 'read') this.#hear(reader, event, this.#chosen === slot);
      }),
      reader.onState(() => this.#choose()),
    ];
    const slot: Slot = { reader, preference, stop: () => stops.forEach((stop) => void stop()) };
    this.#slots = [...this.#slots, slot].toSorted((a, b) => a.preference - b.preference);
    this.#choose();
  }

  /** True from the first key or card of a sale to its end: no changing of readers. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    if (!held) this.#choose();
  }

  subscribe(listener: (event: CardReaderEvent) => void): () => void {
    if (this.#closed) return () => undefined;
    const leave = this.#listeners.add(listener);
    if (this.#told === 'gone') listener({ kind: 'gone', cause: 'unplugged' });
    return leave;
  }

  /** Called when another reader is chosen or when the chosen one's state has changed. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endGrace();
    this.#endVirtual();
    const readers: CardReader[] = this.#slots.map(({ reader }) => reader);
    for (const { stop } of this.#slots) stop();
    this.#slots = [];
    await Promise.all(readers.map((reader) => reader.close()));
  }

  #hear(reader: CardReader, event: CardReaderEvent, isMeant: boolean): void {
    if (event.kind === 'read') {
      if (this.#reading !== reader) {
        if (!isMeant) this.#options.onUnheard?.();
        return;
      }
      this.#reading = null;
    } else if (!isMeant) {
      return;
    } else if (event.kind === 'reading') {
      this.#reading = reader;
    }
    this.#listeners.tell(event);
  }

  #choose(): void {
    if (this.#closed) return;
    if (!this.#held) this.#chosen = this.#best();
    const isLost = this.#chosen?.reader.state.kind === 'lost';
    if (!isLost) this.#endGrace();
    else if (!this.#held && this.#grace === null) {
      const timer = this.#options.scheduler.setTimeout(() => {
        this.#grace = null;
        if (this.#held || this.#chosen === null) return;
        this.#chosen = this.#withoutGrace();
        this.#announce();
      }, lossGraceMs);
      this.#grace = { timer };
    }
    this.#announce();
  }

  #best(): Slot | null {
    const connected = this.#slots.find(isConnected);
    if (connected !== undefined) return connected;
    const justLost = this.#chosen?.reader.state.kind === 'lost' && this.#slots.includes(this.#chosen);
    return justLost ? this.#chosen : this.#withoutGrace();
  }

  /** The virtual reader; without one the most preferred real reader, however it is. */
  #withoutGrace(): Slot | null {
    return this.#options.virtual === null ? (this.#slots[0] ?? null) : null;
  }

  #announce(): void {
    const isThere = this.#chosen === null ? this.#options.virtual !== null : isConnected(this.#chosen);
    const kind = isThere ? 'back' : 'gone';
    if (kind !== this.#told) {
      this.#told = kind;
      this.#listeners.tell(kind === 'gone' ? { kind, cause: 'unplugged' } : { kind });
    }
    this.#changes.tell();
  }

  /** Why a more preferred reader that is there cannot be used, or that it was there. */
  #troubleBefore(chosen: Slot | null): DeviceFault | null {
    const least = chosen?.preference ?? Number.POSITIVE_INFINITY;
    for (const { reader, preference } of this.#slots) {
      const { state } = reader;
      if (preference >= least || state.kind === 'connected' || state.fault === null) continue;
      if (state.kind === 'lost' || (state.fault.code !== 'notFound' && state.fault.code !== 'gone')) return state.fault;
    }
    return null;
  }

  #endGrace(): void {
    if (this.#grace !== null) this.#options.scheduler.clearTimeout(this.#grace.timer);
    this.#grace = null;
  }
}
