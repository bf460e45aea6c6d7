import { above, add, type Fen, lesser, subtract, sum, zeroFen } from './money.ts';

/** A source that paid, and what of it is still paid, net of earlier returns. `key`: the caller's name for it. */
export interface PaidPart {
  readonly key: string;
  readonly paid: Fen;
}

/** Who still pays what of a sale. Shapes: `parts` in the order of paying, own account first, each key once.
 *  Holds: `fund + parts + cash === total`. */
export interface StillPaid {
  readonly total: Fen;
  readonly fund: Fen;
  readonly cash: Fen;
  readonly parts: readonly PaidPart[];
}

/** Who gets what back, and what stays paid.
 *  Shapes: `parts` in the order of paying, nobody in it who gets nothing; `rest` is null when nothing stays paid.
 *  Holds: `fund + parts + cash === total + cashDue`; `cash` or `cashDue` is zero; nobody gets back more than is paid. */
export interface ReturnPlan {
  readonly total: Fen;
  readonly fund: Fen;
  /** Handed to the customer. */
  readonly cash: Fen;
  /** Collected from the customer: what accounts gave before and do not give any more. */
  readonly cashDue: Fen;
  readonly parts: readonly { readonly key: string; readonly returned: Fen }[];
  readonly rest: StillPaid | null;
}

/** Gives everything back that is still paid, each part to where it came from (R118, R120).
 *  Errors: `RangeError` when nothing is paid any more or `paid` does not add up. */
export function planWhole(paid: StillPaid): ReturnPlan {
  return planLifo(paid, paid.total);
}

/** Gives `amount` back, the source that paid last first: cash, the last provider … the own account, the pool at the end
 *  (R122 b). Nobody pays more than before, so `cashDue` is zero.
 *  Errors: `RangeError` for an amount of zero or above what is still paid, and when `paid` does not add up. */
export function planLifo(paid: StillPaid, amount: Fen): ReturnPlan {
  check(paid, amount);
  const cash = lesser(paid.cash, amount);
  let open = subtract(amount, cash);
  const left: PaidPart[] = [];
  for (const part of paid.parts.toReversed()) {
    const returned = lesser(part.paid, open);
    open = subtract(open, returned);
    left.unshift({ key: part.key, paid: subtract(part.paid, returned) });
  }
  // `open` is no more than the pool's part, because the amount is no more than the total.
  return planned(paid, amount, { fund: subtract(paid.fund, open), cash: subtract(paid.cash, cash), parts: left });
}

/** Gives `amount` back by taking everything back and settling the rest anew (R122 a): the pool as far as it paid, the
 *  sources in their order, cash for what is left. `allowed`: what each source may give now, by key; one that is not named
 *  may give nothing. Nobody gives more than he gave, because the PIN agreed to no more: where a source gives less, the
 *  customer gets less cash back, or owes some. With everything allowed that was paid it is the same as `planLifo`.
 *  Errors: as `planLifo`. */
export function planResettle(paid: StillPaid, amount: Fen, allowed: ReadonlyMap<string, Fen>): ReturnPlan {
  check(paid, amount);
  const rest = subtract(paid.total, amount);
  const fund = lesser(paid.fund, rest);
  let open = subtract(rest, fund);
  const parts = paid.parts.map((part): PaidPart => {
    const gives = lesser(lesser(part.paid, allowed.get(part.key) ?? zeroFen), open);
    open = subtract(open, gives);
    return { key: part.key, paid: gives };
  });
  return planned(paid, amount, { fund, cash: open, parts });
}

/** The plan that leads from `paid` to `left`. Shapes: `left.parts` has the keys of `paid.parts` in their order. */
function planned(paid: StillPaid, amount: Fen, left: Omit<StillPaid, 'total'>): ReturnPlan {
  const total = subtract(paid.total, amount);
  return {
    total: amount,
    fund: subtract(paid.fund, left.fund),
    cash: above(paid.cash, left.cash),
    cashDue: above(left.cash, paid.cash),
    parts: paid.parts
      .map(({ key, paid: before }, at) => ({ key, returned: subtract(before, left.parts[at]?.paid ?? zeroFen) }))
      .filter(({ returned }) => returned > 0),
    rest: total === 0 ? null : { total, ...left, parts: left.parts.filter((part) => part.paid > 0) },
  };
}

function check(paid: StillPaid, amount: Fen): void {
  const accounts = sum(paid.parts.map((part) => part.paid));
  if (add(add(paid.fund, accounts), paid.cash) !== paid.total) {
    throw new RangeError('what is still paid does not add up to the total');
  }
  if (new Set(paid.parts.map((part) => part.key)).size !== paid.parts.length) {
    throw new RangeError('a source is named twice among those that paid');
  }
  if (amount === 0) throw new RangeError('nothing to give back');
  if (amount > paid.total) throw new RangeError('more to give back than is still paid');
}
