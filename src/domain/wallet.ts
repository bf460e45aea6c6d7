import { chinaDay, chinaMinute } from './china-time.ts';
import type { DeclineCode } from './decline-code.ts';
import type { LinkFinding } from './link-application.ts';
import { inPrecedence } from './link-rules.ts';
import type { LinkObstacle } from './link-standing.ts';
import type { LinkPhraseId, Phrase } from './link-words.ts';
import { above, type Fen, formatYuan, lesser } from './money.ts';
import type { InsuranceStatus } from './person.ts';
import type { PolicyProfile, WalletRules } from './policy-profile.ts';

/** What has become of a transfer. `waiting`: its amount is held on the sender's account until the receiver accepts;
 *  `lapsed`: nobody did in time, and it is the sender's again (R71). */
export type TransferState = 'waiting' | 'accepted' | 'declined' | 'withdrawn' | 'lapsed';

/** Money that a provider sends to the medical-insurance wallet of a beneficiary (R69 to R73). `sender`, `receiver`: ids of
 *  the register, for the centre's own pages and never shown; the names are masked. Moments: ms since the epoch.
 *  `lapsesAt` null = it waits until somebody ends it. `endedAt`: when it was accepted, declined, withdrawn or lapsed.
 *  `givenBack`: of an accepted one, what has gone back to the sender. */
export interface WalletTransfer {
  readonly transferId: string;
  readonly sender: string;
  readonly senderName: string;
  readonly receiver: string;
  readonly receiverName: string;
  readonly amount: Fen;
  readonly sentAt: number;
  readonly lapsesAt: number | null;
  readonly state: TransferState;
  readonly endedAt: number | null;
  readonly givenBack: Fen;
}

/** What somebody sent on a day (China Standard Time), whatever has become of it. */
export interface SentOnDay {
  readonly count: number;
  readonly total: Fen;
}

/** A person's wallet as he may see it. `offered`: this place has wallets. `free`: what he could send at most for the money
 *  that he has, null = no personal account. `incoming`, `outgoing`: transfers that wait. */
export interface WalletState {
  readonly offered: boolean;
  readonly opened: boolean;
  readonly balance: Fen;
  readonly free: Fen | null;
  readonly limits: WalletRules | null;
  readonly sentToday: SentOnDay;
  readonly incoming: readonly WalletTransfer[];
  readonly outgoing: readonly WalletTransfer[];
}

/** What a transfer is judged by. `free` null = no personal account; `link` null = it holds, `none` = there is none;
 *  `waiting`: the amount of a transfer of the sender's that nobody has accepted yet, null = none. */
export interface TransferCase {
  readonly amount: Fen;
  readonly now: number;
  readonly sender: { readonly walletOpened: boolean; readonly status: InsuranceStatus; readonly free: Fen | null };
  readonly receiver: { readonly walletOpened: boolean };
  readonly link: LinkObstacle | 'none' | null;
  readonly sentToday: SentOnDay;
  readonly waiting: Fen | null;
}

/** Every rule that stands in the way of sending, in the order of precedence of the codes; empty = it may be sent.
 *  Source: R70 to R73; R44 for the sender's insurance, R15 to R25 and R64 to R69 for the link. Which transfers count for a
 *  day's limits is left open by them: all that were sent on it do, also those that came back. One that waits keeps the
 *  next one back only where unaccepted ones go back by themselves, which is one rule (R71). */
export function judgeTransfer(transfer: TransferCase, profile: PolicyProfile): readonly LinkFinding[] {
  const { amount, now, sentToday, waiting } = transfer;
  const rules = walletRulesOf(profile);
  if (rules === null) return [finding('WALLET_NOT_OPENED', 'R74', phrase('walletNotHere'), phrase('walletElsewhere'))];
  const found = [...standingFindings(transfer, profile)];
  if (isClosedAt(rules.closed, now)) found.push(closedFinding(rules));
  const limit = (rule: LinkFinding['rule'], fact: Phrase, remedy: LinkPhraseId) =>
    found.push(finding('WALLET_LIMIT', rule, fact, phrase(remedy)));
  const told = { amount: formatYuan(amount) };
  if (amount === 0) limit('R70', phrase('walletNothing'), 'walletEnterAmount');
  if (rules.maxFen !== null && amount > rules.maxFen)
    limit('R70', phrase('walletOverOne', { ...told, max: formatYuan(rules.maxFen) }), 'walletSendLess');
  if (rules.perDay !== null && sentToday.count >= rules.perDay) {
    const counts = { count: String(sentToday.count), max: String(rules.perDay) };
    limit('R70', phrase('walletOverCount', counts), 'walletTomorrow');
  }
  if (rules.dailyTotalFen !== null && amount > above(rules.dailyTotalFen, sentToday.total)) {
    const sums = { ...told, sent: formatYuan(sentToday.total), max: formatYuan(rules.dailyTotalFen) };
    const canSendLess = sentToday.total < rules.dailyTotalFen;
    limit('R73', phrase('walletOverTotal', sums), canSendLess ? 'walletSendLess' : 'walletTomorrow');
  }
  const short = shortFinding(transfer, 'walletSendLess');
  if (short) found.push(short);
  if (waiting !== null && rules.unacceptedReturn !== null) {
    const before = phrase('walletOneWaits', { amount: formatYuan(waiting) });
    found.push(finding('WALLET_PENDING', 'R71', before, phrase('walletUntilAccepted')));
  }
  return inPrecedence(found);
}

