import { createHash } from 'node:crypto';
import type { EmbeddedCentreOptions } from '../../src/centre/embedded-centre.ts';
import type { NewLink, NewPerson } from '../../src/centre/registry.ts';
import type { Bill } from '../../src/domain/bill.ts';
import { type Fen, parseYuan, zeroFen } from '../../src/domain/money.ts';
import type { CardState } from '../../src/domain/person.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { secret } from '../../src/domain/secret.ts';
import {
  syntheticCardSn,
  syntheticName,
  syntheticPan,
  syntheticRegion,
  syntheticResidentId,
  syntheticSsCardNumber,
} from '../../src/domain/synthetic.ts';
import type { CardCredential } from '../../src/ports/card-reader.ts';
import type { Envelope } from '../../src/ports/centre.ts';
import { sealPinBlock } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import type { PinBlock } from '../../src/ports/pin-pad.ts';

/** People, bills and messages for tests of a centre, whatever adapter it is. */

export const start = Date.parse('2025-04-19T10:00:00+08:00');
export const rightPin = '135790';

/** A clock that stands until it is set on. */
export class StandingClock {
  #now = start;
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Bytes that look random and are the same each run. */
export function fixedRandom(seed: string): (byteCount: number) => Uint8Array {
  let calls = 0;
  return (byteCount) => createHash('sha256').update(`${seed}:${calls++}`).digest().subarray(0, byteCount);
}

export const testKeys = {
  pinVerificationKey: new Uint8Array(32).fill(7),
  terminalKey: new Uint8Array(32).fill(9),
} as const;

let openings = 0;

/** Each opening draws other bytes, so that a file that is opened again gives nobody the same number twice. */
export function embeddedOptions(
  under: PolicyProfile,
  clock: StandingClock,
  path: string | 'memory' = 'memory',
): EmbeddedCentreOptions {
  const random = fixedRandom(`${path} ${openings++}`);
  return {
    path,
    profile: under,
    listedAreas: new Set(['重庆市/云阳县', '四川省/成都市']),
    clock,
    random,
    pinVerificationKey: testKeys.pinVerificationKey,
  };
}

export interface PersonSketch extends Partial<Omit<NewPerson, 'balance' | 'walletBalance' | 'card'>> {
  readonly balance?: string | null;
  readonly walletBalance?: string;
  readonly card?: CardState;
}

export function person(id: string, sketch: PersonSketch = {}): NewPerson {
  const { balance = '0.00', walletBalance, card = 'normal', ...rest } = sketch;
  return {
    id,
    name: syntheticName(id),
    residentId: syntheticResidentId(id, rest.born ?? '1960-01-01'),
    insurance: 'employee',
    status: 'normal',
    area: '重庆市/渝中区',
    born: '1960-01-01',
    walletOpened: true,
    pin: rightPin,
    pinLocked: false,
    ...rest,
    balance: balance === null ? null : yuan(balance),
    walletBalance: walletBalance === undefined ? zeroFen : yuan(walletBalance),
    card: { pan: syntheticPan(id), ssCardNumber: syntheticSsCardNumber(id), cardSn: syntheticCardSn(id), state: card },
  };
}

export function link(provider: string, beneficiary: string, more: Partial<NewLink> = {}): NewLink {
  return {
    provider,
    beneficiary,
    relation: 'parent',
    since: start - 86_400_000,
    until: null,
    quota: null,
    rank: null,
    ...more,
  };
}

export function yuan(text: string): Fen {
  const parsed = parseYuan(text);
  if (!parsed.ok) throw new Error(`not yuan: ${text}`);
  return parsed.fen;
}

export function bill(total: string, fund = '0.00'): Bill {
  return { total: yuan(total), fund: yuan(fund), goods: [] };
}

export function stripeOf(id: string): CardCredential {
  const pan = syntheticPan(id);
  return { medium: 'stripe', pan: secret(pan), last4: pan.slice(-4) };
}

export function chipOf(id: string, born = '1960-01-01'): CardCredential & { readonly medium: 'chip' } {
  const ssCardNumber = syntheticSsCardNumber(id);
  return {
    medium: 'chip',
    region: syntheticRegion,
    ssCardNumber: secret(ssCardNumber),
    cardSn: secret(syntheticCardSn(id)),
    socialSecurityNumber: secret(syntheticResidentId(id, born)),
    name: secret(syntheticName(id)),
    last4: ssCardNumber.slice(-4),
  };
}

export function pinBlockOf(id: string, pin: string, key: PinKey): PinBlock {
  return sealPinBlock(Uint8Array.from(pin, Number), syntheticPan(id), key);
}

/** A terminal's messages: each with an id of its own. */
export class Envelopes {
  #sequence = 0;
  readonly #terminal: string;
  readonly #code: string;
  constructor(terminal = 'T1', code = 'P99000000001') {
    this.#terminal = terminal;
    this.#code = code;
  }
  next(): Envelope {
    this.#sequence += 1;
    return {
      // The terminal's number stands where the seconds are.
      msgId: `${this.#code}202504191000${this.#terminal.replace(/\D/g, '').padStart(2, '0')}${String(this.#sequence).padStart(4, '0')}`,
      institution: { code: this.#code, name: '演示药店' },
      terminal: this.#terminal,
      operator: '01',
      signNo: null,
      at: start,
    };
  }
}
