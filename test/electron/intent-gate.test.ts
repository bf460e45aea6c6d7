import { describe, expect, it } from 'vitest';
import { judgeIntent } from '../../electron/intent-gate.ts';

const sealed = { kind: 'pin.sealed', session: 's', publicKey: 'AAAA', iv: 'AAAA', sealed: 'AAAA' };

describe('what may come from a screen', () => {
  it.each([
    ['operator', { kind: 'amount.submit', text: '80.00' }],
    ['operator', { kind: 'operator.signOut' }],
    ['operator', sealed],
    ['customer', sealed],
    ['customer', { kind: 'pin.typed', session: 's', count: 3 }],
    ['customer', { kind: 'key.cancel' }],
    ['customer', { kind: 'wedge.began' }],
    ['customer', { kind: 'wedge.sealed', publicKey: 'AAAA', iv: 'AAAA', sealed: 'AAAA' }],
  ] as const)('%s: %o is taken', (role, intent) => {
    expect(judgeIntent(role, intent)).toEqual({ kind: 'taken', intent });
  });

  it.each([
    ['unknownSender', null, { kind: 'key.cancel' }, 'key.cancel'],
    ['notThisRole', 'customer', { kind: 'key.confirm' }, 'key.confirm'],
    ['unknownSender', null, 'anything', 'unknown'],
    ['unknownIntent', 'operator', undefined, 'unknown'],
    ['unknownIntent', 'operator', { kind: 'money.take' }, 'unknown'],
    ['unknownIntent', 'operator', { kind: 'constructor' }, 'unknown'],
    ['unknownIntent', 'operator', { kind: ['key.cancel'] }, 'unknown'],
    ['unknownIntent', 'operator', { kind: 'key.cancel', more: 1 }, 'key.cancel'],
    ['unknownIntent', 'operator', { kind: 'pin.typed', session: 's', count: 1.5 }, 'pin.typed'],
    ['unknownIntent', 'customer', { kind: 'amount.submit' }, 'amount.submit'],
    [
      'unknownIntent',
      'operator',
      { kind: 'wedge.sealed', publicKey: 'AAAA', iv: 'AAAA', sealed: 'A'.repeat(1404) },
      'wedge.sealed',
    ],
    ['notThisRole', 'customer', { kind: 'amount.submit', text: '1' }, 'amount.submit'],
    ['notThisRole', 'customer', { kind: 'settings.change', voice: true }, 'settings.change'],
    ['notThisRole', 'customer', { kind: 'operator.signOut' }, 'operator.signOut'],
  ] as const)('%s: %s sends %o', (refusal, role, payload, name) => {
    expect(judgeIntent(role, payload)).toEqual({ kind: 'refused', refusal, name });
  });
});
