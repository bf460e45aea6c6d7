import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closePatienceMs, DeviceLink, type LinkState, openPatienceMs } from '../../drivers/device-link.ts';
import { type Connection, type ConnectionEvents, DeviceFault, type Transport } from '../../drivers/transport.ts';
import { ManualScheduler } from './manual-scheduler.ts';

const notFound = new DeviceFault('notFound', 'the reader is not plugged in');
const denied = new DeviceFault('denied', 'no permission');
const unplugged = new DeviceFault('gone', 'unplugged');

/** One `connect` that was asked for, answered by the test. */
class Try implements Connection {
  readonly events: ConnectionEvents;
  readonly written: number[][] = [];
  closes = 0;
  had = false;
  readonly promise: Promise<Connection>;
  resolve: (connection: Connection) => void = () => undefined;
  reject: (fault: unknown) => void = () => undefined;

  constructor(events: ConnectionEvents) {
    this.events = events;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    void this.promise.then(
      () => {
        this.had = true;
      },
      () => undefined,
    );
  }

  get isOpen(): boolean {
    return this.had && this.closes === 0;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written.push([...bytes]);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closes += 1;
    return this.closes > 1 ? Promise.reject(new Error('closed twice')) : Promise.resolve();
  }
}

function bench(options: { watched: boolean } = { watched: true }) {
  const scheduler = new ManualScheduler();
  const tries: Try[] = [];
  let change: (() => void) | null = null;
  const transport: Transport = {
    kind: 'serial',
    name: 'the reader',
    connect: (events) => {
      const attempt = new Try(events);
      tries.push(attempt);
      return attempt.promise;
    },
    ...(options.watched && {
      watch: (onChange: () => void) => {
        change = onChange;
        return () => {
          change = null;
        };
      },
    }),
  };
  const told: LinkState[] = [];
  const chunks: number[][] = [];
  const link = new DeviceLink({
    transport,
    scheduler,
    onChunk: (chunk) => chunks.push([...chunk]),
    onState: (state) => told.push(state),
    retryMs: { first: 500, max: 5000 },
  });
  const last = (): Try => {
    const attempt = tries.at(-1);
    if (attempt === undefined) throw new Error('nothing was tried yet');
    return attempt;
  };
  return {
    link,
    scheduler,
    tries,
    last,
    told,
    chunks,
    isWatched: () => change !== null,
    change: () => change?.(),
    /** The last try ends, well or badly. */
    connects: async () => {
      last().resolve(last());
      await settled();
      return last();
    },
    fails: async (fault: unknown) => {
      last().reject(fault);
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('DeviceLink', () => {
  it('connects at start, passes chunks on and writes', async () => {
    const { link, tries, told, chunks, connects } = bench();
    expect(link.state).toEqual({ kind: 'opening', fault: null });
    link.start();
    link.start();
    const connection = await connects();
    expect(told).toEqual([{ kind: 'connected' }]);
    expect(link.state).toEqual({ kind: 'connected' });
    connection.events.onChunk(Uint8Array.of(1, 2));
    await link.write(Uint8Array.of(9));
    expect(chunks).toEqual([[1, 2]]);
    expect(connection.written).toEqual([[9]]);
    expect(tries).toHaveLength(1);
    await link.close();
  });

  it('tries again after 0.5, 1, 2, 4, 5, 5 seconds while nothing is found, and says why once', async () => {
    const { link, scheduler, tries, told, fails } = bench();
    link.start();
    for (const pauseMs of [500, 1000, 2000, 4000, 5000, 5000]) {
      await fails(notFound);
      const before = tries.length;
      scheduler.advance(pauseMs - 1);
      expect(tries).toHaveLength(before);
      scheduler.advance(1);
      expect(tries).toHaveLength(before + 1);
    }
    expect(told).toEqual([{ kind: 'opening', fault: notFound }]);
    await fails(denied);
    expect(told.slice(1)).toEqual([{ kind: 'opening', fault: denied }]);
  });

  it('takes anything thrown for a fault, with its cause', async () => {
    const { link, fails } = bench();
    link.start();
    const bug = new Error('a bug in a driver');
    await fails(bug);
    expect(link.state).toMatchObject({ kind: 'opening', fault: { code: 'failed', cause: bug } });
  });

  it('a change that the transport notices cuts the pause short, down to the first one', async () => {
    const { link, scheduler, tries, change, fails } = bench();
    link.start();
    for (const pauseMs of [500, 1000, 2000]) {
      await fails(notFound);
      scheduler.advance(pauseMs);
    }
    await fails(notFound);
    scheduler.advance(600);
    change();
    expect(tries).toHaveLength(5);
    await fails(denied);
    for (let burst = 0; burst < 100; burst++) change();
    scheduler.advance(499);
    expect(tries).toHaveLength(5);
    scheduler.advance(1);
    expect(tries).toHaveLength(6);
  });

  it('a change while a try is under way is not forgotten', async () => {
    const { link, scheduler, tries, change, fails } = bench();
    link.start();
    for (const pauseMs of [500, 1000]) {
      await fails(notFound);
      scheduler.advance(pauseMs);
    }
    change();
    await fails(notFound);
    scheduler.advance(500);
    expect(tries).toHaveLength(4);
  });

  it('a loss is told once, however often the connection says so, and the device is had again', async () => {
    const { link, scheduler, tries, told, chunks, connects } = bench();
    link.start();
    const first = await connects();
    scheduler.advance(60_000);
    first.events.onGone(unplugged);
    first.events.onGone(denied);
    expect(told).toEqual([{ kind: 'connected' }, { kind: 'lost', fault: unplugged }]);
    expect(first.closes).toBe(1);
    scheduler.advance(500);
    const second = await connects();
    first.events.onChunk(Uint8Array.of(1));
    first.events.onGone(unplugged);
    second.events.onChunk(Uint8Array.of(2));
    expect(chunks).toEqual([[2]]);
    expect(told.slice(2)).toEqual([{ kind: 'connected' }]);
    expect(tries).toHaveLength(2);
  });

  it('a lost device that is not there says nothing new; one that cannot be opened does', async () => {
    const { link, scheduler, told, connects, fails } = bench();
    link.start();
    (await connects()).events.onGone(unplugged);
    scheduler.advance(500);
    await fails(notFound);
    scheduler.advance(500);
    await fails(denied);
    scheduler.advance(1000);
    await fails(denied);
    expect(told.slice(1)).toEqual([
      { kind: 'lost', fault: unplugged },
      { kind: 'lost', fault: denied },
    ]);
  });

  it('a device that comes and goes is asked ever less often, and like a new one after it has stayed', async () => {
    const { link, scheduler, tries, change, connects } = bench();
    link.start();
    for (const pauseMs of [500, 1000, 2000, 4000, 5000, 5000]) {
      (await connects()).events.onGone(unplugged);
      const before = tries.length;
      change();
      scheduler.advance(pauseMs - 1);
      change();
      expect(tries).toHaveLength(before);
      scheduler.advance(1);
      expect(tries).toHaveLength(before + 1);
    }
    const steady = await connects();
    scheduler.advance(5000);
    steady.events.onGone(unplugged);
    const before = tries.length;
    scheduler.advance(500);
    expect(tries).toHaveLength(before + 1);
  });

  it('refuses to write while not connected and keeps nothing for later', async () => {
    const { link, scheduler, connects } = bench();
    await expect(link.write(Uint8Array.of(1))).rejects.toMatchObject({ name: 'DeviceFault', code: 'gone' });
    link.start();
    await expect(link.write(Uint8Array.of(2))).rejects.toMatchObject({ code: 'gone' });
    const first = await connects();
    first.events.onGone(unplugged);
    await expect(link.write(Uint8Array.of(3))).rejects.toMatchObject({ code: 'gone' });
    scheduler.advance(500);
    const second = await connects();
    expect([first.written, second.written]).toEqual([[], []]);
    await link.close();
    await expect(link.write(Uint8Array.of(4))).rejects.toMatchObject({ code: 'gone' });
  });

  it('bytes that come before the connection is had are given after `connected`, within a bound', async () => {
    const { link, last, told, chunks, connects } = bench();
    link.start();
    last().events.onChunk(Uint8Array.of(1));
    last().events.onChunk(new Uint8Array(65_536));
    last().events.onChunk(Uint8Array.of(2));
    expect([told, chunks]).toEqual([[], []]);
    await connects();
    expect(chunks).toEqual([[1], [2]]);
  });

  it('a connection gone before it is had counts as a failed try', async () => {
    const { link, scheduler, last, tries, told, connects } = bench();
    link.start();
    last().events.onGone(unplugged);
    const dead = await connects();
    expect(dead.closes).toBe(1);
    expect(told).toEqual([{ kind: 'opening', fault: unplugged }]);
    scheduler.advance(500);
    expect(tries).toHaveLength(2);
  });

  it('an opening that takes for ever is told once, not begun a second time, and good when it comes after all', async () => {
    const { link, scheduler, tries, told, change, connects } = bench();
    link.start();
    scheduler.advance(openPatienceMs - 1);
    expect(told).toEqual([]);
    scheduler.advance(1);
    expect(told).toMatchObject([
      { kind: 'opening', fault: { code: 'failed', message: expect.stringContaining('the reader') as string } },
    ]);
    change();
    scheduler.advance(60_000);
    await settled();
    expect([tries.length, told.length]).toEqual([1, 1]);
    await connects();
    expect(link.state).toEqual({ kind: 'connected' });
    scheduler.advance(60_000);
    expect(told).toHaveLength(2);
    await link.close();
    expect(scheduler.pending).toBe(0);
  });

  it('a close that takes for ever is given up', async () => {
    const { link, scheduler, connects } = bench();
    link.start();
    const connection = await connects();
    connection.close = () => new Promise(() => undefined);
    let isClosed = false;
    const closing = link.close().then(() => {
      isClosed = true;
    });
    scheduler.advance(closePatienceMs - 1);
    await settled();
    expect(isClosed).toBe(false);
    scheduler.advance(1);
    await closing;
    expect(scheduler.pending).toBe(0);
  });

  it('a connection that is had after close is closed at once', async () => {
    const { link, scheduler, told, connects, isWatched } = bench();
    link.start();
    expect(isWatched()).toBe(true);
    await link.close();
    const late = await connects();
    expect(late.closes).toBe(1);
    late.events.onChunk(Uint8Array.of(1));
    late.events.onGone(unplugged);
    expect(told).toEqual([]);
    expect([isWatched(), scheduler.pending]).toEqual([false, 0]);
  });

  it('after close, which may come twice, nothing is told, tried or left behind', async () => {
    const { link, scheduler, tries, told, chunks, change, connects } = bench();
    link.start();
    const connection = await connects();
    await Promise.all([link.close(), link.close()]);
    connection.events.onChunk(Uint8Array.of(1));
    connection.events.onGone(unplugged);
    change();
    link.start();
    scheduler.advance(60_000);
    expect([tries.length, told.length, chunks, connection.closes, scheduler.pending]).toEqual([1, 1, [], 1, 0]);
  });

  it('asks at its own pace where the transport notices nothing', async () => {
    const { link, scheduler, tries, fails } = bench({ watched: false });
    link.start();
    await fails(notFound);
    scheduler.advance(500);
    expect(tries).toHaveLength(2);
    await link.close();
  });

  it('holds one connection at a time and pauses between tries, whatever happens in whatever order', async () => {
    const step = fc.constantFrom('connects', 'fails', 'gone', 'goneTwice', 'change', 'pause', 'close');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { link, scheduler, tries, last, told, change } = bench();
        link.start();
        for (const what of steps) {
          const before = tries.length;
          if (what === 'connects') last().resolve(last());
          if (what === 'fails') last().reject(notFound);
          if (what === 'gone' || what === 'goneTwice') last().events.onGone(unplugged);
          if (what === 'goneTwice') last().events.onGone(unplugged);
          if (what === 'change') change();
          if (what === 'pause') scheduler.advance(500);
          if (what === 'close') await link.close();
          await settled();
          expect(tries.length - before).toBeLessThanOrEqual(1);
          expect(tries.filter(({ isOpen }) => isOpen).length).toBeLessThanOrEqual(1);
        }
        for (const [at, state] of told.entries()) {
          if (state.kind === 'connected') expect(told[at - 1]?.kind).not.toBe('connected');
          if (state.kind === 'opening') expect(told.slice(0, at).map(({ kind }) => kind)).not.toContain('connected');
        }
        await link.close();
        for (const attempt of tries) attempt.resolve(attempt);
        await settled();
        expect(tries.filter(({ isOpen }) => isOpen)).toEqual([]);
        expect(scheduler.pending).toBe(0);
      }),
    );
  });
});
