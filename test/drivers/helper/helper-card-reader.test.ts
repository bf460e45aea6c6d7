import { once } from 'node:events';
import { createServer } from 'node:http';
import iconv from 'iconv-lite';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeChipLine, type VirtualCard } from '../../../drivers/codec/card-line.ts';
import { type HelperDialect, helperDialects } from '../../../drivers/codec/helper-reply.ts';
import { HelperCardReader } from '../../../drivers/helper/helper-card-reader.ts';
import type { CardReaderEvent } from '../../../src/ports/card-reader.ts';
import { presentedCardContract } from '../../contract/presented-card.contract.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { exposed, syntheticCard } from '../synthetic-card.ts';
import { HelperService, until } from './helper-service.ts';

const pauseMs = 500;
const answerTimeoutMs = 10_000;
const retryMs = { first: 100, max: 100 };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface BenchOptions {
  readonly dialect?: HelperDialect;
  readonly url?: string;
  readonly onListenerThrow?: (thrown: unknown) => void;
}

async function bench(options: BenchOptions = {}) {
  const service = await HelperService.start();
  const scheduler = new ManualScheduler();
  const reader = new HelperCardReader({
    name: '社保卡读卡服务',
    url: service.url,
    dialect: helperDialects['port-12342'],
    scheduler,
    retryMs,
    ...options,
  });
  ends.push(
    () => service.stop(),
    () => reader.close(),
  );
  const events: CardReaderEvent[] = [];
  const leave = reader.subscribe((event) => events.push(event));
  const shown = () => events.map(shownEvent);
  /** Lets the pause pass, and the call that follows be answered. */
  const poll = async () => {
    const calls = service.calls.length;
    scheduler.advance(pauseMs);
    await service.settled();
    expect(service.calls).toHaveLength(calls + 1);
  };
  const connect = async () => {
    reader.start();
    await until(() => reader.state.kind === 'connected');
    scheduler.advance(0);
    await service.settled();
  };
  return { service, scheduler, reader, events, shown, poll, connect, leave };
}

function shownEvent(event: CardReaderEvent): string {
  if (event.kind !== 'read') return event.kind;
  const read = exposed(event.read);
  return typeof read === 'string' ? read : read.last4;
}

const waiting = '{"success":-2}';
const refused = '{"success":-1}';
const chipText = (card: VirtualCard) => iconv.decode(Buffer.from(encodeChipLine(card)), 'gbk');
const answerFor = (card: VirtualCard) => JSON.stringify({ success: 0, pOutInfo: chipText(card) });
const cardAnswer = (seed: number) => answerFor(syntheticCard(seed));
const last4 = (seed: number) => syntheticCard(seed).ssCardNumber.expose().slice(-4);

presentedCardContract('helper service over a real WebSocket', 'chip', async (onListenerThrow) => {
  const { service, scheduler, reader, connect } = await bench({ onListenerThrow });
  const { port } = service;
  let running = service;
  service.answer = waiting;
  await connect();
  return {
    reader,
    present: async (card) => {
      for (const answer of [answerFor(card), waiting]) {
        running.answer = answer;
        scheduler.advance(pauseMs);
        await running.settled();
      }
    },
    unplug: async () => {
      await running.stop();
      // A reader that is closed has no timers left.
      await until(() => reader.state.kind !== 'connected' || scheduler.pending === 0);
    },
    plug: async () => {
      running = await HelperService.start(port);
      running.answer = waiting;
      ends.unshift(() => running.stop());
      await until(() => {
        scheduler.advance(retryMs.first);
        return running.calls.length > 0;
      });
      await running.settled();
    },
  };
});

