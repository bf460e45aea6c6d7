import { DeviceCardReader } from '../../../drivers/device-card-reader.ts';
import type { DeviceLinkOptions } from '../../../drivers/device-link.ts';
import { systemScheduler } from '../../../drivers/scheduler.ts';
import type { Transport } from '../../../drivers/transport.ts';
import type { CardReaderEvent } from '../../../src/ports/card-reader.ts';
import type { Rig, Socket } from './rig.ts';
import { until } from './until.ts';

/** Short, because the lab waits for each; emulated time is slow enough. */
const retryMs = { first: 200, max: 1000 };

interface Reading {
  readonly silenceMs?: number;
  readonly retryMs?: DeviceLinkOptions['retryMs'];
}

/** A counter with one of our card readers, which writes down what it hears in words: `reading`, `card 7`,
 *  `failed halfRead`, `gone`, `back`. */
export class Counter {
  readonly heard: string[] = [];
  readonly reader: DeviceCardReader;

  constructor(rig: Rig, transport: Transport, options: Reading = {}) {
    this.reader = new DeviceCardReader({
      transport,
      codec: rig.codec,
      scheduler: systemScheduler,
      retryMs: options.retryMs ?? retryMs,
      ...(options.silenceMs !== undefined && { silenceMs: options.silenceMs }),
    });
    this.reader.subscribe((event) => this.heard.push(wordsOf(event)));
    this.reader.start();
  }

  async connected(): Promise<void> {
    await until('connected', () => this.reader.state.kind === 'connected');
  }

  /** Waits until something was heard that many times. */
  async hears(words: string, times = 1): Promise<void> {
    const missing = () => `${times} × ${words}; heard last: ${this.heard.slice(-6).join(', ')}`;
    await until(missing, () => this.count(words) >= times);
  }

  count(words: string): number {
    return this.heard.filter((heard) => heard === words).length;
  }
}

/** Swipes card `number` and waits until the counter has read it. */
export async function swipe(rig: Rig, socket: Socket, counter: Counter, number: number): Promise<void> {
  for (const part of rig.swipe(number)) rig.send(socket, part);
  await counter.hears(`card ${number}`);
}

function wordsOf(event: CardReaderEvent): string {
  if (event.kind !== 'read') return event.kind;
  if (!event.read.ok) return `failed ${event.read.reason}`;
  const { credential } = event.read;
  return credential.medium === 'stripe' ? `card ${Number(credential.pan.expose().slice(6))}` : 'chip';
}
