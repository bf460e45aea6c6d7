import { StoreFault } from '../centre/centre-store.ts';
import type { CalendarDay } from '../domain/calendar-day.ts';
import { chinaDay } from '../domain/china-time.ts';
import { above, type Fen, sum } from '../domain/money.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Undo } from '../domain/undo.ts';
import type { TodayRow } from '../ipc/view.ts';
import type { Clock } from '../ports/clock.ts';
import { todayRow } from './terminal-view.ts';

/** What the centre's register tells of the sales of a day. */
interface Register {
  recordedOn(day: CalendarDay): readonly (Settlement | Undo)[];
  leftOf(settlementId: string): Fen;
}

export interface SalesBookOptions {
  readonly register: Register;
  readonly clock: Clock;
  report(fault: Error): void;
}

/** How far back the list looks for a day with a sale. */
const daysBackMax = 366;
const dayMs = 86_400_000;

/** The list of sales beside the counter: of the present day, or of an earlier one that was turned to. It is a comfort:
 *  when the store cannot be read the last list stays, and what is in it can be printed again. */
export class SalesBook {
  readonly #options: SalesBookOptions;
  /** The present day as of the last look. */
  #today: CalendarDay;
  #day: CalendarDay;
  #records: readonly (Settlement | Undo)[] = [];
  #rows: readonly TodayRow[] = [];
  #note: 'noEarlierDay' | null = null;

  constructor(options: SalesBookOptions) {
    this.#options = options;
    this.#today = chinaDay(options.clock.now());
    this.#day = this.#today;
    this.refresh();
  }

  /** Newest first. Midnight turns a list of the present day over. */
  get rows(): readonly TodayRow[] {
    const today = chinaDay(this.#options.clock.now());
    if (today !== this.#today) {
      if (this.#day === this.#today) this.#day = today;
      this.#today = today;
      this.refresh();
    }
    return this.#rows;
  }

  /** Null = the present day. */
  get listDay(): CalendarDay | null {
    return this.#day === this.#today ? null : this.#day;
  }

  get note(): 'noEarlierDay' | null {
    return this.#note;
  }

  /** Reads the listed day anew. `last`: a record that has just come and belongs into the present day's list even if the
   *  store cannot give it. */
  refresh(last: Settlement | Undo | null = null): void {
    const read = this.#read(() => this.#options.register.recordedOn(this.#day)) ?? this.#records;
    const isMissing = last !== null && this.listDay === null && read.every(({ msgId }) => msgId !== last.msgId);
    this.#records = isMissing ? [...read, last] : read;
    this.#rows = this.#records.map((record) => todayRow(record, this.#left(record))).reverse();
  }

  /** To the nearest other day with a sale, never past the present one. */
  turn(to: 'previous' | 'next' | 'today'): void {
    this.#note = null;
    const day = to === 'today' ? this.#today : this.#nearest(to === 'previous' ? -dayMs : dayMs);
    if (day === null) this.#note = 'noEarlierDay';
    else if (day !== this.#day) {
      this.#day = day;
      this.#records = [];
      this.refresh();
    }
  }

  /** A line of the list as the centre recorded it. */
  record(msgId: string): Settlement | Undo | undefined {
    return this.#records.find((record) => record.msgId === msgId);
  }

  #nearest(stepMs: number): CalendarDay | null {
    let at = Date.parse(`${this.#day}T00:00:00Z`);
    for (let days = 0; days < daysBackMax; days += 1) {
      at += stepMs;
      const day = new Date(at).toISOString().slice(0, 10);
      if (day >= this.#today) return this.#today;
      const records = this.#read(() => this.#options.register.recordedOn(day));
      if (records === null) return this.#day;
      if (records.length > 0) return day;
    }
    return null;
  }

  /** What of a sale can still be given back. What was given back of a sale of the present day stands in the same list;
   *  of an earlier one it may stand in a later day's. */
  #left(record: Settlement | Undo): Fen | null {
    if ('undoId' in record) return null;
    const { settlementId, split } = record;
    if (this.listDay !== null) return this.#read(() => this.#options.register.leftOf(settlementId)) ?? split.total;
    const undos = this.#records.filter((other) => 'undoId' in other);
    const own = undos.filter(({ original }) => original.settlementId === settlementId);
    return above(split.total, sum(own.map(({ returned }) => returned.total)));
  }

  #read<T>(work: () => T): T | null {
    try {
      return work();
    } catch (fault) {
      if (!(fault instanceof StoreFault)) throw fault;
      this.#options.report(fault);
      return null;
    }
  }
}
