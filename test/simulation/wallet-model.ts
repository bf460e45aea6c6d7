import type { ModelPerson, RuleModel } from './rule-model.ts';

/** Wallets and what is sent to them, a second time and in other words than the product's. Source: R44, R69 to R73. */

export interface ModelTransfer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly sentAt: number;
  readonly lapsesAt: number | null;
  end: 'accepted' | 'declined' | 'withdrawn' | null;
  givenBack: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Days and minutes of China, which is eight hours ahead. */
const dayOf = (now: number) => Math.floor((now + 8 * 60 * minuteMs) / dayMs);
const minuteOf = (now: number) => Math.floor(((now + 8 * 60 * minuteMs) % dayMs) / minuteMs);

export class WalletModel {
  readonly transfers: ModelTransfer[] = [];
  readonly #model: RuleModel;
  constructor(model: RuleModel) {
    this.#model = model;
  }

  /** Whether it still waits for the receiver. */
  waits({ end, lapsesAt }: ModelTransfer, now: number): boolean {
    return end === null && (lapsesAt === null || now < lapsesAt);
  }

  /** What this person has sent and not got rid of yet. */
  held(person: string, now: number): number {
    return this.transfers
      .filter((transfer) => transfer.from === person && this.waits(transfer, now))
      .reduce((total, { amount }) => total + amount, 0);
  }

  /** The codes of everything in the way of sending; none = it is sent. */
  whyNotSend(from: string, to: string, amount: number, now: number): ReadonlySet<string> {
    const { wallet, reserve } = this.#model.rules;
    if (wallet === null) return new Set(['WALLET_NOT_OPENED']);
    const codes = this.#whyNotBoth(from, to, now);
    if (this.#isNight(now)) codes.add('WALLET_CLOSED_NOW');
    const sender = this.#model.person(from);
    const today = this.transfers.filter((it) => it.from === from && dayOf(it.sentAt) === dayOf(now));
    const sum = today.reduce((total, it) => total + it.amount, 0);
    const left = sender.isOpen ? Math.max(0, sender.money - this.held(from, now) - reserve) : -1;
    const isTooMuch =
      amount <= 0 ||
      amount > left ||
      (wallet.most !== null && amount > wallet.most) ||
      (wallet.times !== null && today.length + 1 > wallet.times) ||
      (wallet.sum !== null && sum + amount > wallet.sum);
    if (isTooMuch) codes.add('WALLET_LIMIT');
    if (wallet.backAt !== null && this.held(from, now) > 0) codes.add('WALLET_PENDING');
    return codes;
  }

  send(id: string, from: string, to: string, amount: number, now: number): ModelTransfer {
    const backAt = this.#model.rules.wallet?.backAt ?? null;
    const lapsesAt = backAt === null ? null : (dayOf(now) + 1) * dayMs - 8 * 60 * minuteMs + backAt * minuteMs;
    const sent: ModelTransfer = { id, from, to, amount, sentAt: now, lapsesAt, end: null, givenBack: 0 };
    this.transfers.push(sent);
    return sent;
  }

  whyNotAccept(transfer: ModelTransfer, by: string, now: number): ReadonlySet<string> {
    const { from, to, amount } = transfer;
    if (by !== to || !this.waits(transfer, now)) return new Set(['WALLET_TRANSFER_GONE']);
    if (this.#model.rules.wallet === null) return new Set(['WALLET_NOT_OPENED']);
    const codes = this.#whyNotBoth(from, to, now);
    const sender = this.#model.person(from);
    if (!sender.isOpen || sender.money < amount) codes.add('WALLET_LIMIT');
    return codes;
  }

  accept(transfer: ModelTransfer): void {
    transfer.end = 'accepted';
    this.#move(this.#model.person(transfer.from), this.#model.person(transfer.to), transfer.amount);
  }

  /** Whether the receiver may decline, or the sender withdraw it. */
  mayEnd(transfer: ModelTransfer, as: 'declined' | 'withdrawn', by: string, now: number): boolean {
    const isTheirs = as === 'declined' ? by === transfer.to : by === transfer.from && transfer.lapsesAt === null;
    return isTheirs && this.waits(transfer, now);
  }

  whyNotGiveBack(transfer: ModelTransfer, amount: number, now: number): ReadonlySet<string> {
    const { wallet } = this.#model.rules;
    if (transfer.end !== 'accepted') return new Set(['WALLET_TRANSFER_GONE']);
    if (wallet === null) return new Set(['WALLET_NOT_OPENED']);
    const codes = new Set<string>();
    const [sender, receiver] = [this.#model.person(transfer.from), this.#model.person(transfer.to)];
    if (!receiver.hasWallet) codes.add('WALLET_NOT_OPENED');
    if (this.#isNight(now)) codes.add('WALLET_CLOSED_NOW');
    if (amount <= 0) codes.add('WALLET_LIMIT');
    const isTooMuch = transfer.givenBack + amount > transfer.amount || amount > receiver.wallet;
    if (!wallet.returnable || !sender.isOpen || isTooMuch) codes.add('WALLET_NOT_RETURNABLE');
    return codes;
  }

  giveBack(transfer: ModelTransfer, amount: number): void {
    transfer.givenBack += amount;
    this.#move(this.#model.person(transfer.from), this.#model.person(transfer.to), -amount);
  }

  mayClose(person: string, now: number): boolean {
    const isConcerned = ({ from, to }: ModelTransfer) => from === person || to === person;
    const waits = this.transfers.some((transfer) => isConcerned(transfer) && this.waits(transfer, now));
    return !waits && this.#model.person(person).wallet === 0;
  }

  #whyNotBoth(from: string, to: string, now: number): Set<string> {
    const codes = new Set<string>();
    const isLinked = this.#model.linksInForce(now).some((link) => link.provider === from && link.beneficiary === to);
    if (!isLinked) codes.add('LINK_NOT_FOUND');
    if (this.#model.person(from).status !== 'normal') codes.add('INSURANCE_NOT_NORMAL');
    if (!this.#model.person(from).hasWallet || !this.#model.person(to).hasWallet) codes.add('WALLET_NOT_OPENED');
    return codes;
  }

  #isNight(now: number): boolean {
    const night = this.#model.rules.wallet?.night ?? null;
    if (night === null) return false;
    // From one evening into the next morning.
    return minuteOf(now) >= night.from || minuteOf(now) < night.to;
  }

  #move(sender: ModelPerson, receiver: ModelPerson, amount: number): void {
    sender.money -= amount;
    receiver.wallet += amount;
    if (sender.money < 0 || receiver.wallet < 0) throw new Error('the model overdraws an account');
  }
}
