import type { LinkAsked } from '../../src/centre/link-office.ts';
import { fen } from '../../src/domain/money.ts';
import { Broken } from './broken.ts';
import type { OfficeHappening } from './history.ts';
import type { ModelLink, RuleModel } from './rule-model.ts';
import type { SimCentre } from './sim-centre.ts';
import type { ModelTransfer } from './wallet-model.ts';

const actor = { channel: 'phone', operator: 'self', institution: null, terminal: null } as const;

/** What people do at the insurance office and with their wallets: at the real offices, each answer held against the model.
 *  Errors: `Broken`. */
export class SimOffices {
  readonly #centre: SimCentre;
  readonly #model: RuleModel;
  readonly #idOf: (at: number) => string;
  constructor(centre: SimCentre, model: RuleModel, idOf: (at: number) => string) {
    this.#centre = centre;
    this.#model = model;
    this.#idOf = idOf;
  }

  happen(step: Exclude<OfficeHappening, { do: 'hours' }>): void {
    const now = this.#centre.clock.now();
    switch (step.do) {
      case 'officeLink':
        this.#link(step, now);
        return;
      case 'officeUnlink':
        this.#unlink(step, now);
        return;
      case 'setQuota':
        this.#setQuota(step, now);
        return;
      case 'send':
        this.#send(step, now);
        return;
      case 'answerTransfer':
        this.#answer(step, now);
        return;
      case 'giveBack':
        this.#giveBack(step, now);
        return;
      case 'wallet':
        this.#wallet(this.#idOf(step.who), step.open, now);
        return;
    }
  }

