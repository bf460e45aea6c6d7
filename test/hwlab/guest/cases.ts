import assert from 'node:assert/strict';
import { closeSync, constants, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { systemScheduler } from '../../../drivers/scheduler.ts';
import type { Transport } from '../../../drivers/transport.ts';
import { VirtualCardReader } from '../../../drivers/virtual/virtual-card-reader.ts';
import { CounterDevices } from '../../../src/app/devices/counter-devices.ts';
import { parseDeviceConfig } from '../../../src/app/devices/device-config.ts';
import { Counter, swipe } from './counter.ts';
import { nodesOf, type Rig } from './rig.ts';
import { until } from './until.ts';

/** One case with one kind of reader; nothing is plugged when it begins. `later` runs when it has ended, in reverse order. */
type Case = (rig: Rig, later: (undo: () => unknown) => void) => Promise<void>;

const swipesInARow = 200;
/** What a process uses that waits for nothing but its devices, in parts of one processor; one that spins uses all of it. */
const idleShareMax = 0.5;
const watchedMs = 500;

/** The cases by name. Each is the same for both kinds of readers, but for what a half read card is. */
export const cases: Readonly<Record<string, Case>> = {
  async 'a card is read, once'(rig, later) {
    const counter = await counterAt(rig, later);
    await swipe(rig, 0, counter, 1);
    assert.deepEqual(counter.heard, ['reading', 'card 1']);
  },

  async 'unplugged while waiting for a card: told once, and nothing else'(rig, later) {
    const counter = await counterAt(rig, later);
    await rig.unplug(0);
    await counter.hears('gone');
    await wait(watchedMs);
    assert.deepEqual(counter.heard, ['gone']);
    assert.equal(counter.reader.state.kind, 'lost');
  },

  async 'unplugged within a card: it never comes, nor shows in the next one'(rig, later) {
    // Only the unplug can end the half read card.
    const counter = await counterAt(rig, later, { silenceMs: 120_000 });
    const [begin, end] = rig.swipe(1);
    // A report comes whole or not at all; a line has a half.
    const comesInParts = end !== undefined;
    if (begin !== undefined) rig.send(0, begin);
    if (comesInParts) await counter.hears('reading');
    await rig.unplug(0);
    await counter.hears('gone');
    const cameInTime = counter.count('card 1') > 0;
    const before = comesInParts ? ['reading', 'failed halfRead'] : cameInTime ? ['reading', 'card 1'] : [];
    assert.deepEqual(counter.heard, [...before, 'gone']);
    await rig.plug(0);
    await counter.hears('back');
    await swipe(rig, 0, counter, 2);
    assert.deepEqual(counter.heard.slice(-3), ['back', 'reading', 'card 2']);
    assert.equal(counter.count('gone'), 1);
  },

  async 'unplugged between data and the next read (PF23): noticed, no spin, the port not stuck'(rig, later) {
    const counter = await counterAt(rig, later, {
      onFirstChunk: () => rig.unplugAtOnce(0),
      // Looking for the reader costs more, in emulation, than is allowed here.
      retryMs: { first: 4000, max: 4000 },
    });
    for (const part of rig.swipe(1)) rig.send(0, part);
    await counter.hears('gone');
    assert.deepEqual(nodesOf(rig), []);
    rig.pause();
    await until('a processor at rest', async () => (await shareOfProcessor()) < idleShareMax);
    rig.resume();
    await rig.plug(0);
    await counter.hears('back');
    await swipe(rig, 0, counter, 2);
    assert.deepEqual(counter.heard.slice(-3), ['back', 'reading', 'card 2']);
  },

  async 'plugged in again: it is back, three times in a row'(rig, later) {
    const counter = await counterAt(rig, later);
    for (const number of [1, 2, 3]) {
      await rig.unplug(0);
      await counter.hears('gone', number);
      await rig.plug(0);
      await counter.hears('back', number);
      await swipe(rig, 0, counter, number);
    }
    const once = (number: number) => ['gone', 'back', 'reading', `card ${number}`];
    assert.deepEqual(counter.heard, [...once(1), ...once(2), ...once(3)]);
  },

  async 'plugged in again under another name: it is back (PF26)'(rig, later) {
    await rig.plug(0);
    const [node = ''] = nodesOf(rig);
    const counter = start(rig, later, rig.transportByPath(`/dev/${node}`));
    await counter.connected();
    // While anybody holds the old node open, the kernel does not give its number again.
    const held = openSync(`/dev/${node}`, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
    later(() => closeSync(held));
    await rig.unplug(0);
    await counter.hears('gone');
    await rig.plug(0);
    later(() => rig.unplug(0));
    assert.notDeepEqual(nodesOf(rig), [node]);
    await counter.hears('back');
    await swipe(rig, 0, counter, 3);
    assert.deepEqual(counter.heard, ['gone', 'back', 'reading', 'card 3']);
  },

  async 'two readers at once: each has its own cards, and losing one leaves the other alone'(rig, later) {
    const first = await counterAt(rig, later);
    await rig.plug(1);
    later(() => rig.unplug(1));
    const second = start(rig, later, rig.transport(1));
    await second.connected();
    for (const number of [1, 2, 3, 4, 5]) {
      const [one, other] = [rig.swipe(number), rig.swipe(100 + number)];
      for (const [index, part] of one.entries()) {
        rig.send(0, part);
        const opposite = other[index];
        if (opposite !== undefined) rig.send(1, opposite);
      }
      await first.hears(`card ${number}`);
      await second.hears(`card ${100 + number}`);
    }
    await rig.unplug(0);
    await first.hears('gone');
    await swipe(rig, 1, second, 200);
    await rig.plug(0);
    await first.hears('back');
    await swipe(rig, 0, first, 6);
    assert.deepEqual(
      first.heard.filter((words) => words !== 'reading'),
      ['card 1', 'card 2', 'card 3', 'card 4', 'card 5', 'gone', 'back', 'card 6'],
    );
    assert.deepEqual(
      second.heard.filter((words) => words !== 'reading'),
      ['card 101', 'card 102', 'card 103', 'card 104', 'card 105', 'card 200'],
    );
  },

  async [`${swipesInARow} swipes in a row: none lost, none doubled`](rig, later) {
    const counter = await counterAt(rig, later);
    const expected: string[] = [];
    for (let number = 1; number <= swipesInARow; number++) {
      await swipe(rig, 0, counter, number);
      expected.push('reading', `card ${number}`);
    }
    assert.deepEqual(counter.heard, expected);
  },

  async 'at a counter: taken when it is plugged in, never exchanged in a sale, the virtual one when it is gone'(
    rig,
    later,
  ) {
    const heard: string[] = [];
    const devices = new CounterDevices({
      config: parseDeviceConfig(rig.config, 'devices.yaml'),
      scheduler: systemScheduler,
      virtual: new VirtualCardReader({ scheduler: systemScheduler }),
      pinKeys: { take: (format) => ({ format, keyId: 'lab', key: new Uint8Array(16) }) },
      onUnheardSwipe: () => undefined,
      onChange: () => undefined,
      onScan: () => undefined,
      report: (fault) => heard.push(fault.message),
    });
    later(() => devices.close());
    devices.reader.subscribe(({ kind }) => heard.push(kind));
    const shows = (state: string) => until(state, () => devices.view.reader.state === state);
    assert.equal(devices.reader.isVirtual, true);
    await rig.plug(0);
    later(() => rig.unplug(0).catch(() => undefined));
    await until('the real one', () => !devices.reader.isVirtual);
    for (const part of rig.swipe(1)) rig.send(0, part);
    await until('a card', () => heard.includes('read'));
    devices.hold(true);
    await rig.unplug(0);
    await shows('lost');
    assert.equal(devices.reader.isVirtual, false);
    await rig.plug(0);
    await shows('connected');
    await rig.unplug(0);
    await shows('lost');
    devices.hold(false);
    await until('the virtual one', () => devices.reader.isVirtual);
    await rig.plug(0);
    await until('the real one again', () => !devices.reader.isVirtual);
    assert.deepEqual(heard, ['reading', 'read', 'gone', 'back', 'gone', 'back']);
  },

  async 'closed: nothing is heard any more, and the device is free for the next'(rig, later) {
    const counter = await counterAt(rig, later);
    await counter.reader.close();
    for (const part of rig.swipe(1)) rig.send(0, part);
    const next = start(rig, later, rig.transport(0));
    await next.connected();
    await swipe(rig, 0, next, 2);
    await rig.unplug(0);
    await next.hears('gone');
    assert.deepEqual(counter.heard, []);
    await rig.plug(0);
  },
};

interface At {
  readonly silenceMs?: number;
  readonly retryMs?: { readonly first: number; readonly max: number };
  /** Called within the handling of the first chunk, before anything else can happen. */
  readonly onFirstChunk?: () => void;
}

/** Plugs a reader into socket 0 and connects to it. */
async function counterAt(rig: Rig, later: (undo: () => unknown) => void, at: At = {}): Promise<Counter> {
  await rig.plug(0);
  later(() => rig.unplug(0).catch(() => undefined));
  const transport = rig.transport(0);
  const counter = start(rig, later, at.onFirstChunk ? interrupted(transport, at.onFirstChunk) : transport, at);
  await counter.connected();
  return counter;
}

function start(rig: Rig, later: (undo: () => unknown) => void, transport: Transport, at: At = {}): Counter {
  const counter = new Counter(rig, transport, at);
  later(() => counter.reader.close());
  return counter;
}

function interrupted(transport: Transport, onFirstChunk: () => void): Transport {
  let isFirst = true;
  return {
    ...transport,
    connect: (events) =>
      transport.connect({
        ...events,
        onChunk: (chunk) => {
          events.onChunk(chunk);
          if (isFirst) onFirstChunk();
          isFirst = false;
        },
      }),
  };
}

/** Of one processor, over a while. */
async function shareOfProcessor(): Promise<number> {
  const before = process.cpuUsage();
  const from = performance.now();
  await wait(watchedMs);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / (performance.now() - from);
}

/** Waits until no device of a kind is left. */
export function emptied(rig: Rig): Promise<unknown> {
  return until('nothing plugged', () => nodesOf(rig).length === 0);
}