/** What of `judgeTransfer` must hold again when the receiver accepts: both wallets, the sender's insurance, the link, and
 *  money enough, which an account that was corrected meanwhile may not have. `free`: what lies in the account. */
export function judgeAcceptance(
  transfer: Pick<TransferCase, 'amount' | 'sender' | 'receiver' | 'link'>,
  profile: PolicyProfile,
): readonly LinkFinding[] {
  if (walletRulesOf(profile) === null)
    return [finding('WALLET_NOT_OPENED', 'R74', phrase('walletNotHere'), phrase('walletElsewhere'))];
  const found = [...standingFindings(transfer, profile)];
  const short = shortFinding(transfer, 'walletLookAgain');
  if (short) found.push(short);
  return inPrecedence(found);
}

function shortFinding(
  { amount, sender: { free } }: Pick<TransferCase, 'amount' | 'sender'>,
  remedy: LinkPhraseId,
): LinkFinding | null {
  if (free === null) return finding('WALLET_LIMIT', 'R69', phrase('walletNoAccount'), phrase('walletElsewhere'));
  const sums = { amount: formatYuan(amount), free: formatYuan(free) };
  return amount > free ? finding('WALLET_LIMIT', 'R69', phrase('walletNotFree', sums), phrase(remedy)) : null;
}

/** Why a wallet may not be closed: something lies in it, or a transfer waits. */
export function judgeClosing({
  balance,
  waiting,
}: {
  readonly balance: Fen;
  readonly waiting: number;
}): readonly LinkFinding[] {
  const found: LinkFinding[] = [];
  if (balance > 0) {
    const fact = phrase('walletNotEmpty', { balance: formatYuan(balance) });
    found.push(finding('WALLET_NOT_EMPTY', 'R72', fact, phrase('walletEmptyFirst')));
  }
  if (waiting > 0) {
    const fact = phrase('walletTransfersWait', { count: String(waiting) });
    found.push(finding('WALLET_NOT_EMPTY', 'R71', fact, phrase('walletEmptyFirst')));
  }
  return found;
}

/** What a give-back is judged by. `left`: what of the transfer has not gone back yet; `balance`: what lies in the wallet. */
export interface GiveBackCase {
  readonly amount: Fen;
  readonly now: number;
  readonly walletOpened: boolean;
  readonly senderHasAccount: boolean;
  readonly left: Fen;
  readonly balance: Fen;
}

/** Every rule in the way of giving back (a part of) an accepted transfer to its sender (R73). It is a transfer too: not in the
 *  hours without (R70), but it counts for no limit. */
export function judgeGiveBack(back: GiveBackCase, profile: PolicyProfile): readonly LinkFinding[] {
  const rules = walletRulesOf(profile);
  if (rules === null) return [finding('WALLET_NOT_OPENED', 'R74', phrase('walletNotHere'), phrase('walletElsewhere'))];
  const found: LinkFinding[] = [];
  const not = (fact: Phrase, remedy: LinkPhraseId) =>
    found.push(finding('WALLET_NOT_RETURNABLE', 'R73', fact, phrase(remedy)));
  if (!back.walletOpened)
    found.push(finding('WALLET_NOT_OPENED', 'R72', phrase('walletReceiverNotOpened'), phrase('walletOpenFirst')));
  if (isClosedAt(rules.closed, back.now)) found.push(closedFinding(rules));
  if (back.amount === 0)
    found.push(finding('WALLET_LIMIT', 'R73', phrase('walletNothing'), phrase('walletEnterAmount')));
  if (!rules.returnable) not(phrase('walletNotReturnable'), 'walletKeepIt');
  else if (!back.senderHasAccount) not(phrase('walletSenderNoAccount'), 'walletKeepIt');
  else {
    const most = lesser(back.left, back.balance);
    const sums = { max: formatYuan(most), amount: formatYuan(back.amount) };
    if (back.amount > most) not(phrase('walletReturnMax', sums), 'walletReturnLess');
  }
  return inPrecedence(found);
}