  /** What the offices say when a history is over is what the model has: every transfer with what became of it, and a record of
   *  everything that was done to a link. */
  check(people: readonly { readonly id: string }[]): void {
    const now = this.#centre.clock.now();
    const { wallets, office } = this.#model;
    for (const { id } of people) {
      const told = this.#centre.wallet.historyOf(id).map((it) => [it.transferId, it.state, it.givenBack].join(' '));
      const held = wallets.transfers
        .filter(({ from, to }) => from === id || to === id)
        .map((it) => [it.id, it.end ?? (wallets.waits(it, now) ? 'waiting' : 'lapsed'), it.givenBack].join(' '));
      same('transfers', `the transfers of ${id}`, told.sort(), held.sort());
      const { free } = this.#centre.wallet.stateOf(id);
      const { isOpen, money } = this.#model.person(id);
      const left = Math.max(0, money - wallets.held(id, now));
      same('transfers', `what ${id} has free`, free, isOpen ? Math.max(0, left - this.#model.rules.reserve) : null);
      const links = new Set(
        this.#model.links
          .filter(({ provider, beneficiary }) => provider === id || beneficiary === id)
          .map((it) => it.id),
      );
      const records = this.#centre.links.historyOf(id).map(({ linkId, deed }) => `${linkId} ${deed}`);
      const provided = new Set(this.#model.links.filter(({ provider }) => provider === id).map((it) => it.id));
      const deeds = office.deeds
        .filter(({ link, deed }) => (deed === 'quotaSet' ? provided : links).has(link))
        .map(({ link, deed }) => `${link} ${deed}`);
      same('records', `the history of the links of ${id}`, records.sort(), deeds.sort());
    }
  }

  #link({ provider, beneficiary, quota, replaces }: OfficeHappening & { do: 'officeLink' }, now: number): void {
    const { office } = this.#model;
    const [from, to] = [this.#idOf(provider), this.#idOf(beneficiary)];
    const own = office.open(now).filter((link) => link.provider === from);
    const replaced = replaces === null ? null : (own[replaces % Math.max(1, own.length)] ?? null);
    const asked: LinkAsked = {
      provider: from,
      beneficiary: to,
      replaces: replaced?.id ?? null,
      terms: {
        relation: 'parent',
        channel: 'phone',
        documents: { provider: null, beneficiary: null },
        cautionTicked: true,
        beneficiaryConsents: true,
        quota: fen(quota),
        until: null,
      },
    };
    const expected = office.whyNotLink(from, to, quota, replaced, now);
    same('office', 'the dry run of a link', codesOf(this.#centre.links.explain(asked).findings), sorted(expected));
    const answer = this.#centre.links.link(asked, actor);
    same('office', 'a link', answer.kind === 'linked' ? [] : codesOf(answer.verdict.findings), sorted(expected));
    if (answer.kind === 'linked') office.link(answer.record.linkId, from, to, quota, replaced, now);
  }

  #unlink(step: OfficeHappening & { do: 'officeUnlink' }, now: number): void {
    const { office } = this.#model;
    const link = this.#linkAt(step.link, now);
    if (!link) return;
    const by = step.by === 'stranger' ? this.#strangerTo(link.provider, link.beneficiary) : link[step.by];
    if (by === undefined) return;
    const expected = office.whyNotEnd(link, by, now);
    const answer = this.#centre.links.unlink(by, link.id, '不再需要', actor);
    same('office', 'an end of a link', answer.kind === 'declined' ? answer.decline.code : null, expected);
    if (expected === null) office.end(link, 'ended', now);
  }

  #setQuota({ link: at, quota }: OfficeHappening & { do: 'setQuota' }, now: number): void {
    const link = this.#linkAt(at, now);
    if (!link) return;
    const expected = this.#model.office.whyNotSetQuota(link, quota, now);
    const answer = this.#centre.links.setQuota(link.provider, link.id, fen(quota), actor);
    same('office', 'a change of a quota', answer.kind === 'declined' ? answer.decline.code : null, expected);
    if (expected === null) this.#model.office.setQuota(link, quota);
  }

  #send({ over, amount: wanted, ...step }: OfficeHappening & { do: 'send' }, now: number): void {
    const link = over === null ? undefined : this.#linkAt(over, now);
    const [from, to] = link ? [link.provider, link.beneficiary] : [this.#idOf(step.from), this.#idOf(step.to)];
    const amount = wanted ?? this.#centre.wallet.stateOf(from).free ?? 0;
    const expected = this.#model.wallets.whyNotSend(from, to, amount, now);
    const answer = this.#centre.wallet.transfer({ from, to, amount: fen(amount) });
    same('wallet', 'sending to a wallet', answer.kind === 'sent' ? [] : codesOf(answer.findings), sorted(expected));
    if (answer.kind !== 'sent') return;
    const { transferId, lapsesAt } = answer.transfer;
    const sent = this.#model.wallets.send(transferId, from, to, amount, now);
    same('wallet', 'when a transfer lapses', lapsesAt, sent.lapsesAt);
  }

  #answer({ which, by, how }: OfficeHappening & { do: 'answerTransfer' }, now: number): void {
    const { wallets } = this.#model;
    const transfer = this.#transferAt(which);
    if (!transfer) return;
    const { id, from, to } = transfer;
    const person = by === 'sender' ? from : by === 'receiver' ? to : this.#strangerTo(from, to);
    if (person === undefined) return;
    if (how === 'accept') {
      const expected = wallets.whyNotAccept(transfer, person, now);
      const answer = this.#centre.wallet.accept(person, id);
      same('wallet', 'accepting', answer.kind === 'accepted' ? [] : codesOf(answer.findings), sorted(expected));
      if (answer.kind === 'accepted') wallets.accept(transfer);
      return;
    }
    const as = how === 'decline' ? 'declined' : 'withdrawn';
    const may = wallets.mayEnd(transfer, as, person, now);
    const answer = this.#centre.wallet[how](person, id);
    same('wallet', `to ${how} a transfer`, answer.kind, may ? as : 'refused');
    if (may) transfer.end = as;
  }

  #giveBack({ which, amount }: OfficeHappening & { do: 'giveBack' }, now: number): void {
    const transfer = this.#transferAt(which);
    if (!transfer) return;
    const expected = this.#model.wallets.whyNotGiveBack(transfer, amount, now);
    const answer = this.#centre.wallet.giveBack(transfer.to, transfer.id, fen(amount));
    same('wallet', 'giving back', answer.kind === 'gaveBack' ? [] : codesOf(answer.findings), sorted(expected));
    if (answer.kind === 'gaveBack') this.#model.wallets.giveBack(transfer, amount);
  }

  #wallet(person: string, open: boolean, now: number): void {
    if (open) this.#centre.wallet.open(person);
    else {
      const { kind } = this.#centre.wallet.close(person);
      same('wallet', 'closing a wallet', kind, this.#model.wallets.mayClose(person, now) ? 'closed' : 'refused');
      if (kind === 'refused') return;
    }
    this.#model.person(person).hasWallet = open;
  }

  #linkAt(at: number, now: number): ModelLink | undefined {
    const open = this.#model.office.open(now);
    return open[at % Math.max(1, open.length)];
  }

  #transferAt(which: number): ModelTransfer | undefined {
    const { transfers } = this.#model.wallets;
    return transfers[transfers.length - 1 - (which % Math.max(1, transfers.length))];
  }

  #strangerTo(...two: readonly string[]): string | undefined {
    return [...this.#model.people.keys()].find((id) => !two.includes(id));
  }
}

function codesOf(findings: readonly { readonly code: string }[]): readonly string[] {
  return sorted(new Set(findings.map(({ code }) => code)));
}

function sorted(codes: ReadonlySet<string>): readonly string[] {
  return [...codes].sort();
}

function same(what: string, of: string, got: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Broken(what, `${of}: the centre has ${a}, the model ${b}`);
}
