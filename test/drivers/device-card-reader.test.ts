import { SerialPortMock } from 'serialport';
import { afterEach, describe, expect, it } from 'vitest';
import { cardSilenceMs } from '../../drivers/card-stream.ts';
import { cardLineCodec, encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { DeviceCardReader } from '../../drivers/device-card-reader.ts';
import type { LinkState } from '../../drivers/device-link.ts';
import { createSerialTransport, type SerialPortClass } from '../../drivers/serial/serial-transport.ts';
import { type ConnectionEvents, DeviceFault, type Transport } from '../../drivers/transport.ts';
import type { CardReaderEvent } from '../../src/ports/card-reader.ts';
import { type CardReaderRig, cardReaderContract } from '../contract/card-reader.contract.ts';
import { ManualScheduler } from './manual-scheduler.ts';
import { PtyDevice, until } from './serial/pty-pair.ts';
import { contentOf, exposed, syntheticCard } from './synthetic-card.ts';

const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;

/** A reader on `transport`, with a cable that is moved by `cable`. Time is the test's; bytes take the system's. */
async function rigOf(
  transport: Transport,
  cable: Pick<CardReaderRig, 'unplug' | 'send'> & { plug(elsewhere: boolean): Promise<void> },
  onListenerThrow: (thrown: unknown) => void,
): Promise<CardReaderRig> {
  const scheduler = new ManualScheduler();
  const counted = countingBytes(transport);
  const reader = new DeviceCardReader({
    transport: counted.transport,
    codec: cardLineCodec,
    scheduler,
    onListenerThrow,
  });
  reader.start();
  const connected = () => reader.state.kind === 'connected';
  await until('the connection', connected);
  const plug = async (elsewhere: boolean) => {
    await cable.plug(elsewhere);
    await until('the return', () => {
      if (!connected()) scheduler.advance(500);
      return connected();
    });
  };
  const unplug = async () => {
    await cable.unplug();
    await until('the loss', () => !connected());
  };
  return {
    reader,
    send: async (bytes) => {
      const before = counted.seen();
      await cable.send(bytes);
      await until('the bytes', () => !counted.isOpen() || counted.seen() >= before + bytes.length);
    },
    silence: async () => scheduler.advance(cardSilenceMs),
    unplug,
    plug: () => plug(false),
    plugElsewhere: () => plug(true),
    sendAndUnplug: async (bytes) => {
      await cable.send(bytes);
      await unplug();
    },
  };
}

/** Counts the bytes that have been delivered. */
function countingBytes(transport: Transport) {
  let seen = 0;
  let open = 0;
  const counting: Transport = {
    ...transport,
    connect: async (events) => {
      const connection = await transport.connect({
        ...events,
        onChunk: (chunk) => {
          events.onChunk(chunk);
          seen += chunk.length;
        },
      });
      open += 1;
      return {
        write: (bytes) => connection.write(bytes),
        close: () => {
          open -= 1;
          return connection.close();
        },
      };
    },
  };
  return { transport: counting, seen: () => seen, isOpen: () => open > 0 };
}

const devices: PtyDevice[] = [];
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.remove()));
  SerialPortMock.binding.reset();
});

cardReaderContract('serial over a pseudo-terminal', async (onListenerThrow) => {
  const device = new PtyDevice();
  devices.push(device);
  await device.plug();
  const transport = createSerialTransport({
    name: 'a reader on a pseudo-terminal',
    settings,
    find: async () => (device.isPlugged ? device.path : null),
    watchFolders: [device.folder],
  });
  const cable = {
    send: (bytes: Uint8Array) => device.send(bytes),
    unplug: () => device.unplug(),
    plug: (elsewhere: boolean) => device.plug(elsewhere ? 'elsewhere' : 'reader'),
  };
  return rigOf(transport, cable, onListenerThrow);
});

