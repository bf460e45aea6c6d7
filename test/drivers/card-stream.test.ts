import { expect, it } from 'vitest';
import { CardStream } from '../../drivers/card-stream.ts';
import { encodeStripeLine } from '../../drivers/codec/card-line.ts';
import { ManualScheduler } from './manual-scheduler.ts';
import { syntheticCard } from './synthetic-card.ts';

it('what is dropped leaves nothing: no event, no timer, no bytes before the next card', () => {
  const scheduler = new ManualScheduler();
  const kinds: string[] = [];
  const stream = new CardStream({
    scheduler,
    onEvent: (event) => kinds.push(event.kind === 'read' ? `read ${event.read.ok}` : event.kind),
  });
  const line = Buffer.concat([encodeStripeLine(syntheticCard(1)), Buffer.from('\r')]);
  stream.receive(line.subarray(0, 40));
  stream.drop();
  expect(scheduler.pending).toBe(0);
  stream.receive(line);
  expect(kinds).toEqual(['reading', 'reading', 'read true']);
});
