import { chinaDay } from '../domain/china-time.ts';
import type { LinkFinding } from '../domain/link-application.ts';
import { above, type Fen, subtract, zeroFen } from '../domain/money.ts';
import { maskName } from '../domain/person.ts';
import {
  judgeAcceptance,
  judgeClosing,
  judgeGiveBack,
  judgeTransfer,
  lapseOf,
  transferGone,
  type WalletState,
  type WalletTransfer,
  walletRulesOf,
} from '../domain/wallet.ts';
import type { CardHolder, Rows, WritableRows } from './centre-store.ts';
import { sourcesOf } from './charge.ts';
import { type Desk, recordNumber } from './desk.ts';
import type { TransferEnd, TransferOnRecord } from './transfer-rows.ts';

/** A wallet transfer that is asked for, by the ids of its people. */
export interface TransferAsked {
  readonly from: string;
  readonly to: string;
  readonly amount: Fen;
}

/** Refused: nothing was changed. Shapes: at least one finding, in the order of precedence. */
export interface WalletRefused {
  readonly kind: 'refused';
  readonly findings: readonly LinkFinding[];
}
/** Done; `transfer` as it is now. */
export interface WalletDone<Kind extends string> {
  readonly kind: Kind;
  readonly transfer: WalletTransfer;
}

/** Medical-insurance wallets (医保钱包, R69 to R73), beside the `Centre` port: a provider sends money out of his personal account
 *  to a linked beneficiary's wallet, who accepts it. Until then nothing moves: the amount is held on the sender's account,
 *  and at the profile's hour of the next day it is his again. Every change is one durable transaction, judged by what is on
 *  record in it.
 *  Errors: `RangeError` for a person that is not there; faults: `StoreFault`. */
