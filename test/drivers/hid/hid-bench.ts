import { setImmediate as nextTurn } from 'node:timers/promises';
import { HidBus } from '../../../drivers/hid/hid-bus.ts';
import { ManualScheduler } from '../manual-scheduler.ts';
import { FakeNodeHid } from './fake-node-hid.ts';

/** Longer than any silence, and than the pauses between two tries to connect and between two enumerations. */
export const longMs = 6000;

/** A machine with a double of node-hid, whose time a test moves. */
export function hidBench() {
  const hid = new FakeNodeHid();
  const scheduler = new ManualScheduler();
  let nowMs = 0;
  const bus = new HidBus({
    load: () => Promise.resolve(hid),
    scheduler,
    nowMs: () => nowMs,
    platform: 'linux',
    deviceFolder: '/nowhere',
  });
  /** Lets time pass, and what became due run to its end. */
  const advance = async (ms: number) => {
    nowMs += ms;
    scheduler.advance(ms);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  };
  return { hid, scheduler, bus, advance };
}