/** A transfer that is not there for the asker, or does not wait any more. */
export function transferGone(isKnown: boolean): LinkFinding {
  return finding(
    'WALLET_TRANSFER_GONE',
    'R71',
    phrase(isKnown ? 'walletNotWaiting' : 'walletNotYours'),
    phrase('walletLookAgain'),
  );
}

/** The wallet's rules where the profile's money goes through wallets; else null. */
export function walletRulesOf(profile: PolicyProfile): WalletRules | null {
  return profile.fundModel === 'wallet' ? profile.wallet : null;
}

/** Whether `now` is in hours `HH:MM-HH:MM` (China Standard Time), the first minute included and the last one not; they may
 *  go over midnight. Null = never. */
export function isClosedAt(hours: string | null, now: number): boolean {
  if (hours === null) return false;
  const [from = '', to = ''] = hours.split('-');
  const minute = chinaMinute(now);
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to;
}

/** When a transfer sent at `sentAt` goes back by itself: the next day in China, at the profile's time (R71); null = never. */
export function lapseOf(sentAt: number, rules: WalletRules): number | null {
  const { unacceptedReturn } = rules;
  return unacceptedReturn === null ? null : Date.parse(`${chinaDay(sentAt + dayMs)}T${unacceptedReturn}:00+08:00`);
}
const dayMs = 86_400_000;

/** R72, R44, and the link: what must hold of the two people whenever money moves. */
function* standingFindings(
  { sender, receiver, link }: Pick<TransferCase, 'sender' | 'receiver' | 'link'>,
  profile: PolicyProfile,
): Generator<LinkFinding> {
  if (!sender.walletOpened)
    yield finding('WALLET_NOT_OPENED', 'R72', phrase('walletSenderNotOpened'), phrase('walletOpenFirst'));
  if (!receiver.walletOpened)
    yield finding('WALLET_NOT_OPENED', 'R72', phrase('walletReceiverNotOpened'), phrase('walletOpenFirst'));
  if (profile.providerStatusCheck === 'at_payment' && sender.status !== 'normal')
    yield finding('INSURANCE_NOT_NORMAL', 'R44', phrase('walletSenderStatus'), phrase('walletStatusFirst'));
  if (link !== null) {
    const [code, rule, fact] = ofObstacle[link];
    yield finding(code, rule, phrase(fact), phrase('walletLinkFirst'));
  }
}

const ofObstacle = {
  none: ['LINK_NOT_FOUND', 'R69', 'walletNotLinked'],
  linkEnded: ['LINK_NOT_FOUND', 'R22', 'walletNotLinked'],
  linkNotYetInForce: ['LINK_NOT_FOUND', 'R14', 'walletLinkNotYet'],
  insuranceKindNotAllowed: ['NOT_INSURED_HERE', 'R15', 'walletLinkNotHere'],
  relationNotAllowed: ['RELATION_NOT_ALLOWED', 'R17', 'walletLinkNotHere'],
  areaNotOpen: ['AREA_NOT_OPEN', 'R66', 'walletLinkNotHere'],
  linkLimit: ['PROVIDER_ALREADY_LINKED', 'R4', 'walletLinkNotHere'],
} as const satisfies Record<LinkObstacle | 'none', readonly [DeclineCode, LinkFinding['rule'], LinkPhraseId]>;

function closedFinding({ closed }: WalletRules): LinkFinding {
  const [from = '', to = ''] = (closed ?? '').split('-');
  return finding('WALLET_CLOSED_NOW', 'R70', phrase('walletClosedNow', { from, to }), phrase('walletFromThen', { to }));
}

function finding(code: DeclineCode, rule: LinkFinding['rule'], fact: Phrase, remedy: Phrase): LinkFinding {
  return { code, rule, fact, remedy };
}

function phrase(id: LinkPhraseId, params: Readonly<Record<string, string>> = {}): Phrase {
  return { id, params };
}
