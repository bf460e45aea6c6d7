import { afterEach, expect } from 'vitest';
import type { NewLink, NewPerson, PersonChange } from '../../src/centre/registry.ts';
import type { Fen } from '../../src/domain/money.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { Undo } from '../../src/domain/undo.ts';
import type { Centre } from '../../src/ports/centre.ts';
import { StandingClock } from '../centre/centre-world.ts';
import { Counter } from '../centre/sales-counter.ts';

type Later<T> = T | Promise<T>;

/** The people behind a centre under test; each call may be asynchronous, as it is over a network. */
export interface CentreWorld {
  readonly centre: Centre;
  readonly registry: {
    addPerson(person: NewPerson): Later<void>;
    addLink(link: NewLink): Later<string>;
    endLink(provider: string, beneficiary: string, at: number): Later<boolean>;
    set(person: string, change: PersonChange): Later<void>;
    unlockPin(person: string): Later<void>;
    balanceOf(person: string): Later<Fen | null>;
    walletBalanceOf(person: string): Later<Fen>;
    recordedOn(day: string): Later<readonly (Settlement | Undo)[]>;
    leftOf(settlementId: string): Later<Fen>;
    holdingsOf(person: string): Later<{ readonly personal: Fen; readonly wallet: Fen }>;
    enrolTerminal(terminal: string, key: Uint8Array): Later<void>;
    issueCode(person: string, issuedAt?: number): Later<string>;
    audit(): Later<readonly string[]>;
  };
  close(): Later<void>;
}
/** Opens an empty centre under a profile, on the given clock, with the test keys. */
export type OpenCentreWorld = (under: PolicyProfile, clock: StandingClock) => Later<CentreWorld>;

/** Opens centres with people and links in them. After each test the books of all of them must hold, and they are closed. */
export function centreWorlds(open: OpenCentreWorld) {
  const opened: CentreWorld[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) {
      expect(await each.registry.audit()).toEqual([]);
      await each.close();
    }
  });
  return async (people: readonly NewPerson[], links: readonly NewLink[], under: PolicyProfile) => {
    const clock = new StandingClock();
    const world = await open(under, clock);
    opened.push(world);
    for (const each of people) await world.registry.addPerson(each);
    for (const each of links) await world.registry.addLink(each);
    return { world, clock, counter: new Counter(world) };
  };
}