export class WalletOffice {
  readonly #desk: Desk;
  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Opens a person's wallet; one that is open stays so. */
  open(person: string): void {
    this.#desk.store.write((rows) => {
      holderOf(rows, person);
      rows.openAccount({ kind: 'wallet', person });
      rows.setWalletOpened(person, true);
    });
  }

  /** Closes a wallet that is empty and has no transfer waiting on either side. */
  close(person: string): { readonly kind: 'closed' } | WalletRefused {
    return this.#desk.store.write((rows) => {
      holderOf(rows, person);
      const waiting = rows.transfers.waitingOf(person, this.#desk.clock.now());
      const findings = judgeClosing({ balance: rows.moneyOf(person, 'wallet'), waiting: waiting.length });
      if (findings.length > 0) return { kind: 'refused', findings };
      rows.setWalletOpened(person, false);
      return { kind: 'closed' };
    });
  }

  stateOf(person: string): WalletState {
    const { profile, clock } = this.#desk;
    return this.#desk.store.read((rows) => {
      const now = clock.now();
      const { walletOpened } = holderOf(rows, person);
      const waiting = rows.transfers.waitingOf(person, now).map((transfer) => told(transfer, now));
      const limits = walletRulesOf(profile);
      return {
        offered: limits !== null,
        opened: walletOpened,
        balance: rows.moneyOf(person, 'wallet'),
        free: freeOf(this.#desk, rows, person, now),
        limits,
        sentToday: rows.transfers.sentOn(person, chinaDay(now)),
        incoming: waiting.filter(({ receiver }) => receiver === person),
        outgoing: waiting.filter(({ sender }) => sender === person),
      };
    });
  }

  /** Sends money, which waits until the receiver accepts it. */
  transfer({ from, to, amount }: TransferAsked): WalletDone<'sent'> | WalletRefused {
    const { profile, clock } = this.#desk;
    return this.#desk.store.write((rows) => {
      const now = clock.now();
      const [sender, receiver] = [holderOf(rows, from), holderOf(rows, to)];
      const link = this.#linkBetween(rows, from, receiver, now);
      const [waiting] = rows.transfers.waitingOf(from, now).filter((transfer) => transfer.sender === from);
      const findings = judgeTransfer(
        {
          amount,
          now,
          sender: { ...sender, free: freeOf(this.#desk, rows, from, now) },
          receiver,
          link: link?.obstacle ?? (link ? null : 'none'),
          sentToday: rows.transfers.sentOn(from, chinaDay(now)),
          waiting: waiting?.amount ?? null,
        },
        profile,
      );
      const rules = walletRulesOf(profile);
      if (findings.length > 0 || !rules || !link) return { kind: 'refused', findings };
      const id = recordNumber(this.#desk, 'W', now);
      rows.transfers.add({
        id,
        sender: from,
        receiver: to,
        link: link.linkId,
        amount,
        profile: profile.name,
        sentAt: now,
        lapsesAt: lapseOf(now, rules),
      });
      return { kind: 'sent', transfer: this.#toldById(rows, id, now) };
    });
  }

  /** Takes a transfer in: from here on it is the receiver's. The people and the link are judged anew. */
  accept(person: string, transferId: string): WalletDone<'accepted'> | WalletRefused {
    const { profile, clock } = this.#desk;
    return this.#desk.store.write((rows) => {
      const now = clock.now();
      const transfer = waitingFor(rows, transferId, now, ({ receiver }) => receiver === person);
      if ('kind' in transfer) return transfer;
      const { sender, receiver, amount } = transfer;
      const [from, to] = [holderOf(rows, sender), holderOf(rows, receiver)];
      const balance = rows.balanceOf(sender, 'personal');
      const link = this.#linkBetween(rows, sender, to, now);
      const findings = judgeAcceptance(
        {
          amount,
          sender: { ...from, free: balance },
          receiver: to,
          link: link?.obstacle ?? (link ? null : 'none'),
        },
        profile,
      );
      if (findings.length > 0) return { kind: 'refused', findings };
      rows.openAccount({ kind: 'wallet', person: receiver });
      move(rows, transferId, amount, now, { kind: 'personal', person: sender }, { kind: 'wallet', person: receiver });
      rows.transfers.end(transferId, 'accepted', now);
      return { kind: 'accepted', transfer: this.#toldById(rows, transferId, now) };
    });
  }

  /** The receiver does not want it: the sender has it free again at once. */
  decline(person: string, transferId: string): WalletDone<'declined'> | WalletRefused {
    return this.#end(transferId, 'declined', ({ receiver }) => receiver === person);
  }

  /** The sender takes back what nobody has accepted. Only where it does not come back by itself: there he waits for that
   *  (R71). */
  withdraw(person: string, transferId: string): WalletDone<'withdrawn'> | WalletRefused {
    return this.#end(transferId, 'withdrawn', ({ sender, lapsesAt }) => sender === person && lapsesAt === null);
  }

  /** Gives (a part of) an accepted transfer back to its sender's personal account, where the place allows it (R73). */
  giveBack(person: string, transferId: string, amount: Fen): WalletDone<'gaveBack'> | WalletRefused {
    const { profile, clock } = this.#desk;
    return this.#desk.store.write((rows) => {
      const now = clock.now();
      const { walletOpened } = holderOf(rows, person);
      const transfer = rows.transfers.byId(transferId);
      if (transfer?.receiver !== person || transfer.end?.as !== 'accepted') return gone(transfer?.receiver === person);
      const { sender } = transfer;
      const findings = judgeGiveBack(
        {
          amount,
          now,
          walletOpened,
          senderHasAccount: rows.balanceOf(sender, 'personal') !== null,
          left: subtract(transfer.amount, transfer.givenBack),
          balance: rows.moneyOf(person, 'wallet'),
        },
        profile,
      );
      if (findings.length > 0) return { kind: 'refused', findings };
      move(rows, transferId, amount, now, { kind: 'wallet', person }, { kind: 'personal', person: sender });
      return { kind: 'gaveBack', transfer: this.#toldById(rows, transferId, now) };
    });
  }

  /** A person's transfers in both roles, oldest first. */
  historyOf(person: string): readonly WalletTransfer[] {
    const now = this.#desk.clock.now();
    return this.#desk.store.read((rows) => {
      holderOf(rows, person);
      return rows.transfers.of(person).map((transfer) => told(transfer, now));
    });
  }

  #end<As extends Exclude<TransferEnd, 'accepted'>>(
    transferId: string,
    as: As,
    isAskers: (transfer: TransferOnRecord) => boolean,
  ): WalletDone<As> | WalletRefused {
    return this.#desk.store.write((rows) => {
      const now = this.#desk.clock.now();
      const transfer = waitingFor(rows, transferId, now, isAskers);
      if ('kind' in transfer) return transfer;
      rows.transfers.end(transferId, as, now);
      return { kind: as, transfer: this.#toldById(rows, transferId, now) };
    });
  }

  /** The link over which the sender pays for the receiver, with what stands in its way; undefined = there is none. */
  #linkBetween(rows: Rows, sender: string, receiver: CardHolder, now: number) {
    const found = sourcesOf(this.#desk, rows, receiver, now).providers.find(({ link }) => link.provider === sender);
    return found && { linkId: found.link.linkId, obstacle: found.source.obstacle };
  }

  #toldById(rows: Rows, transferId: string, now: number): WalletTransfer {
    const transfer = rows.transfers.byId(transferId);
    if (!transfer) throw new Error('a transfer is not there that was just written');
    return told(transfer, now);
  }
}

