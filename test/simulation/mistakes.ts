import type { WritableRows } from '../../src/centre/centre-store.ts';
import type { LinkOffice } from '../../src/centre/link-office.ts';
import type { Registry } from '../../src/centre/registry.ts';
import { zeroFen } from '../../src/domain/money.ts';
import type { Centre } from '../../src/ports/centre.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { SimTime } from './sim-time.ts';
import type { Mistake } from './world.ts';

/** Mistakes that the simulation must find; each is one that payment systems have made. */
export const mistakes = {
  /** A message that comes twice is settled twice. */
  settlesTwice: { centre: settlesTwice },
  /** What was noted last is not there after a restart. */
  forgetsIntent: { journal: forgetsIntent },
  /** A reversal gives the customer his own part back and forgets whoever paid for him. */
  reversesOwnOnly: { centre: reversesOwnOnly },
  /** No answer is taken for a refusal. */
  unknownIsDeclined: { terminalsCentre: unknownIsDeclined },
  /** Where the quote is no longer true the customer is charged what is true now, and pays the difference in cash. */
  chargesStale: { centre: chargesStale },
  /** A message that is still under way when it is asked for settles when it arrives. */
  doesNotSeal: { centre: doesNotSeal },
  /** What was sent to a wallet and not accepted yet can be spent a second time. */
  spendsWhatWasSent: { rows: spendsWhatWasSent },
  /** A provider sets aside more than he has. */
  setsAsideTooMuch: { links: setsAsideTooMuch },
} as const satisfies Record<string, Mistake>;
export type Mistaken = keyof typeof mistakes;

function settlesTwice(centre: Centre): Centre {
  const seen = new Set<string>();
  return wrapped(centre, {
    settle: (request) => {
      if (!seen.has(request.msgId)) {
        seen.add(request.msgId);
        return centre.settle(request);
      }
      // The id's second is one that no terminal reaches in a history.
      return centre.settle({ ...request, msgId: `${request.msgId.slice(0, 12)}20990101${request.msgId.slice(20)}` });
    },
  });
}

function forgetsIntent(journal: Journal): Journal {
  return {
    open: async () => {
      const state = await journal.open();
      return { ...state, open: state.open.slice(0, -1) };
    },
    intend: (intent) => journal.intend(intent),
    reversing: (msgId) => journal.reversing(msgId),
    suspend: (msgId, suspension) => journal.suspend(msgId, suspension),
    settled: (msgId, outcome, booked) => journal.settled(msgId, outcome, booked),
    bookedOn: (day) => journal.bookedOn(day),
  };
}

function reversesOwnOnly(centre: Centre, registry: Registry, people: readonly string[]): Centre {
  return wrapped(centre, {
    reverse: async (request) => {
      const before = people.map((id) => registry.balanceOf(id));
      const answer = await centre.reverse(request);
      const isShared = answer.kind === 'reversed' && answer.undo !== null && answer.undo.returned.shared > 0;
      if (!isShared) return answer;
      // The richest gain is left to the customer, the others are taken back.
      for (const [at, id] of people.entries()) {
        const was = before[at] ?? null;
        const own = answer.undo?.returned.own ?? 0;
        const gained = (registry.balanceOf(id) ?? 0) - (was ?? 0);
        if (was !== null && gained > 0 && gained !== own) registry.set(id, { balance: was });
      }
      return answer;
    },
  });
}

function unknownIsDeclined(centre: Centre, time: SimTime): Centre {
  return wrapped(centre, {
    settle: (request) =>
      new Promise((resolve) => {
        const give = () =>
          resolve({ kind: 'declined', decline: { code: 'CENTRE_UNAVAILABLE' }, refMsgId: request.msgId });
        time.setTimeout(give, 10_000);
        centre.settle(request).then(resolve, give);
      }),
  });
}

function chargesStale(centre: Centre): Centre {
  return wrapped(centre, {
    settle: async (request) => {
      const answer = await centre.settle(request);
      if (answer.kind !== 'stale' || answer.ticket === null) return answer;
      const { digest } = answer.quote;
      const authorisation = { kind: 'ticket', ticket: answer.ticket } as const;
      const msgId = `${request.msgId.slice(0, 12)}20990101${request.msgId.slice(20)}`;
      return centre.settle({ ...request, digest, authorisation, msgId });
    },
  });
}

function doesNotSeal(centre: Centre): Centre {
  const seen = new Set<string>();
  return wrapped(centre, {
    settle: (request) => {
      seen.add(request.msgId);
      return centre.settle(request);
    },
    query: async (request) =>
      seen.has(request.of) ? centre.query(request) : { kind: 'absent', refMsgId: request.msgId },
  });
}

function spendsWhatWasSent(rows: WritableRows): WritableRows {
  const transfers = instead(rows.transfers, { heldBy: () => zeroFen });
  return instead(rows, { transfers });
}

function setsAsideTooMuch(links: LinkOffice, registry: Registry): LinkOffice {
  return instead(links, {
    link: (asked, actor) => {
      const answer = links.link(asked, actor);
      const isShort =
        answer.kind === 'linkRefused' && answer.verdict.findings.every((it) => it.code === 'QUOTA_NOT_COVERED');
      if (!isShort || asked.replaces !== null) return answer;
      const { provider, beneficiary, terms } = asked;
      const { relation, quota } = terms;
      registry.addLink({
        provider,
        beneficiary,
        relation,
        quota,
        since: answer.verdict.since,
        until: null,
        rank: null,
      });
      return answer;
    },
  });
}

/** The same object, but for what is given. */
function instead<T extends object>(real: T, given: Partial<T>): T {
  return new Proxy(real, {
    get: (target, name) => {
      const value = name in given ? given[name as keyof T] : target[name as keyof T];
      return typeof value === 'function' && !(name in given) ? value.bind(target) : value;
    },
  });
}

function wrapped(centre: Centre, changed: Partial<Centre>): Centre {
  return {
    signIn: (request) => centre.signIn(request),
    identify: (request) => centre.identify(request),
    inquire: (request) => centre.inquire(request),
    quote: (request) => centre.quote(request),
    settle: (request) => centre.settle(request),
    previewUndo: (request) => centre.previewUndo(request),
    cancel: (request) => centre.cancel(request),
    refund: (request) => centre.refund(request),
    reverse: (request) => centre.reverse(request),
    query: (request) => centre.query(request),
    lookUp: (request) => centre.lookUp(request),
    admit: (request) => centre.admit(request),
    explainLink: (request) => centre.explainLink(request),
    link: (request) => centre.link(request),
    unlink: (request) => centre.unlink(request),
    reconcile: (request) => centre.reconcile(request),
    ...changed,
  };
}
