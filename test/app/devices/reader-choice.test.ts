import { describe, expect, it } from 'vitest';
import type { LinkState } from '../../../drivers/device-link.ts';
import { Listeners } from '../../../drivers/listeners.ts';
import { DeviceFault } from '../../../drivers/transport.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { type LinkedReader, lossGraceMs, ReaderChoice } from '../../../src/app/devices/reader-choice.ts';
import type { CardReaderEvent, CardReaderInfo } from '../../../src/ports/card-reader.ts';
import { ManualScheduler } from '../../drivers/manual-scheduler.ts';
import { syntheticCard } from '../../drivers/synthetic-card.ts';

/** A reader whose device a test plugs and pulls. */
class PluggedReader implements LinkedReader {
  readonly info: CardReaderInfo;
  state: LinkState = { kind: 'opening', fault: null };
  closed = false;
  readonly #events = new Listeners<CardReaderEvent>();
  readonly #states = new Listeners<LinkState>();

  constructor(name: string) {
    this.info = { kind: 'serial', name };
  }
  subscribe(listener: (event: CardReaderEvent) => void) {
    return this.#events.add(listener);
  }
  onState(listener: (state: LinkState) => void) {
    return this.#states.add(listener);
  }
  close() {
    this.closed = true;
    return Promise.resolve();
  }
  become(state: LinkState) {
    this.state = state;
    this.#states.tell(state);
  }
  plug() {
    this.become({ kind: 'connected' });
  }
  pull() {
    this.become({ kind: 'lost', fault: new DeviceFault('gone', 'pulled') });
  }
  begin() {
    this.#events.tell({ kind: 'reading' });
  }
  end() {
    this.#events.tell({ kind: 'read', read: { ok: false, reason: 'noise' } });
  }
  swipe() {
    this.begin();
    this.end();
  }
}

function bench(options: { virtual?: boolean } = {}) {
  const scheduler = new ManualScheduler();
  const virtual = options.virtual === false ? null : new VirtualCardReader({ scheduler });
  const unheard: string[] = [];
  const choice = new ReaderChoice({
    scheduler,
    virtual,
    wanted: { kind: 'hid', name: 'wanted' },
    onUnheard: () => unheard.push('swipe'),
  });
  const heard: string[] = [];
  choice.subscribe((event) => heard.push(event.kind));
  return { scheduler, virtual, choice, heard, unheard, names: () => choice.info.name };
}

