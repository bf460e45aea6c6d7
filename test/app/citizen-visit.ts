import { createCitizenApp } from '../../src/app/citizen/citizen-app.ts';
import type { CitizenParts } from '../../src/app/citizen/parts.ts';
import { loadDeck } from '../../src/app/deck.ts';
import { loadRules } from '../../src/app/rules.ts';
import { type EmbeddedCentre, openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import type { NewPerson } from '../../src/centre/registry.ts';
import type { PolicyProfile } from '../../src/domain/policy-profile.ts';
import { embeddedOptions, fixedRandom, StandingClock } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';

const origin = 'http://localhost';

/** The citizens' pages over a centre in memory with the deck's people, and browsers to visit them. */
export interface CitizenWorld {
  readonly parts: CitizenParts;
  readonly centre: EmbeddedCentre;
  readonly clock: StandingClock;
  /** Faults that a page was answered with. */
  readonly faults: readonly Error[];
  /** A request as it is. */
  ask(path: string, init: RequestInit): Promise<Response>;
  browser(): Visitor;
  signedIn(person: string): Promise<Visitor>;
  personOf(id: string): NewPerson;
  close(): void;
}

/** `name`: a profile's; `knobs`: what of it is otherwise. */
export function citizenWorld(name = 'chongqing-2021', knobs: Partial<PolicyProfile> = {}): CitizenWorld {
  const clock = new StandingClock();
  const deck = loadDeck();
  const rules = loadRules();
  const inForce = { ...profile(name), ...knobs };
  const centre = openEmbeddedCentre(embeddedOptions(inForce, clock));
  centre.registry.seed(deck.id, deck.people, deck.links);
  const parts: CitizenParts = { centre, deck, profile: inForce, rules, clock, random: fixedRandom('citizen') };
  const faults: Error[] = [];
  const app = createCitizenApp(parts, { report: (fault) => faults.push(fault) });
  const ask = async (path: string, init: RequestInit) => app.request(`${origin}${path}`, init);
  const browser = () => new Visitor(ask);
  return {
    parts,
    centre,
    clock,
    faults,
    ask,
    browser,
    async signedIn(person) {
      const visitor = browser();
      await visitor.post('/sign-in', { person });
      return visitor;
    },
    personOf(id) {
      const found = deck.people.find((one) => one.id === id);
      if (found === undefined) throw new Error(`nobody is ${id}`);
      return found;
    },
    close: () => centre.close(),
  };
}

export interface Seen {
  readonly status: number;
  /** Where it leads on to; null = it does not. */
  readonly to: string | null;
  readonly text: string;
  readonly headers: Headers;
}

/** Somebody's browser: keeps its cookie, follows no redirect by itself. */
export class Visitor {
  cookie = '';
  readonly #ask: (path: string, init: RequestInit) => Promise<Response>;
  constructor(ask: (path: string, init: RequestInit) => Promise<Response>) {
    this.#ask = ask;
  }

  get(path: string): Promise<Seen> {
    return this.#seen(path, { method: 'GET' });
  }

  /** Posts a form as a browser does. `from`: the origin of the page that the form stands on. */
  post(path: string, fields: Readonly<Record<string, string>> = {}, from = origin): Promise<Seen> {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: from };
    return this.#seen(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString() });
  }

  /** Posts a form and goes where its answer leads. */
  async submit(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
    const answer = await this.post(path, fields);
    return answer.to === null ? answer : this.get(answer.to);
  }

  /** Posts a form with files. */
  upload(path: string, files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Promise<Seen> {
    const form = new FormData();
    for (const [name, bytes] of Object.entries(files)) form.set(name, new File([bytes], name));
    return this.#seen(path, { method: 'POST', headers: { Origin: origin }, body: form });
  }

  async #seen(path: string, init: RequestInit): Promise<Seen> {
    const headers = { ...(init.headers as Record<string, string>), ...(this.cookie !== '' && { Cookie: this.cookie }) };
    const response = await this.#ask(path, { ...init, headers });
    const set = response.headers.get('set-cookie');
    if (set !== null) this.cookie = set.split(';')[0] ?? '';
    const to = response.headers.get('location');
    return { status: response.status, to, text: await response.text(), headers: response.headers };
  }
}