let mocks = 0;
cardReaderContract("serial over serialport's mock", async (onListenerThrow) => {
  let port: SerialPortMock | null = null;
  class LastPort extends SerialPortMock {
    constructor(options: ConstructorParameters<typeof SerialPortMock>[0]) {
      super(options);
      port = this;
    }
  }
  const last = () => port;
  let path: string | null = null;
  const plug = async () => {
    mocks += 1;
    path = `/dev/mock${mocks}`;
    // Whoever reads gets the bytes in pieces of seven.
    SerialPortMock.binding.createPort(path, { maxReadSize: 7 });
  };
  await plug();
  const transport = createSerialTransport({
    name: 'a mock',
    settings,
    find: async () => path,
    loadSerialPort: async () => LastPort as SerialPortClass,
  });
  const cable = {
    send: async (bytes: Uint8Array) => last()?.port?.emitData(Buffer.from(bytes)),
    unplug: async () => {
      path = null;
      last()?._disconnected(new Error('unplugged'));
    },
    plug,
  };
  return rigOf(transport, cable, onListenerThrow);
});

/** A transport whose connections the test holds in its hand. */
function bench(options: { arm?: Uint8Array } = {}) {
  const scheduler = new ManualScheduler();
  const connections: { events: ConnectionEvents; written: number[][] }[] = [];
  let refusal: DeviceFault | null = null;
  const transport: Transport = {
    kind: 'serial',
    name: 'the reader',
    connect: async (events) => {
      if (refusal !== null) throw refusal;
      const connection = { events, written: [] as number[][] };
      connections.push(connection);
      return {
        write: async (bytes) => {
          if (refusal !== null) throw refusal;
          connection.written.push([...bytes]);
        },
        close: async () => undefined,
      };
    },
  };
  const reader = new DeviceCardReader({ transport, codec: cardLineCodec, scheduler, ...options });
  const events: CardReaderEvent[] = [];
  const states: LinkState[] = [];
  reader.subscribe((event) => events.push(event));
  reader.onState((state) => states.push(state));
  return {
    reader,
    scheduler,
    connections,
    events,
    states,
    refuse: (fault: DeviceFault | null) => {
      refusal = fault;
    },
    last: () => {
      const connection = connections.at(-1);
      if (connection === undefined) throw new Error('nothing is connected');
      return connection;
    },
    shown: () => events.map((event) => (event.kind === 'read' ? exposed(event.read) : event.kind)),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const unplugged = new DeviceFault('gone', 'the reader was unplugged');
const line = Buffer.concat([encodeStripeLine(syntheticCard(1)), Buffer.from('\r')]);

describe('DeviceCardReader', () => {
  it('does nothing before it is started', async () => {
    const { reader, connections, scheduler } = bench();
    await settled();
    expect([connections.length, scheduler.pending]).toEqual([0, 0]);
    await reader.close();
  });

  it('a device that was never there is neither gone nor back, but has a state', async () => {
    const { reader, scheduler, events, states, refuse } = bench();
    const missing = new DeviceFault('notFound', 'the reader is not plugged in');
    refuse(missing);
    reader.start();
    await settled();
    expect([events, reader.state]).toEqual([[], { kind: 'opening', fault: missing }]);
    refuse(null);
    scheduler.advance(500);
    await settled();
    expect(events).toEqual([]);
    expect(states).toEqual([{ kind: 'opening', fault: missing }, { kind: 'connected' }]);
  });

  it('a loss is told once, in words, even if the reasons for it change', async () => {
    const { reader, scheduler, last, events, states, refuse } = bench();
    reader.start();
    await settled();
    last().events.onGone(unplugged);
    refuse(new DeviceFault('denied', 'no permission'));
    scheduler.advance(500);
    await settled();
    expect(events).toEqual([{ kind: 'gone', cause: 'the reader was unplugged' }]);
    expect(states.map((state) => ('fault' in state ? state.fault?.code : state.kind))).toEqual([
      'connected',
      'gone',
      'denied',
    ]);
  });

  it('noise is a failed read, and the next card is read', async () => {
    const { reader, scheduler, last, shown } = bench();
    reader.start();
    await settled();
    last().events.onChunk(Uint8Array.from({ length: 300 }, (_, at) => (at * 37) & 0xff));
    scheduler.advance(cardSilenceMs);
    expect(shown()[0]).toBe('reading');
    const before = shown().length;
    last().events.onChunk(line);
    expect(shown()).toHaveLength(before + 2);
    expect(shown().at(-1)).toEqual(contentOf(syntheticCard(1), 'stripe'));
    await reader.close();
  });

  it('no byte of an old connection reaches a new one', async () => {
    const { reader, scheduler, last, shown } = bench();
    reader.start();
    await settled();
    const old = last();
    old.events.onChunk(line.subarray(0, 30));
    old.events.onGone(unplugged);
    scheduler.advance(500);
    await settled();
    old.events.onChunk(line.subarray(30));
    scheduler.advance(cardSilenceMs);
    expect(shown()).toEqual(['reading', 'halfRead', 'gone', 'back']);
  });

  it('leaves nothing behind, however often it comes and goes, in the middle of a card or not', async () => {
    const { reader, scheduler, connections, last, shown } = bench({ arm: Uint8Array.of(1) });
    reader.start();
    await settled();
    for (let round = 1; round <= 1000; round++) {
      if (round % 2 === 0) last().events.onChunk(line.subarray(0, 30));
      last().events.onGone(unplugged);
      scheduler.advance(5000);
      await settled();
      expect([connections.length, reader.state.kind]).toEqual([round + 1, 'connected']);
      expect(scheduler.pending).toBeLessThanOrEqual(1);
    }
    expect(shown().filter((event) => event === 'gone')).toHaveLength(1000);
    await reader.close();
    expect(scheduler.pending).toBe(0);
  });

  it('tells a reader to read: at each connection, and after each answer', async () => {
    const arm = Uint8Array.of(0x1b, 0x72);
    const { reader, scheduler, last, connections } = bench({ arm });
    reader.start();
    await settled();
    expect(last().written).toEqual([[0x1b, 0x72]]);
    last().events.onChunk(line);
    expect(last().written).toHaveLength(1);
    scheduler.advance(cardSilenceMs);
    expect(last().written).toHaveLength(2);
    scheduler.advance(60_000);
    expect(last().written).toHaveLength(2);
    last().events.onChunk(line);
    last().events.onGone(unplugged);
    scheduler.advance(500);
    await settled();
    expect(connections.map(({ written }) => written.length)).toEqual([2, 1]);
    last().events.onChunk(line);
    await reader.close();
    scheduler.advance(60_000);
    expect([last().written.length, scheduler.pending]).toEqual([1, 0]);
  });

  it('tells it again also after an answer that is no news', async () => {
    const { reader, scheduler, last, shown } = bench({ arm: Uint8Array.of(1) });
    reader.start();
    await settled();
    for (let answers = 1; answers <= 3; answers++) {
      last().events.onChunk(line);
      scheduler.advance(cardSilenceMs - 1);
      last().events.onChunk(line);
      scheduler.advance(cardSilenceMs);
      expect([last().written.length, shown().length]).toEqual([answers + 1, 2 * answers]);
    }
    await reader.close();
  });

  it('tells a reader that refuses ever less often', async () => {
    const { reader, scheduler, last } = bench({ arm: Uint8Array.of(1) });
    reader.start();
    await settled();
    let answered = 0;
    const answers = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10) {
        if (last().written.length > answered) last().events.onChunk(Buffer.from('no\r'));
        answered = last().written.length;
        scheduler.advance(10);
      }
      return answered;
    };
    answers(10_000);
    const before = answered;
    expect(answers(60_000) - before).toBeLessThanOrEqual(30);
    scheduler.advance(2000);
    const written = last().written.length;
    last().events.onChunk(line);
    scheduler.advance(cardSilenceMs);
    expect(last().written).toHaveLength(written + 1);
    await reader.close();
  });

  it('tells it again when the command could not be written', async () => {
    const { reader, scheduler, last, refuse } = bench({ arm: Uint8Array.of(1) });
    reader.start();
    await settled();
    last().events.onChunk(line);
    refuse(new DeviceFault('failed', 'took no bytes'));
    scheduler.advance(cardSilenceMs);
    await settled();
    refuse(null);
    scheduler.advance(2000);
    expect(last().written).toHaveLength(2);
    await reader.close();
  });

  it('a close from within a loss ends everything', async () => {
    const { reader, scheduler, last, shown, states } = bench({ arm: Uint8Array.of(1) });
    reader.subscribe((event) => {
      if (event.kind === 'read') void reader.close();
    });
    reader.start();
    await settled();
    last().events.onChunk(line.subarray(0, 30));
    last().events.onGone(unplugged);
    expect(shown()).toEqual(['reading', 'halfRead']);
    expect([states.length, scheduler.pending]).toEqual([1, 0]);
  });
});