describe('reading', () => {
  it('asks in the words of the service, and again after a pause', async () => {
    const { service, scheduler, connect, poll, shown } = await bench();
    service.answer = waiting;
    await connect();
    expect(service.calls).toEqual(['{"function":"iReadCardBas","iType":3}']);
    scheduler.advance(pauseMs - 1);
    await service.settled();
    expect(service.calls).toHaveLength(1);
    await poll();
    expect(shown()).toEqual([]);
  });

  it('a card that stays in is read once, and again after it was out', async () => {
    const { service, connect, poll, shown } = await bench();
    service.answer = waiting;
    await connect();
    service.answer = cardAnswer(1);
    await poll();
    await poll();
    service.answer = waiting;
    await poll();
    service.answer = cardAnswer(1);
    await poll();
    service.answer = cardAnswer(2);
    await poll();
    expect(shown()).toEqual(['reading', last4(1), 'reading', last4(1), 'reading', last4(2)]);
  });

  it('a failed read is told once, and a good one after it counts', async () => {
    const { service, connect, poll, shown } = await bench();
    service.answer = waiting;
    await connect();
    service.answer = 'no JSON';
    await poll();
    await poll();
    service.answer = cardAnswer(1);
    await poll();
    service.answer = refused;
    await poll();
    expect(shown()).toEqual(['reading', 'noise', 'reading', last4(1)]);
  });

  it('a refusal by a service that knows a word for "no card" is a failed read', async () => {
    const { service, connect, poll, shown } = await bench();
    service.answer = waiting;
    await connect();
    service.answer = refused;
    await poll();
    await poll();
    expect(shown()).toEqual(['reading', 'noise']);
  });

  it('where it has no such word two refusals in a row mean that the card is out, one does not', async () => {
    const { service, connect, poll, shown } = await bench({ dialect: helperDialects.decard });
    const noCard = '{"result":"-1","out":[]}';
    const card = JSON.stringify({ result: '0', out: [chipText(syntheticCard(1))] });
    service.answer = noCard;
    await connect();
    for (const answer of [card, noCard, card, noCard, noCard, card]) {
      service.answer = answer;
      await poll();
    }
    expect(shown()).toEqual(['reading', last4(1), 'reading', last4(1)]);
  });

  it.each([
    ['a binary frame that is no text', Uint8Array.of(0, 1, 2, 255)],
    ['an empty message', ''],
    ['JSON of another shape', '[1,2,3]'],
    ['a number', '7'],
  ])('%s is a failed read', async (_what, answer) => {
    const { service, connect, shown } = await bench();
    service.answer = answer;
    await connect();
    expect(shown()).toEqual(['reading', 'noise']);
  });

  it('reads a reply in GBK bytes', async () => {
    const { service, connect, events } = await bench();
    service.answer = iconv.encode(cardAnswer(1), 'gbk');
    await connect();
    const [, event] = events;
    expect(event?.kind === 'read' ? exposed(event.read) : null).toMatchObject({
      name: syntheticCard(1).name.expose(),
    });
  });

  it('asks only while somebody listens', async () => {
    const { service, scheduler, connect, leave, reader } = await bench();
    service.answer = waiting;
    await connect();
    leave();
    leave();
    scheduler.advance(60_000);
    await service.settled();
    expect(service.calls).toHaveLength(1);
    reader.subscribe(() => undefined);
    scheduler.advance(0);
    await service.settled();
    expect(service.calls).toHaveLength(2);
  });

  it('stops asking when the last listener leaves while an answer is owed', async () => {
    const { service, scheduler, connect, leave } = await bench();
    await connect();
    leave();
    service.socket.send(waiting);
    await service.settled();
    scheduler.advance(pauseMs);
    await service.settled();
    expect(service.calls).toHaveLength(1);
  });

  it('a service that speaks of itself is not asked', async () => {
    const { service, scheduler, reader, shown } = await bench({ dialect: helperDialects.dkqapp });
    reader.start();
    await until(() => reader.state.kind === 'connected');
    service.socket.send(JSON.stringify({ bizcode: '1', recode: '0', body: { pOutInfo: chipText(syntheticCard(1)) } }));
    await until(() => shown().length === 2);
    scheduler.advance(60_000);
    expect(shown()).toEqual(['reading', last4(1)]);
    expect(service.calls).toEqual([]);
  });
});

describe('one call at a time', () => {
  it('a call without an answer in 10 s ends the connection, and a late answer is dropped', async () => {
    const { service, scheduler, reader, connect, shown } = await bench();
    await connect();
    const old = service.socket;
    scheduler.advance(answerTimeoutMs - 1);
    expect(shown()).toEqual([]);
    scheduler.advance(1);
    expect(shown()).toEqual(['gone']);
    old.send(cardAnswer(1), () => undefined);
    service.answer = waiting;
    await until(() => {
      scheduler.advance(retryMs.first);
      return reader.state.kind === 'connected' && service.calls.length === 2;
    });
    await service.settled();
    expect(shown()).toEqual(['gone', 'back']);
    expect(service.connections).toBe(2);
  });

  it('no call is made while an answer is owed, even when another listener comes', async () => {
    const { service, scheduler, reader, connect, leave } = await bench();
    await connect();
    leave();
    reader.subscribe(() => undefined);
    scheduler.advance(pauseMs);
    await service.settled();
    expect(service.calls).toHaveLength(1);
    service.socket.send(waiting);
    await service.settled();
    scheduler.advance(pauseMs);
    await until(() => service.calls.length === 2);
  });

  it('a second answer to one call is dropped', async () => {
    const { service, connect, poll, shown } = await bench();
    service.answer = waiting;
    await connect();
    service.socket.send(cardAnswer(1));
    await service.settled();
    await poll();
    expect(shown()).toEqual([]);
  });
});

