import type { Language } from '../../domain/prompt.ts';
import type { Clock } from '../../ports/clock.ts';

/** Somebody's visit. `person`: null until he has signed in. */
export interface Session {
  readonly id: string;
  person: string | null;
  language: Language;
  lastSeen: number;
}

/** After so long without a request a visit is over. */
const idleMs = 15 * 60_000;
const sessionsMax = 1000;

/** The visits under way, in memory only. Their ids are 256 bits that nobody can guess. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #clock: Clock;
  readonly #random: (byteCount: number) => Uint8Array;
  readonly #language: Language;
  constructor(parts: {
    readonly clock: Clock;
    readonly random: (byteCount: number) => Uint8Array;
    readonly language: Language;
  }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#language = parts.language;
  }

  /** The visit with this id that is not over yet. */
  find(id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (session === undefined) return undefined;
    const now = this.#clock.now();
    // A clock that was set back ends nobody's visit, and makes none longer.
    if (now - session.lastSeen > idleMs) {
      this.#sessions.delete(session.id);
      return undefined;
    }
    // The map's order is that of the last requests, so that the first is who was away longest.
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
    session.lastSeen = now;
    return session;
  }

  /** A new visit; where there are too many, the one that was silent longest ends. `language`: the program's when left out. */
  start(language: Language = this.#language): Session {
    const id = Buffer.from(this.#random(32)).toString('hex');
    const session: Session = { id, person: null, language, lastSeen: this.#clock.now() };
    this.#sessions.set(id, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= sessionsMax) break;
      this.#sessions.delete(oldest);
    }
    return session;
  }

  end(session: Session): void {
    this.#sessions.delete(session.id);
  }

  get defaultLanguage(): Language {
    return this.#language;
  }
}

/** So many of a visit's tasks are kept; the oldest goes first. */
const tasksMax = 20;

/** What pages keep of tasks between two of their steps, so that nothing of it travels through the browser. By the task's
 *  own id, which nobody can guess; gone with the visit. */
export class SessionTasks<T> {
  readonly #ofSession = new WeakMap<Session, Map<string, T>>();

  put(session: Session, taskId: string, task: T): void {
    const tasks = this.#ofSession.get(session) ?? new Map<string, T>();
    this.#ofSession.set(session, tasks);
    tasks.set(taskId, task);
    for (const oldest of tasks.keys()) {
      if (tasks.size <= tasksMax) break;
      tasks.delete(oldest);
    }
  }

  get(session: Session, taskId: string): T | undefined {
    return this.#ofSession.get(session)?.get(taskId);
  }
}

/** The visit of somebody who has signed in. Errors: `RangeError` on a page that is open to all. */
export function visitOf(c: { readonly var: { readonly session: Session | null } }): Session {
  if (c.var.session === null) throw new RangeError('this page needs a sign-in');
  return c.var.session;
}