describe('choosing a reader', () => {
  it('is virtual and says so while nothing is plugged in', () => {
    const { choice } = bench();
    expect(choice.view).toEqual({ kind: 'virtual', name: '虚拟读卡器', state: 'connected', note: null });
    choice.add(new PluggedReader('a'), 1);
    expect(choice.view.kind).toBe('virtual');
    expect(choice.isVirtual).toBe(true);
  });

  it('takes a real reader that comes, and the more preferred of two', () => {
    const { choice } = bench();
    const [a, b] = [new PluggedReader('a'), new PluggedReader('b')];
    choice.add(b, 2);
    choice.add(a, 1);
    b.plug();
    expect(choice.info.name).toBe('b');
    a.plug();
    expect(choice.info.name).toBe('a');
  });

  it('hears the chosen reader alone, and the virtual one whenever somebody swipes it', () => {
    const { choice, virtual, heard } = bench();
    const [a, b] = [new PluggedReader('a'), new PluggedReader('b')];
    choice.add(a, 1);
    choice.add(b, 2);
    a.plug();
    b.plug();
    heard.length = 0;
    b.swipe();
    expect(heard).toEqual([]);
    a.swipe();
    expect(heard).toEqual(['reading', 'read']);
    virtual?.swipe(syntheticCard(1), 'stripe');
    expect(heard).toEqual(['reading', 'read', 'reading', 'read']);
  });

  it('does not hear the end of a card that began at a reader which was not the chosen one', () => {
    const { choice, heard } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    choice.hold(true);
    a.plug();
    a.begin();
    choice.hold(false);
    expect(choice.info.name).toBe('a');
    a.end();
    expect(heard).toEqual([]);
    a.swipe();
    expect(heard).toEqual(['reading', 'read']);
  });

  it('hears the end of a card that began at the chosen one, though another is chosen by then', () => {
    const { choice, heard } = bench();
    const [a, b] = [new PluggedReader('a'), new PluggedReader('b')];
    choice.add(a, 1);
    choice.add(b, 2);
    b.plug();
    b.begin();
    a.plug();
    expect(choice.info.name).toBe('a');
    b.end();
    b.swipe();
    expect(heard).toEqual(['reading', 'read']);
  });

  it('of two cards read at once the later is the one that counts', () => {
    const { choice, virtual, heard } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    a.plug();
    a.begin();
    virtual?.swipe(syntheticCard(1), 'stripe');
    a.end();
    expect(heard).toEqual(['reading', 'reading', 'read']);
    virtual?.swipe(syntheticCard(1), 'stripe', 'half');
    a.swipe();
    expect(heard.slice(3)).toEqual(['reading', 'reading', 'read']);
  });

  it('tells whoever comes late that there is no reader', () => {
    const { choice } = bench({ virtual: false });
    const a = new PluggedReader('a');
    choice.add(a, 1);
    const late: string[] = [];
    choice.subscribe((event) => late.push(event.kind));
    expect(late).toEqual(['gone']);
    a.plug();
    expect(late).toEqual(['gone', 'back']);
  });

  it('without any reader has the name of the one that is wanted', () => {
    const { choice } = bench({ virtual: false });
    expect(choice.view).toEqual({ kind: 'hid', name: 'wanted', state: 'opening', note: null });
  });

  it('tells of a card at a reader that is there and not in use, and only of that', () => {
    const { choice, heard, unheard } = bench();
    const [a, b] = [new PluggedReader('a'), new PluggedReader('b')];
    choice.add(a, 1);
    choice.add(b, 2);
    a.plug();
    b.plug();
    a.swipe();
    expect(unheard).toEqual([]);
    heard.length = 0;
    b.swipe();
    expect([heard, unheard]).toEqual([[], ['swipe']]);
  });

  it('never changes in the middle of a sale, neither for a better one nor for a lost one', () => {
    const { choice, scheduler } = bench();
    const [a, b] = [new PluggedReader('a'), new PluggedReader('b')];
    choice.add(a, 1);
    choice.add(b, 2);
    b.plug();
    choice.hold(true);
    a.plug();
    expect(choice.info.name).toBe('b');
    b.pull();
    scheduler.advance(60_000);
    expect(choice.view).toMatchObject({ name: 'b', state: 'lost', note: 'pulled' });
    choice.hold(false);
    expect(choice.info.name).toBe('a');
  });

  it('does not change from the virtual reader in the middle of a sale', () => {
    const { choice } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    choice.hold(true);
    a.plug();
    expect(choice.isVirtual).toBe(true);
    choice.hold(false);
    expect(choice.info.name).toBe('a');
  });

  it('tells gone and back of the chosen reader once each, and falls back to the virtual one after a while', () => {
    const { choice, scheduler, heard } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    a.plug();
    a.pull();
    expect(choice.view.state).toBe('lost');
    expect(heard).toEqual(['gone']);
    a.plug();
    expect(heard).toEqual(['gone', 'back']);
    a.pull();
    scheduler.advance(lossGraceMs - 1);
    expect(choice.isVirtual).toBe(false);
    scheduler.advance(1);
    expect(choice.view).toMatchObject({ kind: 'virtual', state: 'connected' });
    expect(heard).toEqual(['gone', 'back', 'gone', 'back']);
    a.plug();
    expect(choice.info.name).toBe('a');
  });

  it('a loss during a sale starts the while at the end of the sale', () => {
    const { choice, scheduler } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    a.plug();
    choice.hold(true);
    a.pull();
    scheduler.advance(lossGraceMs * 10);
    choice.hold(false);
    scheduler.advance(lossGraceMs - 1);
    expect(choice.isVirtual).toBe(false);
    scheduler.advance(1);
    expect(choice.isVirtual).toBe(true);
  });

  it('without a virtual reader says from the start that none is there', () => {
    const { choice, heard } = bench({ virtual: false });
    const a = new PluggedReader('a');
    expect(heard).toEqual(['gone']);
    choice.add(a, 1);
    expect(heard).toEqual(['gone']);
    expect(choice.view).toMatchObject({ name: 'a', state: 'opening' });
    a.plug();
    expect(heard).toEqual(['gone', 'back']);
    a.pull();
    expect(choice.view).toMatchObject({ name: 'a', state: 'lost' });
  });

  it('says why a more preferred reader that is there cannot be used', () => {
    const { choice } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    a.become({ kind: 'opening', fault: new DeviceFault('denied', 'no permission: do this') });
    expect(choice.view).toMatchObject({ kind: 'virtual', note: 'no permission: do this' });
    expect(choice.view.trouble).toBe('denied');
    a.become({ kind: 'opening', fault: new DeviceFault('notFound', 'not there') });
    expect(choice.view.note).toBeNull();
  });

  it('says that a reader which was there is lost, while another stands in for it', () => {
    const { choice, scheduler } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    a.plug();
    a.pull();
    scheduler.advance(lossGraceMs);
    expect(choice.view).toMatchObject({ kind: 'virtual', state: 'connected', trouble: 'gone' });
    a.plug();
    expect(choice.view).toEqual({ kind: 'serial', name: 'a', state: 'connected', note: null });
  });

  it('closes all it owns, and is silent from then on', async () => {
    const { choice, heard } = bench();
    const a = new PluggedReader('a');
    choice.add(a, 1);
    a.plug();
    await choice.close();
    await choice.close();
    expect(a.closed).toBe(true);
    heard.length = 0;
    a.swipe();
    a.pull();
    expect(heard).toEqual([]);
  });
});