describe('losing the service', () => {
  it('is gone once and back once', async () => {
    const { service, scheduler, reader, connect, shown } = await bench();
    service.answer = waiting;
    await connect();
    const { port } = service;
    await service.stop();
    await until(() => shown().length === 1);
    const again = await HelperService.start(port);
    ends.unshift(() => again.stop());
    again.answer = cardAnswer(1);
    await until(() => {
      scheduler.advance(retryMs.first);
      return shown().length === 4;
    });
    expect(shown()).toEqual(['gone', 'back', 'reading', last4(1)]);
    expect(reader.state.kind).toBe('connected');
  });

  it('is gone once, also when something else answers at its place', async () => {
    const { service, scheduler, reader, connect, shown } = await bench();
    service.answer = waiting;
    await connect();
    const { port } = service;
    await service.stop();
    const other = createServer((_request, response) => response.writeHead(404).end());
    other.listen(port, '127.0.0.1');
    await once(other, 'listening');
    ends.push(async () => {
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
    });
    await until(() => {
      scheduler.advance(retryMs.first);
      return reader.state.kind === 'lost' && reader.state.fault.code === 'failed';
    });
    expect(shown()).toEqual(['gone']);
  });

  it('a card left in the reader is not read again after it', async () => {
    const { service, scheduler, reader, connect, shown } = await bench();
    service.answer = cardAnswer(1);
    await connect();
    service.socket.terminate();
    await until(() => reader.state.kind === 'lost');
    await until(() => {
      scheduler.advance(retryMs.first);
      return service.calls.length === 2;
    });
    await service.settled();
    expect(shown()).toEqual(['reading', last4(1), 'gone', 'back']);
  });

  it('too large a message ends the connection and is not read', async () => {
    const { service, connect, shown, events } = await bench();
    await connect();
    service.socket.send(cardAnswer(1).padEnd(70_000));
    await until(() => shown().length === 1);
    expect(shown()).toEqual(['gone']);
    expect(JSON.stringify(events)).toContain('broke the protocol');
  });

  it('a service that was never there is no loss: the state says why', async () => {
    const { service, reader, shown } = await bench();
    await service.stop();
    reader.start();
    await until(() => reader.state.kind === 'opening' && reader.state.fault !== null);
    expect(reader.state).toMatchObject({ kind: 'opening', fault: { code: 'notFound' } });
    expect(shown()).toEqual([]);
  });

  it.each([
    ['another machine', 'ws://192.0.2.1:12342', 'denied'],
    ['a name that begins like this machine', 'ws://127.0.0.1.example:12342', 'denied'],
    ['no WebSocket', 'http://127.0.0.1:12342', 'failed'],
    ['no address', 'nonsense', 'failed'],
  ])('%s is refused', async (_what, url, code) => {
    const { reader } = await bench({ url });
    reader.start();
    await until(() => reader.state.kind === 'opening' && reader.state.fault !== null);
    expect(reader.state).toMatchObject({ fault: { code } });
  });
});

describe('closing', () => {
  it('nothing is told after it, which may come twice; the service sees the connection end', async () => {
    const { service, scheduler, reader, connect, shown } = await bench();
    await connect();
    const ended = new Promise((resolve) => service.socket.once('close', resolve));
    service.socket.send(cardAnswer(1));
    await reader.close();
    await reader.close();
    await ended;
    reader.subscribe(() => expect.unreachable());
    reader.onState(() => expect.unreachable());
    scheduler.advance(60_000);
    expect(shown()).toEqual([]);
    expect(scheduler.pending).toBe(0);
  });

  it('from within an event it is the last', async () => {
    const { service, scheduler, reader, shown } = await bench();
    reader.subscribe(() => void reader.close());
    service.answer = cardAnswer(1);
    reader.start();
    await until(() => reader.state.kind === 'connected');
    const ended = new Promise((resolve) => service.socket.once('close', resolve));
    scheduler.advance(0);
    await ended;
    expect(shown()).toEqual(['reading']);
  });
});
