import { expect, it } from 'vitest';
import { Listeners } from '../../drivers/listeners.ts';

it('a listener that leaves, or is made to leave, while a value is told does not hear it; a new one hears the next', () => {
  const listeners = new Listeners<string>();
  const heard: string[] = [];
  const leave: (() => void)[] = [];
  listeners.add((value) => {
    heard.push(`first ${value}`);
    for (const go of leave.splice(0)) go();
    if (value === 'a') listeners.add((later) => heard.push(`new ${later}`));
  });
  leave.push(listeners.add((value) => heard.push(`second ${value}`)));
  listeners.tell('a');
  listeners.tell('b');
  expect(heard).toEqual(['first a', 'first b', 'new b']);
});

it('one function subscribed twice hears twice, and leaves once', () => {
  const listeners = new Listeners<string>();
  const heard: string[] = [];
  const listener = (value: string) => heard.push(value);
  const leave = listeners.add(listener);
  listeners.add(listener);
  listeners.tell('a');
  leave();
  leave();
  listeners.tell('b');
  expect(heard).toEqual(['a', 'a', 'b']);
});