/** What a person could send: what is above the reserve that stays with him (R43) and not sent already. */
function freeOf({ profile }: Desk, rows: Rows, person: string, now: number): Fen | null {
  const balance = rows.balanceOf(person, 'personal');
  if (balance === null) return null;
  return above(above(balance, rows.transfers.heldBy(person, now)), profile.providerReserve);
}

function move(
  rows: WritableRows,
  transfer: string,
  amount: Fen,
  at: number,
  debit: { readonly kind: 'personal' | 'wallet'; readonly person: string },
  credit: { readonly kind: 'personal' | 'wallet'; readonly person: string },
): void {
  const bare = { settlement: null, undo: null, link: null, quota: zeroFen } as const;
  rows.addPosting({ kind: 'transfer', transfer, ...bare, debit, credit, amount, at });
}

/** A transfer that waits and is the asker's to end; else why not. */
function waitingFor(
  rows: Rows,
  transferId: string,
  now: number,
  isAskers: (transfer: TransferOnRecord) => boolean,
): TransferOnRecord | WalletRefused {
  const transfer = rows.transfers.byId(transferId);
  if (!transfer || !isAskers(transfer)) return gone(false);
  return told(transfer, now).state === 'waiting' ? transfer : gone(true);
}

function gone(isKnown: boolean): WalletRefused {
  return { kind: 'refused', findings: [transferGone(isKnown)] };
}

function told(transfer: TransferOnRecord, now: number): WalletTransfer {
  const { id, sender, receiver, amount, sentAt, lapsesAt, end, givenBack } = transfer;
  const hasLapsed = end === null && lapsesAt !== null && now >= lapsesAt;
  return {
    transferId: id,
    sender,
    senderName: maskName(transfer.senderName),
    receiver,
    receiverName: maskName(transfer.receiverName),
    amount,
    sentAt,
    lapsesAt,
    state: end?.as ?? (hasLapsed ? 'lapsed' : 'waiting'),
    endedAt: end?.at ?? (hasLapsed ? lapsesAt : null),
    givenBack,
  };
}

function holderOf(rows: Rows, person: string): CardHolder {
  const holder = rows.holderByPerson(person);
  if (!holder) throw new RangeError(`nobody is called ${person} here`);
  return holder;
}
