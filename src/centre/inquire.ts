import { planCharge } from '../domain/charge-plan.ts';
import { amountMax, zeroFen } from '../domain/money.ts';
import { maskName } from '../domain/person.ts';
import type { InquireAnswer, InquireRequest, ProviderStanding } from '../ports/centre.ts';
import { codeStandingDecline, standingDecline } from './card-standing.ts';
import type { CardHolder, Rows } from './centre-store.ts';
import { sourcesOf } from './charge.ts';
import type { Desk } from './desk.ts';
import { isByCode } from './evoucher.ts';
import { isPinLocked } from './pin-verification.ts';

/** The balance query: the holder's own balances, and of each provider whether he would pay now or why not; never what he
 *  has (R134, R142). Moves and stores nothing. The wallet is told where the profile has one and the holder opened it.
 *  Declined like a quote: card not known, card state, insurance, PIN lock. */
export function inquire(desk: Desk, request: InquireRequest): InquireAnswer {
  return desk.store.read((rows): InquireAnswer => {
    const holder = rows.holderByRef(request.card);
    if (!holder) return { kind: 'declined', decline: { code: 'MESSAGE_REJECTED' } };
    const decline = isByCode(rows, request.voucher?.expose(), request)
      ? codeStandingDecline(holder, desk.profile)
      : standingDecline(holder, isPinLocked(holder, desk.profile));
    if (decline) return { kind: 'declined', decline };
    const hasWallet = desk.profile.fundModel === 'wallet' && holder.walletOpened;
    return {
      kind: 'inquired',
      maskedName: maskName(holder.name),
      own: rows.balanceOf(holder.person, 'personal'),
      wallet: hasWallet ? rows.balanceOf(holder.person, 'wallet') : null,
      providers: providersOf(desk, rows, holder),
    };
  });
}

/** Each provider in the profile's order. The domain's rules are asked by a bill that is larger than what people have, so
 *  that everybody is asked for all he would lend. */
function providersOf(desk: Desk, rows: Rows, holder: CardHolder): readonly ProviderStanding[] {
  const { own, providers } = sourcesOf(desk, rows, holder, desk.clock.now());
  const { steps } = planCharge({
    profile: { ...desk.profile, purposes: ['pharmacy_drug'] },
    bill: { total: amountMax, fund: zeroFen, goods: [] },
    own,
    providers: providers.map(({ source }) => source),
    wallet: { balance: zeroFen, bothOpened: false },
  });
  return steps.flatMap(({ source, paid, reason }) => {
    const link =
      source.kind === 'provider' ? providers.find((it) => it.link.linkId === source.linkId)?.link : undefined;
    if (!link) return [];
    const { providerName, relation } = link;
    // Spared, because those before him have more than any bill, is as good as having paid.
    const standing = paid > 0 || reason === 'notNeeded' ? 'available' : reason;
    return [{ maskedName: maskName(providerName), relation, standing }];
  });
}
